"""The secret key, from AWS Secrets Manager.

Reads before there are settings, and so makes its own client. Rotation makes the former value
AWSPREVIOUS, which goes on to hold for what was signed with it.
https://docs.aws.amazon.com/secretsmanager/latest/userguide/whats-in-a-secret.html
"""

from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.core.exceptions import ImproperlyConfigured

from ivent_site.env import SECRET_CHARS

_CONFIG = Config(
    connect_timeout=3, read_timeout=3, retries={"mode": "standard", "total_max_attempts": 4}
)


def read_secret_keys(arn: str) -> tuple[str, list[str]]:
    """The key that signs, and former ones that still hold; ImproperlyConfigured without one.

    No value ever stands in an error.
    """
    client = boto3.client("secretsmanager", region_name=arn.split(":")[3], config=_CONFIG)
    current = _read(client, arn, "AWSCURRENT")
    if current is None or len(current) < SECRET_CHARS:
        raise ImproperlyConfigured(
            f"The secret of SECRET_KEY_ARN must have at least {SECRET_CHARS} characters."
        )
    former = _read(client, arn, "AWSPREVIOUS")
    return current, [former] if former else []


def _read(client: Any, arn: str, version: str) -> str | None:
    try:
        reply: dict[str, Any] = client.get_secret_value(SecretId=arn, VersionStage=version)
    except client.exceptions.ResourceNotFoundException:
        return None
    except (BotoCoreError, ClientError) as err:
        raise ImproperlyConfigured(
            f"The secret of SECRET_KEY_ARN cannot be read: {type(err).__name__}."
        ) from err
    return reply.get("SecretString")
