"""What becomes of each word that SES has for the fate of an e-mail: one table.

Every event type, bounce type and subtype, complaint type and delay type that AWS documents:
https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html
https://docs.aws.amazon.com/ses/latest/dg/notification-contents.html
Complaint types are registered for MARF (RFC 5965, RFC 6430, RFC 6591):
https://www.iana.org/assignments/marf-parameters/marf-parameters.xhtml
docs/ses-feedback.md shows the table and gives the reasons; a test holds the two equal.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from notifications.enums import Outcome
from subscriptions.enums import StopCause


class SesEventType(StrEnum):
    """The event types, as "eventType" spells them."""

    SEND = "Send"
    DELIVERY = "Delivery"
    DELAY = "DeliveryDelay"
    BOUNCE = "Bounce"
    COMPLAINT = "Complaint"
    REJECT = "Reject"
    RENDERING_FAILURE = "Rendering Failure"
    OPEN = "Open"
    CLICK = "Click"
    SUBSCRIPTION = "Subscription"


class Counted(StrEnum):
    """The rate that an event counts for: SES's own, and the breaker's."""

    BOUNCED = "bounced"
    COMPLAINED = "complained"


class FeedbackKey(NamedTuple):
    """A row of the table. ANY stands for every kind that has no row of its own."""

    type: SesEventType
    kind: str = ""
    detail: str = ""

    def __str__(self) -> str:
        return "/".join(filter(None, self))


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedbackRule:
    """What becomes of the subscriber, what is counted, and what staff read.

    Without a `text`, staff read what the mail server's status code means.
    """

    outcome: Outcome | None = None
    stops: StopCause | None = None
    counted: Counted | None = None
    text: Promise | None = None


ANY: Final = "*"
SETUP_DETAIL: Final = "5.7.x"
_E = SesEventType
_FULL: Final = _("The mailbox is full.")
_LARGE: Final = _("The e-mail is too large for the mailbox.")
_NO_MAILBOX: Final = _("There is no such mailbox.")
_CONTENT: Final = _("The subscriber's server refuses something in the e-mail.")
_LISTED: Final = _(
    "SES suppresses this address: it bounced or complained before, so SES did not send the e-mail."
)
_SPAM: Final = _("The subscriber marked the e-mail as spam.")
SETUP_TEXT: Final = _(
    "The subscriber's server refuses our e-mails because of our own set-up: SPF, DKIM, DMARC,"
    " reverse DNS or our reputation. Fix it, then restore the subscribers it stopped."
)


def _bounce(text: Promise | None = None, stops: StopCause = StopCause.BOUNCE) -> FeedbackRule:
    return FeedbackRule(outcome=Outcome.BOUNCED, stops=stops, counted=Counted.BOUNCED, text=text)


def _withheld(text: Promise, stops: StopCause) -> FeedbackRule:
    """SES did not try to deliver, and counts the event for no rate."""
    return FeedbackRule(outcome=Outcome.WITHHELD, stops=stops, text=text)


def _soft(text: Promise | None = None) -> FeedbackRule:
    return FeedbackRule(outcome=Outcome.SOFT_BOUNCED, text=text)


def _complaint(text: Promise) -> FeedbackRule:
    return FeedbackRule(
        outcome=Outcome.COMPLAINED,
        stops=StopCause.COMPLAINT,
        counted=Counted.COMPLAINED,
        text=text,
    )


def _report(text: Promise) -> FeedbackRule:
    """A report that says nothing against us in the subscriber's name."""
    return FeedbackRule(outcome=Outcome.REPORTED, text=text)


def _delay(text: Promise | None = None) -> FeedbackRule:
    return FeedbackRule(outcome=Outcome.DELAYED, text=text)


def _dropped(text: Promise) -> FeedbackRule:
    return FeedbackRule(outcome=Outcome.REFUSED, text=text)


