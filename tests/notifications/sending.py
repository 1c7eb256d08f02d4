"""What tests of sending need: readers, a clock, and a SES that counts and misbehaves on demand."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest import mock

from pynamodb.connection import Connection

from ivent_site.ids import uuid7
from notifications import feedback
from notifications.announce import announce
from notifications.announcements import announcement_get, announcement_sums
from notifications.delivery import Worker
from notifications.fanout import WalkEnd, walk_shard
from notifications.feedback_table import FeedbackKey, SesEventType
from notifications.mails import Mail
from notifications.ses_events import SesEvent
from notifications.sweep import sweep
from notifications.tables import AnnouncementRow
from notifications.tally import Sums
from notifications.transports import Delivery, RefusedError, UnknownOutcomeError
from subscriptions.enums import SubscriptionStatus
from subscriptions.tables import SubscriptionRow
from tests.factories import make_event

SHARD = "00"
START = datetime(2026, 11, 1, 12, tzinfo=UTC)


class WorkerKilledError(BaseException):
    """A death that no handler catches, as of a process that is gone."""


# What is written at the machine's own time is past for a clock that starts so far ahead, however
# slow the machine is.
AHEAD = timedelta(seconds=20)


class Clock:
    """Time that passes only when told."""

    def __init__(self, start: datetime | None = None) -> None:
        self.now = (start or datetime.now(UTC) + AHEAD).timestamp()

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


class FakeSes:
    """A transport that accepts mails one by one, and does first what `script` says per call.

    "throttle" and "paused" refuse the call, "reject" refuses the mail, "lost" accepts it and
    loses the reply, "dropped" loses the call itself, "killed" ends the worker after accepting.
    """

    at_once = 1

    def __init__(self, *script: str) -> None:
        self.script = [*script]
        self.accepted: list[Mail] = []
        self.before_accepting: Callable[[Mail], None] = lambda mail: None

    def send(self, mails: Sequence[Mail], delivery: Delivery) -> None:
        for mail in mails:
            delivery.before_call([mail])
            delivery.report(mail, refusal=self._call(mail))

    def _call(self, mail: Mail) -> str:
        self.before_accepting(mail)
        match self.script.pop(0) if self.script else "":
            case "throttle":
                raise RefusedError("Throttling", retryable=True)
            case "paused":
                raise RefusedError("AccountSendingPausedException", retryable=False)
            case "reject":
                return "MessageRejected"
            case "dropped":
                raise UnknownOutcomeError("ReadTimeoutError")
            case "lost":
                self.accepted.append(mail)
                raise UnknownOutcomeError("ReadTimeoutError")
            case "killed":
                self.accepted.append(mail)
                raise WorkerKilledError
            case _:
                self.accepted.append(mail)
        return ""

    @property
    def counts(self) -> Counter[str]:
        return Counter(mail.subscriber_id for mail in self.accepted)

    def publish_events(self) -> None:
        """Tell of every mail that was accepted, as the configuration set does."""
        events = [
            SesEvent(
                key=FeedbackKey(SesEventType.SEND),
                announcement_id=mail.tags["announcement"].replace("_", "."),
                chunk_key=mail.tags["chunk"].replace("_", ".", 1),
                subscriber_id=mail.tags["subscriber"],
                addresses=(mail.to,),
                mailed_at=None,
            )
            for mail in self.accepted
        ]
        for chunk, about in feedback.by_chunk(events).items():
            feedback.record(*chunk, about)


def make_readers(number: int, *, shard: str = SHARD, **values: Any) -> list[str]:
    """The ids of so many confirmed subscribers of one shard, in order."""
    ids = sorted(uuid7() for _ in range(number))
    with SubscriptionRow.batch_write() as batch:
        for each in ids:
            row = SubscriptionRow(
                id=each,
                email=f"{each}@example.com",
                email_key=f"{each}@example.com",
                status=SubscriptionStatus.CONFIRMED,
                created_at=START,
                updated_at=START,
                confirmed_at=START,
                home_shard=shard,
                **values,
            )
            row.set_index_keys()
            batch.save(row)
    return ids


def make_announcement(**values: Any) -> AnnouncementRow:
    """An announcement of a new event, on its way."""
    row = announce(event_id=make_event(**values).id)
    assert row is not None
    return row


def make_worker(ses: FakeSes, clock: Clock, *, seconds: float = 300) -> Worker:
    return Worker(transport=ses, deadline=clock() + seconds, clock=clock, sleep=clock.sleep)


def walk(row: AnnouncementRow, ses: FakeSes, clock: Clock, *, shard: str = SHARD) -> WalkEnd:
    """One worker's walk."""
    return walk_shard(announcement_id=row.id, shard=shard, worker=make_worker(ses, clock))


def finish(row: AnnouncementRow, ses: FakeSes, clock: Clock, *, events: bool = True) -> Sums:
    """What becomes of the announcement when workers, SES's events and sweeps have gone on.

    Time passes as it must: leases end, and unknown sends wait for their events.
    """
    for _ in range(8):
        if events:
            ses.publish_events()
        sweep(worker=make_worker(ses, clock))
        for number in range(int(row.shard_count)):
            walk(row, ses, clock, shard=f"{number:02x}")
        if current(row).state in {"done", "cancelled"}:
            break
        clock.sleep(timedelta(seconds=40).total_seconds())
    return announcement_sums(current(row))


def current(row: AnnouncementRow) -> AnnouncementRow:
    found = announcement_get(row.id)
    assert found is not None
    return found


@contextmanager
def killed_after(calls: int) -> Iterator[list[str]]:
    """Within the block, the process dies right after its n-th call to DynamoDB had its effect.

    The list names the calls that were made.
    """
    made: list[str] = []
    dispatch = Connection.dispatch

    def deadly(self: Connection, operation_name: str, operation_kwargs: dict[str, Any]) -> Any:
        reply = dispatch(self, operation_name, operation_kwargs)
        made.append(operation_name)
        if len(made) == calls:
            raise WorkerKilledError
        return reply

    with mock.patch.object(Connection, "dispatch", deadly):
        yield made
