"""The AWS clients of the project: one per service and process.

Every client has time-outs, and retries with back-off. Those that send mail make one
attempt only: SES offers no idempotency key, so the SDK's own retries would mail twice
when a reply is lost.
"""

from functools import cache
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config
from django.conf import settings

if TYPE_CHECKING:
    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient
    from mypy_boto3_ses import SESClient
    from mypy_boto3_sesv2 import SESV2Client
    from mypy_boto3_sns import SNSClient
    from mypy_boto3_sqs import SQSClient

CONNECT_TIMEOUT_S = 3
READ_TIMEOUT_S = 10

# The SDK else describes itself and the machine anew for each call, at a fifth of its cost.
USER_AGENT = "ivent"
_RETRYING = Config(
    user_agent=USER_AGENT,
    connect_timeout=CONNECT_TIMEOUT_S,
    read_timeout=READ_TIMEOUT_S,
    retries={"mode": "standard", "total_max_attempts": 4},
)
# Somebody waits for the page: better a quick refusal than API Gateway's time-out.
_INTERACTIVE = _RETRYING.merge(
    Config(read_timeout=5, retries={"mode": "standard", "total_max_attempts": 2})
)
_ONE_ATTEMPT = _RETRYING.merge(Config(retries={"mode": "standard", "total_max_attempts": 1}))
# A third of a bulk call's time would go into checking types that mypy has checked.
_BULK = _ONE_ATTEMPT.merge(Config(parameter_validation=False))


@cache
def _session() -> boto3.session.Session:
    keys = settings.AWS_LOCAL_KEYS
    return boto3.session.Session(
        aws_access_key_id=keys.get("aws_access_key_id"),
        aws_secret_access_key=keys.get("aws_secret_access_key"),
        region_name=settings.AWS_REGION,
    )


@cache
def cognito() -> "CognitoIdentityProviderClient":
    """Cognito user pools."""
    return _session().client(
        "cognito-idp", endpoint_url=settings.AWS_ENDPOINT_URL, config=_INTERACTIVE
    )


@cache
def sns() -> "SNSClient":
    """SNS topics."""
    return _session().client("sns", endpoint_url=settings.AWS_ENDPOINT_URL, config=_RETRYING)


@cache
def sqs() -> "SQSClient":
    """SQS queues."""
    return _session().client("sqs", endpoint_url=settings.AWS_ENDPOINT_URL, config=_RETRYING)


@cache
def ses() -> "SESClient":
    """SES, for SendRawEmail: one attempt."""
    return _session().client("ses", endpoint_url=settings.AWS_ENDPOINT_URL, config=_ONE_ATTEMPT)


@cache
def sesv2() -> "SESV2Client":
    """SESv2, for SendBulkEmail and GetAccount: one attempt, and parameters go unchecked."""
    return _session().client("sesv2", endpoint_url=settings.AWS_ENDPOINT_URL, config=_BULK)


@cache
def sesv2_retrying() -> "SESV2Client":
    """SESv2 for what sends no mail and may be repeated."""
    return _session().client("sesv2", endpoint_url=settings.AWS_ENDPOINT_URL, config=_RETRYING)
