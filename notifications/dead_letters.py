"""Messages that failed again and again: to be read, and to be sent back once the cause is gone.

A queue's dead letters wait in its dead-letter queue. `stream-failures` holds word of changes
that the stream gave up; their marks still stand in the events' rows, so sending one back is
announcing what is due. Nothing here shows what a message says of a person.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from django.conf import settings
from django.utils.translation import gettext as _

from events.selectors import events_due
from ivent_site.aws import sqs
from notifications.announce import announce
from notifications.queueing import EventTask, MessageError, task_parse
from notifications.ses_events import SesEventError, ses_event_parse
from subscriptions.setup_stops import restoring_of_body

if TYPE_CHECKING:
    from mypy_boto3_sqs.type_defs import MessageTypeDef

STREAM_FAILURES: Final = "stream-failures"
QUEUES: Final = ("fanout", "requests", "feedback", STREAM_FAILURES)
# ReceiveMessage gives ten. What was read is hidden for so long, or until it is put back.
BATCH: Final = 10
HIDDEN_S: Final = 120
ANNOUNCED_AT_ONCE: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetter:
    """A message, in words that name nobody."""

    message_id: str
    sent_at: datetime
    about: str


class NotSentBackError(Exception):
    """Some messages could not be sent back and are still where they were; a retry may help."""


def dead_letters_count(queue: str) -> int:
    """About how many there are."""
    reply = sqs().get_queue_attributes(
        QueueUrl=_dead_url(queue), AttributeNames=["ApproximateNumberOfMessages"]
    )
    return int(reply["Attributes"]["ApproximateNumberOfMessages"])


def dead_letters_list(queue: str, *, limit: int) -> list[DeadLetter]:
    """The first dead letters of a queue, which stay where they are."""
    return [_dead_letter(queue, message) for message in _peek(queue, limit=limit)]


def dead_letter_body(queue: str, message_id: str, *, among: int) -> str | None:
    """What the message says, people's addresses and all; None if it is not among the first."""
    found = (each for each in _peek(queue, limit=among) if each["MessageId"] == message_id)
    return next((each["Body"] for each in found), None)


def _peek(queue: str, *, limit: int) -> "list[MessageTypeDef]":
    url = _dead_url(queue)
    batches = [*_receive(url, limit=limit)]
    for batch in batches:
        sqs().change_message_visibility_batch(
            QueueUrl=url,
            Entries=[
                {"Id": str(at), "ReceiptHandle": each["ReceiptHandle"], "VisibilityTimeout": 0}
                for at, each in enumerate(batch)
            ],
        )
    return [message for batch in batches for message in batch]


def dead_letters_send_back(
    queue: str, *, limit: int, progress: Callable[[int], object] = lambda _count: None
) -> int:
    """How many messages were sent back for another try, at most `limit`.

    Each is deleted only once it is in its queue again, so that a death in between doubles it,
    which every handler bears, and loses none.
    """
    url = _dead_url(queue)
    count = 0
    for batch in _receive(url, limit=limit):
        if queue == STREAM_FAILURES:
            _announce_due()
        else:
            _send(_url(queue), batch)
        _delete(url, batch)
        count += len(batch)
        progress(count)
    return count


def _receive(url: str, *, limit: int) -> "Iterator[list[MessageTypeDef]]":
    left = limit
    while left > 0:
        batch = (
            sqs()
            .receive_message(
                QueueUrl=url,
                MaxNumberOfMessages=min(BATCH, left),
                VisibilityTimeout=HIDDEN_S,
                MessageSystemAttributeNames=["SentTimestamp"],
            )
            .get("Messages", [])
        )
        if not batch:
            return
        left -= len(batch)
        yield batch


def _send(url: str, batch: "Sequence[MessageTypeDef]") -> None:
    reply = sqs().send_message_batch(
        QueueUrl=url,
        Entries=[{"Id": str(at), "MessageBody": each["Body"]} for at, each in enumerate(batch)],
    )
    if reply.get("Failed"):
        raise NotSentBackError(f"{len(reply['Failed'])} of {len(batch)} messages were refused.")


def _delete(url: str, batch: "Sequence[MessageTypeDef]") -> None:
    sqs().delete_message_batch(
        QueueUrl=url,
        Entries=[
            {"Id": str(at), "ReceiptHandle": each["ReceiptHandle"]} for at, each in enumerate(batch)
        ],
    )


def _announce_due() -> None:
    """Announce the changes overdue longest; the sweep sees to any others."""
    for event in events_due(now=datetime.now(UTC), limit=ANNOUNCED_AT_ONCE):
        announce(event_id=event.id)


def _url(queue: str) -> str:
    return sqs().get_queue_url(QueueName=f"{settings.RESOURCE_PREFIX}-{queue}")["QueueUrl"]


def _dead_url(queue: str) -> str:
    return _url(queue if queue == STREAM_FAILURES else f"{queue}-dead")


def _dead_letter(queue: str, message: "MessageTypeDef") -> DeadLetter:
    sent_ms = int(message.get("Attributes", {}).get("SentTimestamp", 0))
    return DeadLetter(
        message_id=message["MessageId"],
        sent_at=datetime.fromtimestamp(sent_ms / 1000, UTC),
        about=_ABOUT[queue](message["Body"]),
    )


def _about_task(body: str) -> str:
    try:
        task = task_parse(body)
    except MessageError:
        return _("no task of an announcement")
    if isinstance(task, EventTask):
        return _("event %(id)s, to be announced") % {"id": task.event_id}
    words = {"shard": task.shard, "id": task.announcement_id}
    return _("shard %(shard)s of %(id)s") % words


def _about_request(body: str) -> str:
    if restoring_of_body(body) is not None:
        return _("subscribers to be restored after our e-mail set-up stopped them")
    return _("a request to subscribe")


def _about_ses_event(body: str) -> str:
    try:
        event = ses_event_parse(body)
    except SesEventError:
        return _("no event of SES")
    if event is None:
        return _("an event that matters to nobody")
    words = {"fate": event.key, "id": event.announcement_id or _("no announcement")}
    return _("of a mail SES tells “%(fate)s”: %(id)s") % words


def _about_stream(body: str) -> str:
    try:
        about = json.loads(body)
        size = about["DDBStreamBatchInfo"]["batchSize"]
        condition = about["requestContext"]["condition"]
    except (ValueError, LookupError, TypeError):
        return _("no word of a stream")
    return _("%(size)s changes were given up: %(why)s") % {"size": size, "why": condition}


_ABOUT: Final[dict[str, Callable[[str], str]]] = {
    "fanout": _about_task,
    "requests": _about_request,
    "feedback": _about_ses_event,
    STREAM_FAILURES: _about_stream,
}
