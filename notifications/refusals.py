"""Why SES did not take single mails: in plain words, and what a second try may be good for.

A person may have a refused mail sent once more where the cause may have been put right since:
SES rejected the message, or failed at it. It is not offered
- for an address that SES calls invalid, or that no mail can be made for: it stays what it is;
- for what SES took and dropped afterwards (malware, a template without its values): the same
  mail is dropped again, and a late event could be about either of the two.
Throttling and transient failures are no refusals: the walk tries again by itself. Neither are
bounces and complaints, which stop the person.
"""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# Instead of SES's code: it had accepted the mail.
DROPPED: Final = "dropped"
_REJECTED: Final = _(
    "SES would not take the message: for something in it, or for a rule of the account."
)
_FAILED: Final = _("SES failed at it, for a reason of its own.")
_INVALID: Final = _("The address is not one that SES can send to.")
_UNMAILABLE: Final = _("No mail can be made for this address.")
_DROPPED: Final = _("SES took it and dropped it afterwards: it found malware, or nothing to show.")
# SES's codes, without case and underscores: versions 1 and 2 differ in these.
_WORDS: Final[dict[str, Promise]] = {
    "messagerejected": _REJECTED,
    "failed": _FAILED,
    "invalidparameter": _INVALID,
    "invalidparametervalue": _INVALID,
    "unmailable": _UNMAILABLE,
    DROPPED: _DROPPED,
}
_RESENDABLE: Final = frozenset({"messagerejected", "failed"})


def is_resendable(reason: str) -> bool:
    """Whether a person may have a mail that was refused for this reason sent once more."""
    return _plain(reason) in _RESENDABLE


def refusal_text(reason: str) -> str:
    """The reason in plain words."""
    words = _WORDS.get(_plain(reason))
    return str(words) if words else str(_("SES refuses: %(reason)s.")) % {"reason": reason}


def _plain(reason: str) -> str:
    return reason.replace("_", "").lower()