RULES: Final[dict[FeedbackKey, FeedbackRule]] = {
    FeedbackKey(_E.SEND): FeedbackRule(),
    FeedbackKey(_E.DELIVERY): FeedbackRule(outcome=Outcome.DELIVERED),
    FeedbackKey(_E.BOUNCE, "Permanent", "General"): _bounce(),
    FeedbackKey(_E.BOUNCE, "Permanent", SETUP_DETAIL): _bounce(SETUP_TEXT, StopCause.SETUP),
    FeedbackKey(_E.BOUNCE, "Permanent", "NoEmail"): _bounce(_NO_MAILBOX),
    FeedbackKey(_E.BOUNCE, "Permanent", "Suppressed"): _bounce(
        _("SES suppresses this address for every sender: it bounced lately for somebody else.")
    ),
    FeedbackKey(_E.BOUNCE, "Permanent", "OnAccountSuppressionList"): _withheld(
        _LISTED, StopCause.LISTED
    ),
    FeedbackKey(_E.BOUNCE, "Permanent", "OnTenantSuppressionList"): _withheld(
        _LISTED, StopCause.LISTED
    ),
    FeedbackKey(_E.BOUNCE, "Permanent", "EmailValidationSuppressed"): _withheld(
        _("SES's address validation expects this address to bounce, so SES did not send."),
        StopCause.LISTED,
    ),
    FeedbackKey(_E.BOUNCE, "Permanent", "UnsubscribedRecipient"): _withheld(
        _("The subscriber unsubscribed through SES."), StopCause.UNSUBSCRIBED
    ),
    FeedbackKey(_E.BOUNCE, "Permanent", ANY): _bounce(),
    FeedbackKey(_E.BOUNCE, "Transient", "General"): _soft(),
    FeedbackKey(_E.BOUNCE, "Transient", "MailboxFull"): _soft(_FULL),
    FeedbackKey(_E.BOUNCE, "Transient", "MessageTooLarge"): _soft(_LARGE),
    FeedbackKey(_E.BOUNCE, "Transient", "CustomTimeoutExceeded"): _soft(
        _("The subscriber's server did not take the e-mail in the time that SES was given.")
    ),
    FeedbackKey(_E.BOUNCE, "Transient", "ContentRejected"): _soft(_CONTENT),
    FeedbackKey(_E.BOUNCE, "Transient", "AttachmentRejected"): _soft(
        _("The subscriber's server refuses the attachment, which is the calendar entry.")
    ),
    FeedbackKey(_E.BOUNCE, "Transient", ANY): _soft(),
    FeedbackKey(_E.BOUNCE, "Undetermined", "Undetermined"): _soft(),
    FeedbackKey(_E.BOUNCE, ANY, ANY): _soft(),
    FeedbackKey(_E.COMPLAINT, ANY, "OnAccountSuppressionList"): _withheld(
        _LISTED, StopCause.COMPLAINT_LISTED
    ),
    FeedbackKey(_E.COMPLAINT, ANY, "OnTenantSuppressionList"): _withheld(
        _LISTED, StopCause.COMPLAINT_LISTED
    ),
    FeedbackKey(_E.COMPLAINT, "abuse"): _complaint(_SPAM),
    FeedbackKey(_E.COMPLAINT, "fraud"): _complaint(
        _("The subscriber reported the e-mail as fraud.")
    ),
    FeedbackKey(_E.COMPLAINT, "other"): _complaint(
        _("The subscriber complained; their provider does not say of what.")
    ),
    FeedbackKey(_E.COMPLAINT, "not-spam"): _report(
        _("The subscriber says that the e-mail is not spam.")
    ),
    FeedbackKey(_E.COMPLAINT, "auth-failure"): _report(
        _("The subscriber's provider reports that the e-mail failed its check of our set-up.")
    ),
    FeedbackKey(_E.COMPLAINT, "virus"): _report(
        _("The subscriber's provider reports a virus in the e-mail.")
    ),
    FeedbackKey(_E.COMPLAINT, ANY): _complaint(_SPAM),
    FeedbackKey(_E.DELAY, "InternalFailure"): _delay(_("SES has trouble of its own.")),
    FeedbackKey(_E.DELAY, "General"): _delay(),
    FeedbackKey(_E.DELAY, "MailboxFull"): _delay(_FULL),
    FeedbackKey(_E.DELAY, "SpamDetected"): _delay(
        _("The subscriber's server sees much unwanted e-mail from us.")
    ),
    FeedbackKey(_E.DELAY, "RecipientServerError"): _delay(
        _("The subscriber's server has trouble of its own.")
    ),
    FeedbackKey(_E.DELAY, "IPFailure"): _delay(
        _("The subscriber's provider blocks or slows the address that SES sends from.")
    ),
    FeedbackKey(_E.DELAY, "TransientCommunicationFailure"): _delay(
        _("The subscriber's server could not be reached, or is busy.")
    ),
    FeedbackKey(_E.DELAY, "BYOIPHostNameLookupUnavailable"): _delay(
        _("SES finds no host name for our own sending address: look at its reverse DNS.")
    ),
    FeedbackKey(_E.DELAY, "Undetermined"): _delay(),
    FeedbackKey(_E.DELAY, "SendingDeferral"): _delay(_("SES holds the e-mail back for a while.")),
    FeedbackKey(_E.DELAY, ANY): _delay(),
    FeedbackKey(_E.REJECT, "Bad content"): _dropped(_("SES found a virus in the e-mail.")),
    FeedbackKey(_E.REJECT, ANY): _dropped(_("SES dropped the e-mail.")),
    FeedbackKey(_E.RENDERING_FAILURE): _dropped(_("SES could not fill in the template.")),
    FeedbackKey(_E.OPEN): FeedbackRule(),
    FeedbackKey(_E.CLICK): FeedbackRule(),
    FeedbackKey(_E.SUBSCRIPTION): FeedbackRule(),
}
_BY_NAME: Final = {str(key).casefold(): key for key in RULES}

