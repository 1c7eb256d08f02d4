"""What SES says about e-mails, in the project's words.

Two shapes come: events of the configuration set ("eventType", with tags)
https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html
and notifications of the identity ("notificationType", without)
https://docs.aws.amazon.com/ses/latest/dg/notification-contents.html
either as it is or as the "Message" of an SNS envelope
https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html
What each event means is in `feedback_table`.
"""

import json
import logging
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from ivent_site.logging import mask
from notifications.enums import Outcome
from notifications.feedback_table import (
    RULES,
    FeedbackKey,
    FeedbackRule,
    SesEventType,
    enhanced_code,
    feedback_key,
)

logger = logging.getLogger(__name__)

DIAGNOSIS_CHARS: Final = 300
# What SES and SNS write to the topic and the queue when somebody connects them. The first is no
# JSON; SNS's own come with a "Type".
_VALIDATED: Final = "Successfully validated SNS topic for Amazon SES event publishing."
_SNS_NOTICES: Final = frozenset({"SubscriptionConfirmation", "UnsubscribeConfirmation"})
_SES_NOTICE: Final = "AmazonSnsSubscriptionSucceeded"
# SES repeats the To header's words, display name and all. No address that we accept has angle
# brackets, and the standard library's parsers give up on names such as `Ana, B. <…>`.
_IN_BRACKETS: Final = re.compile(r"<([^<>]*)>\s*$")


class SesEventError(ValueError):
    """The message is no event of SES; a retry does not help."""


# What each type of event calls its details, and in there the people and the kind.
_PARTS: Final = {
    SesEventType.DELIVERY: ("delivery", "", "", ""),
    SesEventType.DELAY: ("deliveryDelay", "delayedRecipients", "delayType", ""),
    SesEventType.BOUNCE: ("bounce", "bouncedRecipients", "bounceType", "bounceSubType"),
    SesEventType.COMPLAINT: (
        *("complaint", "complainedRecipients"),
        *("complaintFeedbackType", "complaintSubType"),
    ),
    SesEventType.REJECT: ("reject", "", "reason", ""),
    SesEventType.RENDERING_FAILURE: ("failure", "", "", ""),
}
# Whom the event is about, of all the mail went to.
_NAMED: Final = frozenset({SesEventType.BOUNCE, SesEventType.COMPLAINT})
_UNREAD: Final = frozenset({SesEventType.OPEN, SesEventType.CLICK, SesEventType.SUBSCRIPTION})
# The fields with words about it, the most telling first.
_WORDS: Final = (
    *("diagnosticCode", "smtpResponse", "reason", "errorMessage"),
    *("complaintFeedbackType", "delayType", "bounceSubType"),
)


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
    """One event about one mail. `key` is its row in the feedback table.

    The ids are empty where the mail carried no tags; then `addresses` say whom it is about.
    `message_id` is SES's own, one for each recipient. A Send event has no report.
    """

    key: FeedbackKey
    announcement_id: str
    chunk_key: str
    subscriber_id: str
    addresses: tuple[str, ...]
    mailed_at: datetime | None
    message_id: str = ""
    report: Report | None = None

    @property
    def rule(self) -> FeedbackRule:
        """What becomes of the subscriber, and what is counted."""
        return RULES[self.key]

    @property
    def is_refusal(self) -> bool:
        """Whether SES, which had accepted the mail, dropped it: a virus, or a failed template."""
        return self.key.type in {SesEventType.REJECT, SesEventType.RENDERING_FAILURE}


def ses_event_parse(body: str) -> SesEvent | None:
    """The event in a queue message; None if it is of a kind that matters to nobody here.

    Raises SesEventError for what is no event of SES.
    """
    try:
        data = _opened(body)
        return None if data is None else _event(data)
    except (ValueError, LookupError, TypeError, AttributeError) as err:
        # Without its content: an address does not belong in a log.
        raise SesEventError("The message is no event of SES.") from err


def _opened(body: str) -> Mapping[str, Any] | None:
    """The event's JSON; None for a notice that SES or SNS writes when it is connected."""
    if body.strip() == _VALIDATED:
        logger.info("SES checked that it may publish to the topic: nothing to do.")
        return None
    data: Mapping[str, Any] = json.loads(body)
    if data.get("Type") in _SNS_NOTICES or data.get("notificationType") == _SES_NOTICE:
        logger.info("Somebody connected or disconnected the topic: nothing to do.")
        return None
    if "Message" in data and "TopicArn" in data:
        return _opened(data["Message"])
    return data


def _event(data: Mapping[str, Any]) -> SesEvent | None:
    mail = data["mail"]
    name = data.get("eventType") or data["notificationType"]
    if not isinstance(name, str):
        raise TypeError("An event's type is a text.")
    if name not in [*SesEventType] or name in _UNREAD:
        return None
    type_ = SesEventType(name)
    part, people, kind, detail = _PARTS.get(type_, ("", "", "", ""))
    # Details may be missing, but not of an event that names whom it is about.
    told = data[part] if type_ in _NAMED else data.get(part) or {}
    recipients = told[people] if type_ in _NAMED else told.get(people) or ()
    about = {**told, **next(iter(recipients), {})}
    words = next((str(about[name]) for name in _WORDS if about.get(name)), "")
    code = enhanced_code(status=str(about.get("status") or ""), diagnosis=words)
    key = feedback_key(
        type_=type_,
        kind=str(told.get(kind) or ""),
        detail=str(told.get(detail) or ""),
        code=code,
    )
    named = [each["emailAddress"] for each in recipients] if type_ in _NAMED else []
    tags = mail.get("tags") or {}
    return SesEvent(
        key=key,
        announcement_id=_announcement_id(_tag(tags, "announcement")),
        chunk_key=_chunk_key(_tag(tags, "chunk")),
        subscriber_id=_subscriber_id(_tag(tags, "subscriber")),
        addresses=tuple(map(address_of, named or mail.get("destination", ()))),
        mailed_at=_moment(mail.get("timestamp")),
        message_id=str(mail.get("messageId", "")),
        report=_report(key, told.get("timestamp") or mail.get("timestamp"), code, words),
    )


def address_of(text: str) -> str:
    """The address in SES's words: `Ana <ana@example.com>`, `<ana@example.com>` or itself."""
    found = _IN_BRACKETS.search(text)
    return (found[1] if found else text).strip()


def _report(key: FeedbackKey, at: str | None, code: str, words: str) -> Report | None:
    outcome = RULES[key].outcome
    if outcome is None:
        return None
    return Report(
        outcome=outcome,
        at=_moment(at),
        status=code,
        # Mail servers like to repeat the address.
        diagnosis=mask(words)[:DIAGNOSIS_CHARS],
    )


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


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
