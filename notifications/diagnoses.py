"""Why an e-mail did not reach its subscriber, in plain words.

First from SES's own words, by the feedback table; where they say nothing certain, from SMTP's
enhanced status codes (RFC 3463, https://www.rfc-editor.org/rfc/rfc3463).
"""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from notifications.feedback_table import FeedbackRule, SesEventType, feedback_rule

_NOBODY = _("There is no such mailbox.")
_DOMAIN = _("The domain of the address takes no e-mail, or does not exist.")
_FULL = _("The mailbox is full.")
_POLICY = _("The subscriber's server refuses our e-mails: by a rule, or as spam.")
_AWAY = _("The subscriber's server could not be reached, or is busy.")
_LARGE = _("The e-mail is too large for the mailbox.")
_CONTENT = _("The subscriber's server refuses something in the e-mail.")

# The longest beginning of the code that is listed counts.
_CODES: Final[dict[str, Promise]] = {
    "5.1.1": _NOBODY,
    "5.1.3": _NOBODY,
    "5.1.6": _NOBODY,
    # Exchange Online's; of RFC 7505 it says that the domain takes no e-mail.
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


def diagnosis_text(*, status: str, diagnosis: str, feedback: str = "") -> str:
    """The reason in plain words; "" where neither SES's words nor the code say anything.

    `feedback` is the stored row of the feedback table. Rows from before there was one have the
    bounce's subtype as their diagnosis, where the server gave none.
    """
    rule = feedback_rule(feedback) or _old_rule(diagnosis)
    if rule is not None and rule.text is not None:
        return str(rule.text)
    _class, _dot, subject = status.partition(".")
    for known in sorted(_CODES, key=len, reverse=True):
        if f"{status}.".startswith(f"{known}.") or f"{subject}.".startswith(f"{known}."):
            return str(_CODES[known])
    return ""


def _old_rule(diagnosis: str) -> FeedbackRule | None:
    kinds = ("Permanent", "Transient")
    names = (f"{SesEventType.BOUNCE}/{kind}/{diagnosis}" for kind in kinds)
    return next(filter(None, map(feedback_rule, names)), None)