# Codes of "5.7", which is security and policy (RFC 3463), that are about this one subscriber's
# mailbox or list and not about who sends: RFC 7293 (mailbox and domain have other owners),
# https://www.iana.org/assignments/smtp-enhanced-status-codes/smtp-enhanced-status-codes.xhtml
# and Exchange Online's rules of a group or mailbox:
# https://learn.microsoft.com/exchange/mail-flow-best-practices/non-delivery-reports-in-exchange-online/non-delivery-reports-in-exchange-online
PERSONAL_CODES: Final = frozenset(
    {
        *("5.7.2", "5.7.13", "5.7.17", "5.7.18", "5.7.19"),
        *("5.7.12", "5.7.57", "5.7.64", "5.7.124"),
        *("5.7.133", "5.7.134", "5.7.135", "5.7.136", "5.7.193"),
    }
)
_CODE: Final = re.compile(r"(?<![\d.])5\.\d{1,3}\.\d{1,3}(?![\d.])")
# SES's way of saying that the server gave no code of its own.
_VAGUE: Final = re.compile(r"(?:5\.\d{1,3}\.0)?")


def feedback_key(*, type_: SesEventType, kind: str, detail: str, code: str = "") -> FeedbackKey:
    """The row of the table for SES's words, whatever their case; `code` is an `enhanced_code`."""
    for names in ((kind, detail), (ANY, detail), (kind, ANY), (kind,), (ANY, ANY), (ANY,), ()):
        found = _BY_NAME.get("/".join(filter(None, (type_, *names))).casefold())
        if found is not None:
            break
    else:
        raise KeyError(type_)
    if found.detail in {"General", ANY} and found.kind == "Permanent" and is_setup(code):
        return found._replace(detail=SETUP_DETAIL)
    return found


def feedback_rule(name: str) -> FeedbackRule | None:
    """The rule of a stored key's text; None for a text of another version."""
    key = _BY_NAME.get(name.casefold())
    return RULES[key] if key else None


def enhanced_code(*, status: str, diagnosis: str) -> str:
    """The server's enhanced status code, which SES's `status` may only round: "5.0.0" beside
    "smtp; 550 5.7.26 This message does not pass authentication checks".
    """
    told = _CODE.search(diagnosis)
    return told[0] if told and _VAGUE.fullmatch(status) else status


def is_setup(code: str) -> bool:
    """Whether a bounce with this code points to our own e-mail set-up, or how we are known."""
    return code.startswith("5.7.") and code not in PERSONAL_CODES
