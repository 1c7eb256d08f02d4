"""SES's own suppression list: the addresses that it sends nothing to, whatever we ask for.

SES adds each address that bounces for good or complains, and takes none off: we do, when the
person asks to come back.
https://docs.aws.amazon.com/ses/latest/dg/sending-email-suppression-list.html
https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_DeleteSuppressedDestination.html
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from ivent_site.aws import sesv2_retrying
from subscriptions.addresses import address_ascii, address_key

# The local AWS answers so, and with the same code as SES for an address that is not listed.
_NO_SUCH_PATH: Final = "Unknown SES v2 path"


class SesListError(Exception):
    """SES does not answer, or refuses to; a retry may help."""


class NoSesListError(SesListError):
    """The local AWS has no suppression list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """Why and since when SES suppresses an address: BOUNCE or COMPLAINT."""

    reason: str
    since: datetime


def ses_listing(email: str) -> Listing | None:
    """SES's entry for the address; None if SES sends to it. Raises SesListError."""
    for spelling in _spellings(email):
        try:
            reply = sesv2_retrying().get_suppressed_destination(EmailAddress=spelling)
        except (ClientError, BotoCoreError) as err:
            _raise_unless_absent(err)
        else:
            found = reply["SuppressedDestination"]
            return Listing(reason=found["Reason"], since=found["LastUpdateTime"])
    return None


def ses_unlist(email: str) -> None:
    """Have SES send to the address again. Safe to repeat; not being listed is no error.

    Raises SesListError.
    """
    for spelling in _spellings(email):
        try:
            sesv2_retrying().delete_suppressed_destination(EmailAddress=spelling)
        except (ClientError, BotoCoreError) as err:
            _raise_unless_absent(err)


def _spellings(email: str) -> list[str]:
    """As we mail it, and in lower case: AWS does not say which of them the list compares."""
    return [*dict.fromkeys((address_ascii(email), address_key(email)))]


def _raise_unless_absent(err: Any) -> None:
    error = getattr(err, "response", {}).get("Error", {})
    if _NO_SUCH_PATH in error.get("Message", ""):
        raise NoSesListError("The local AWS has no suppression list.") from err
    if error.get("Code") != "NotFoundException":
        # The code only: SES's message repeats the address.
        code = error.get("Code") or type(err).__name__
        raise SesListError(f"SES's suppression list does not answer: {code}.") from None
