"""Messages of the fan-out queue: each asks a worker to walk one shard of an announcement, or to
announce an event now that its undo window is over.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from django.conf import settings

from ivent_site.aws import sqs

if TYPE_CHECKING:
    from mypy_boto3_sqs.literals import QueueAttributeNameType

# SendMessageBatch takes ten.
BATCH = 10
ATTEMPTS = 5
# What SQS can keep a message back for; whoever gets it too early queues it once more.
DELAY_MAX_S = 900


class QueueError(Exception):
    """Some messages could not be queued; a retry may help."""


class MessageError(Exception):
    """The message asks for nothing that is known; a retry does not help."""


@dataclass(frozen=True, slots=True)
class ShardTask:
    """Walk this shard of this announcement. `fresh`: nobody is known to have begun it."""

    announcement_id: str
    shard: str
    fresh: bool = False

    def body(self) -> str:
        """The task as the body of a queue message."""
        task = {"announcement": self.announcement_id, "shard": self.shard}
        return json.dumps({**task, "fresh": True} if self.fresh else task)


@dataclass(frozen=True, slots=True)
class EventTask:
    """Announce what this event's row asks for."""

    event_id: str

    def body(self) -> str:
        """The task as the body of a queue message."""
        return json.dumps({"event": self.event_id})


def task_parse(body: str) -> ShardTask | EventTask:
    """The task in a message; MessageError if there is none in it."""
    try:
        data = json.loads(body)
        parts = [data["event"]] if "event" in data else [data["announcement"], data["shard"]]
    except (ValueError, LookupError, TypeError) as err:
        raise MessageError("The message is no fan-out task.") from err
    if not all(isinstance(each, str) and each for each in parts):
        raise MessageError("The message is no fan-out task.")
    if len(parts) == 1:
        return EventTask(*parts)
    return ShardTask(parts[0], parts[1], fresh=data.get("fresh") is True)


def queue_shards(announcement_id: str, shards: Iterable[str], *, fresh: bool = False) -> None:
    """Queue one task per shard. Doubled tasks are harmless: the ledger decides.

    Raises QueueError when some were refused again and again.
    """
    tasks = (ShardTask(announcement_id, shard, fresh) for shard in shards)
    while batch := list(islice(tasks, BATCH)):
        _send(batch)


def queue_again(task: ShardTask | EventTask, *, delay_s: int) -> None:
    """Queue the task once more, to be taken after `delay_s`, or sooner if that is too long."""
    sqs().send_message(
        QueueUrl=settings.FANOUT_QUEUE_URL,
        MessageBody=task.body(),
        DelaySeconds=min(delay_s, DELAY_MAX_S),
    )


def feedback_backlog() -> int:
    """About how many of SES's events nobody has dealt with yet."""
    wanted: Sequence[QueueAttributeNameType] = (
        "ApproximateNumberOfMessages",
        "ApproximateNumberOfMessagesNotVisible",
    )
    found = sqs().get_queue_attributes(QueueUrl=settings.FEEDBACK_QUEUE_URL, AttributeNames=wanted)[
        "Attributes"
    ]
    return sum(int(found[name]) for name in wanted)


def _send(tasks: list[ShardTask]) -> None:
    for _ in range(ATTEMPTS):
        reply = sqs().send_message_batch(
            QueueUrl=settings.FANOUT_QUEUE_URL,
            Entries=[{"Id": task.shard, "MessageBody": task.body()} for task in tasks],
        )
        failed = {entry["Id"] for entry in reply.get("Failed", [])}
        tasks = [task for task in tasks if task.shard in failed]
        if not tasks:
            return
    raise QueueError(f"{len(tasks)} shards of {tasks[0].announcement_id} could not be queued.")
