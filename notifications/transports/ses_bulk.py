"""SES version 2: one SendBulkEmail call for up to fifty mails of one letter.

https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendBulkEmail.html
https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_BulkEmailEntryResult.html
What a bulk call cannot carry, or refuses as a whole for what is in it, goes out as single
messages.
"""

import logging
from collections.abc import Sequence
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING, Final

from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError

from ivent_site.aws import sesv2
from notifications.mails import Letter, Mail
from notifications.mime import UnmailableError
from notifications.transports import Delivery, RefusedError, UnknownOutcomeError
from notifications.transports.bulk_call import Part, entry_json, in_calls, send_bulk_email
from notifications.transports.ses_raw import NEVER_ARRIVED, NEVER_SENT, SesRaw

if TYPE_CHECKING:
    from mypy_boto3_sesv2.type_defs import BulkEmailEntryResultTypeDef

logger = logging.getLogger(__name__)

DESTINATIONS: Final = 50
_SENT: Final = "SUCCESS"
_TRY_AGAIN: Final = frozenset({"ACCOUNT_THROTTLED", "TRANSIENT_FAILURE"})
_ABOUT_THE_MAIL: Final = frozenset({"MESSAGE_REJECTED", "INVALID_PARAMETER", "FAILED"})
_ABOUT_THE_SENDER: Final = frozenset(
    {
        *("MAIL_FROM_DOMAIN_NOT_VERIFIED", "CONFIGURATION_SET_NOT_FOUND", "TEMPLATE_NOT_FOUND"),
        *("ACCOUNT_SUSPENDED", "ACCOUNT_DAILY_QUOTA_EXCEEDED", "ACCOUNT_SENDING_PAUSED"),
        *("CONFIGURATION_SET_SENDING_PAUSED", "INVALID_SENDING_POOL_NAME"),
    }
)
_THROTTLED: Final = frozenset({"TooManyRequestsException", "ThrottlingException", "Throttling"})
_ABOUT_THE_CALL: Final = frozenset({"BadRequestException", "MessageRejected"})
# In the sandbox it may be about the recipient, but then about every other one as well.
_NOT_VERIFIED: Final = "not verified"
_DAILY_QUOTA: Final = "Daily message quota exceeded"
_SERVER_ERROR: Final = 500


class SesBulk:
    """SESv2 in bulk; mails of one letter go together where they follow one another."""

    at_once = DESTINATIONS

    def send(self, mails: Sequence[Mail], delivery: Delivery) -> None:
        """Send the mails; see Transport."""
        for letter, group in groupby(mails, key=attrgetter("letter")):
            same = [*group]
            for start in range(0, len(same), DESTINATIONS):
                _send(letter, same[start : start + DESTINATIONS], delivery)


def _send(letter: Letter, mails: list[Mail], delivery: Delivery) -> None:
    fitting: list[Mail] = []
    entries: list[str] = []
    others: list[Mail] = []
    for mail in mails:
        try:
            entries.append(entry_json(mail))
            fitting.append(mail)
        except UnmailableError:
            others.append(mail)
    for part in in_calls(letter, fitting, entries):
        delivery.before_call(part.mails)
        results = _call(letter, part)
        if results is None:
            others.extend(part.mails)
        else:
            _report(part.mails, results, delivery)
    if others:
        SesRaw().send(others, delivery)


def _call(letter: Letter, part: Part) -> "list[BulkEmailEntryResultTypeDef] | None":
    """What became of each; None if no bulk call can carry it: nothing was sent."""
    try:
        return send_bulk_email(sesv2(), letter, part.entries)
    except ClientError as err:
        _judge(err, part.mails)
        logger.warning("A bulk call was refused; its mails go one by one.", exc_info=err)
        return None
    except UnmailableError:
        return None
    except NEVER_ARRIVED as err:
        raise RefusedError(type(err).__name__, retryable=True) from err
    except NEVER_SENT as err:
        raise RefusedError(type(err).__name__, retryable=False) from err
    except (BotoCoreError, ResponseParserError) as err:
        raise UnknownOutcomeError(type(err).__name__, mails=part.mails) from err


def _judge(err: ClientError, mails: list[Mail]) -> None:
    """Raise what the error says of the outcome, unless it is about what is in the call."""
    code = err.response["Error"].get("Code", "")
    message = err.response["Error"].get("Message", "")
    if code in _THROTTLED:
        # The daily quota may be refused with the same code as the rate.
        raise RefusedError(code, retryable=_DAILY_QUOTA not in message) from err
    if err.response["ResponseMetadata"].get("HTTPStatusCode", 0) >= _SERVER_ERROR:
        raise UnknownOutcomeError(code, mails=mails) from err
    if code not in _ABOUT_THE_CALL or _NOT_VERIFIED in message:
        raise RefusedError(code, retryable=False) from err


def _report(
    mails: list[Mail], results: "list[BulkEmailEntryResultTypeDef]", delivery: Delivery
) -> None:
    """Report each mail, then raise if some were not sent for another reason than themselves."""
    unknown = mails[len(results) :]
    stopped = throttled = ""
    for mail, result in zip(mails, results, strict=False):
        status = result.get("Status", "")
        if status == _SENT:
            delivery.report(mail)
        elif status in _TRY_AGAIN:
            throttled = status
        elif status in _ABOUT_THE_SENDER or _NOT_VERIFIED in result.get("Error", ""):
            stopped = status
        elif status in _ABOUT_THE_MAIL:
            delivery.report(mail, refusal=status)
        else:
            unknown.append(mail)
    if unknown:
        raise UnknownOutcomeError("SendBulkEmail", mails=unknown)
    if stopped or throttled:
        raise RefusedError(stopped or throttled, retryable=not stopped)
