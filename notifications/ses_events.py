"""What SES tells about mails, in the project's words.

Two shapes come: events of the configuration set ("eventType", with tags)
https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html
and notifications of the identity ("notificationType", without)
https://docs.aws.amazon.com/ses/latest/dg/notification-contents.html
either as it is or as the "Message" of an SNS envelope
https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html
"""

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from ivent_site.logging import mask
from notifications.enums import Outcome

DIAGNOSIS_CHARS: Final = 300


class SesEventError(ValueError):
    """The message is no event of SES; a retry does not help."""


class Fate(StrEnum):
    """What became of a mail.

    All but REFUSED say that SES sent it on. REFUSED comes of a mail that SES had accepted: it
    found a virus in it, or could not render the template.
    """

    ACCEPTED = "accepted"
    BOUNCED = "bounced"
    COMPLAINED = "complained"
    REFUSED = "refused"


# Where each kind of event tells what happened, and whom it is about in there.
_DETAILS: Final = {
    "Delivery": (Outcome.DELIVERED, "delivery", ""),
    "DeliveryDelay": (Outcome.DELAYED, "deliveryDelay", "delayedRecipients"),
    "Bounce": (Outcome.SOFT_BOUNCED, "bounce", "bouncedRecipients"),
    "Complaint": (Outcome.COMPLAINED, "complaint", "complainedRecipients"),
    "Reject": (Outcome.REFUSED, "reject", ""),
    "Rendering Failure": (Outcome.REFUSED, "failure", ""),
}
# The fields with words about it, the most telling first.
_WORDS: Final = (
    *("diagnosticCode", "smtpResponse", "reason", "errorMessage"),
    *("complaintFeedbackType", "delayType", "bounceSubType"),
)
_FATES: Final = {
    "Send": Fate.ACCEPTED,
    "Delivery": Fate.ACCEPTED,
    "DeliveryDelay": Fate.ACCEPTED,
    "Bounce": Fate.ACCEPTED,
    "Complaint": Fate.COMPLAINED,
    "Reject": Fate.REFUSED,
    "Rendering Failure": Fate.REFUSED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What came of a mail at its reader. `status` is SMTP's enhanced code; it and `diagnosis`
    are empty where nobody gave any.
    """

    outcome: Outcome
    at: datetime | None
    status: str
    diagnosis: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SesEvent:
    """One event about one mail.

    The ids are empty where the mail carried no tags; then `addresses` say whom it is about.
    `message_id` is SES's own, one for each recipient. A Send event has no report.
    """

    fate: Fate
    announcement_id: str
    chunk_key: str
    subscriber_id: str
    addresses: tuple[str, ...]
    mailed_at: datetime | None
    message_id: str = ""
    report: Report | None = None


def ses_event_parse(body: str) -> SesEvent | None:
    """The event in a queue message; None if it is of a kind that matters to nobody here.

    Raises SesEventError for what is no event of SES.
    """
    try:
        data = json.loads(body)
        if "Message" in data and "TopicArn" in data:
            data = json.loads(data["Message"])
        return _event(data)
    except (ValueError, LookupError, TypeError, AttributeError) as err:
        # Without its content: an address does not belong in a log.
        raise SesEventError("The message is no event of SES.") from err


def _event(data: Mapping[str, Any]) -> SesEvent | None:
    kind = data.get("eventType") or data["notificationType"]
    mail = data["mail"]
    fate = _FATES.get(kind)
    if fate is None:
        return None
    addresses = tuple(mail.get("destination", ()))
    if kind == "Bounce":
        bounce = data["bounce"]
        addresses = tuple(each["emailAddress"] for each in bounce["bouncedRecipients"])
        # Others (a full mailbox, an out-of-office note) pass.
        if bounce["bounceType"] == "Permanent":
            fate = Fate.BOUNCED
    elif kind == "Complaint":
        addresses = tuple(
            each["emailAddress"] for each in data["complaint"]["complainedRecipients"]
        )
    tags = mail.get("tags") or {}
    return SesEvent(
        fate=fate,
        announcement_id=_announcement_id(_tag(tags, "announcement")),
        chunk_key=_chunk_key(_tag(tags, "chunk")),
        subscriber_id=_subscriber_id(_tag(tags, "subscriber")),
        addresses=addresses,
        mailed_at=datetime.fromisoformat(mail["timestamp"]) if mail.get("timestamp") else None,
        message_id=str(mail.get("messageId", "")),
        report=_report(kind, data, permanent=fate is Fate.BOUNCED),
    )


def _report(kind: str, data: Mapping[str, Any], *, permanent: bool) -> Report | None:
    if kind not in _DETAILS:
        return None
    outcome, where, whom = _DETAILS[kind]
    told = data.get(where) or {}
    about = {**told, **next(iter(told.get(whom) or ()), {})}
    at = told.get("timestamp") or data["mail"].get("timestamp")
    words = next((str(about[name]) for name in _WORDS if about.get(name)), "")
    return Report(
        outcome=Outcome.BOUNCED if permanent else outcome,
        at=datetime.fromisoformat(at) if at else None,
        status=str(about.get("status") or ""),
        # Mail servers like to repeat the address.
        diagnosis=mask(words)[:DIAGNOSIS_CHARS],
    )


def _tag(tags: Mapping[str, list[str]], name: str) -> str:
    values = tags.get(name) or [""]
    return str(values[0])


def _announcement_id(tag: str) -> str:
    """The id that the tag stands for: a tag has "_" where the id has "."."""
    return tag.replace("_", ".")


def _chunk_key(tag: str) -> str:
    return tag.replace("_", ".", 1)


def _subscriber_id(tag: str) -> str:
    return str(uuid.UUID(tag)) if tag else ""
