"""Why a mail did not reach its reader, in plain words.

From SMTP's enhanced status codes (RFC 3463, https://www.rfc-editor.org/rfc/rfc3463) and SES's
bounce types: https://docs.aws.amazon.com/ses/latest/dg/notification-contents.html#bounce-types
"""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_NOBODY = _("There is no such mailbox.")
_DOMAIN = _("The domain of the address takes no mails, or does not exist.")
_FULL = _("The mailbox is full.")
_POLICY = _("The reader's server refuses our mails: by a rule, or as spam.")
_AWAY = _("The reader's server could not be reached, or is busy.")
_LARGE = _("The mail is too large for the mailbox.")
_CONTENT = _("The reader's server refuses something in the mail.")
_LISTED = _("SES has this address on its suppression list: it bounced or complained before.")

# The longest beginning of the code that is listed counts.
_CODES: Final[dict[str, Promise]] = {
    "5.1.1": _NOBODY,
    "5.1.3": _NOBODY,
    "5.1.6": _NOBODY,
    "5.1.10": _NOBODY,
    "5.1": _DOMAIN,
    "5.2.1": _("The mailbox is closed."),
    "2.2": _FULL,
    "2.3": _LARGE,
    "3.4": _LARGE,
    "4": _AWAY,
    "6": _CONTENT,
    "7": _POLICY,
}
_WORDS: Final[dict[str, Promise]] = {
    "noemail": _NOBODY,
    "suppressed": _LISTED,
    "onaccountsuppressionlist": _LISTED,
    "mailboxfull": _FULL,
    "messagetoolarge": _LARGE,
    "contentrejected": _CONTENT,
    "attachmentrejected": _CONTENT,
}


def diagnosis_text(*, status: str, diagnosis: str) -> str:
    """The reason in plain words; "" where neither the code nor the type says anything."""
    words = _WORDS.get(diagnosis.replace("_", "").lower())
    if words is not None:
        return str(words)
    _class, _dot, subject = status.partition(".")
    for known in sorted(_CODES, key=len, reverse=True):
        if f"{status}.".startswith(f"{known}.") or f"{subject}.".startswith(f"{known}."):
            return str(_CODES[known])
    return ""
