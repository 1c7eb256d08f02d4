"""SES, one SendRawEmail call per mail.

https://docs.aws.amazon.com/ses/latest/APIReference/API_SendRawEmail.html
Tags travel in a header, and come back with each event of the configuration set:
https://docs.aws.amazon.com/ses/latest/dg/event-publishing-send-email.html
"""

from collections.abc import Mapping, Sequence
from typing import Final

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    NoCredentialsError,
    ParamValidationError,
)
from botocore.parsers import ResponseParserError
from django.conf import settings

from ivent_site.aws import ses
from notifications.mails import Mail
from notifications.mime import UnmailableError, mail_bytes
from notifications.transports import Delivery, RefusedError, UnknownOutcomeError

_THROTTLED: Final = frozenset(
    {"Throttling", "ThrottlingException", "TooManyRequestsException", "ServiceUnavailable"}
)
# About one mail or its recipient; every other explicit refusal is about the sender.
_ABOUT_THE_MAIL: Final = frozenset({"InvalidParameterValue", "MessageRejected"})
_NOT_VERIFIED: Final = "not verified"
_DAILY_QUOTA: Final = "Daily message quota exceeded"
_SERVER_ERROR: Final = 500
# No connection, no mail.
NEVER_ARRIVED: Final = (ConnectTimeoutError, EndpointConnectionError)
NEVER_SENT: Final = (NoCredentialsError, ParamValidationError)


class SesRaw:
    """SES version 1: the local AWS relays its mails byte for byte."""

    at_once = 1

    def send(self, mails: Sequence[Mail], delivery: Delivery) -> None:
        """Send the mails one by one; see Transport."""
        for mail in mails:
            try:
                raw = mail_bytes(mail, extra=_ses_headers(mail.tags))
            except UnmailableError:
                delivery.report(mail, refusal="unmailable")
                continue
            delivery.before_call([mail])
            delivery.report(mail, refusal=_send(mail, raw))


def _ses_headers(tags: Mapping[str, str]) -> dict[str, str]:
    pairs = ", ".join(f"{name}={value}" for name, value in tags.items())
    return {
        "X-SES-CONFIGURATION-SET": settings.SES_CONFIGURATION_SET,
        **({"X-SES-MESSAGE-TAGS": pairs} if pairs else {}),
    }


def _send(mail: Mail, raw: bytes) -> str:
    """The reason why SES refused this one mail; "" if it took it."""
    try:
        ses().send_raw_email(
            Source=settings.SENDER_EMAIL, Destinations=[mail.to], RawMessage={"Data": raw}
        )
    except ClientError as err:
        return _refusal(err, mail)
    except NEVER_ARRIVED as err:
        raise RefusedError(type(err).__name__, retryable=True) from err
    except NEVER_SENT as err:
        raise RefusedError(type(err).__name__, retryable=False) from err
    except (BotoCoreError, ResponseParserError) as err:
        raise UnknownOutcomeError(type(err).__name__, mails=[mail]) from err
    return ""


def _refusal(err: ClientError, mail: Mail) -> str:
    code = err.response["Error"].get("Code", "")
    message = err.response["Error"].get("Message", "")
    if code in _THROTTLED:
        # The daily quota is refused with the same code as the rate.
        raise RefusedError(code, retryable=_DAILY_QUOTA not in message) from err
    if err.response["ResponseMetadata"].get("HTTPStatusCode", 0) >= _SERVER_ERROR:
        raise UnknownOutcomeError(code, mails=[mail]) from err
    if code in _ABOUT_THE_MAIL and _NOT_VERIFIED not in message:
        return code
    raise RefusedError(code, retryable=False) from err
