"""Whatever can be counted of an announcement: calls, units, function calls, seconds."""

import cProfile
import json
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from hashlib import sha256
from io import StringIO
from itertools import product
from time import process_time
from types import CodeType
from typing import Any, Final

from notifications import ledger
from notifications.announcements import announcement_get, announcement_sums
from notifications.enums import AnnouncementState
from notifications.fanout import chunk_tags
from notifications.handlers import feedback
from notifications.tables import AnnouncementRow
from notifications.tally import Sums
from tests.benchmarks.meter import Meter
from tests.benchmarks.readers import Readers
from tests.benchmarks.stand_in import StandIn
from tests.benchmarks.ways import Way, plan, walk
from tests.factories import make_event

RATE: Final = 300
LANGUAGES: Final = ("en", "de", "fr", "es")
TIMEZONES: Final = ("", "Europe/Berlin", "America/New_York", "Asia/Tokyo")


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """What one announcement to `number` readers took, the planning (once) apart."""

    number: int
    shards: int
    planning_calls: int
    planning_reads: float
    planning_writes: int
    calls: int
    reads: float
    writes: int
    by_name: dict[str, int]

    def whole(self, name: str) -> float:
        """All calls, reads or writes."""
        return float(getattr(self, f"planning_{name}") + getattr(self, name))

    def per_recipient(self, name: str) -> float:
        """All of it, by the number of readers."""
        return self.whole(name) / self.number


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """Of one recipient: function calls, of Python's and of C's, and CPU seconds."""

    python_calls: float = 0
    c_calls: float = 0
    cpu_s: float = 0


class Unhurried:
    """An invocation of a handler that has all the time."""

    def get_remaining_time_in_millis(self) -> int:
        """See Context."""
        return 900_000


def stand_in(number: int, *, shards: int = 1, languages: int = 1) -> StandIn:
    """Readers of so many languages, and of four time zones."""
    readers = Readers(
        number=number, shards=shards, locales=LANGUAGES[:languages], timezones=TIMEZONES
    )
    return StandIn(readers, rate=RATE)


def count(*, number: int, shards: int = 1, languages: int = 1) -> Counts:
    """The calls and units of one announcement, from the event's row to the last sum."""
    event = make_event()
    ses = stand_in(number, shards=shards, languages=languages)
    with Meter(ses).attached() as meter:
        row = plan(event, shards=shards)
        planning = meter.total, meter.reads, meter.writes
        walk(row, ses)
    _check(row, ses, number)
    return Counts(
        number=number,
        shards=shards,
        planning_calls=planning[0],
        planning_reads=planning[1],
        planning_writes=planning[2],
        calls=meter.total - planning[0],
        reads=meter.reads - planning[1],
        writes=meter.writes - planning[2],
        by_name=dict(meter.calls),
    )


def count_way(way: Way, number: int) -> Meter:
    """The calls and units of another way."""
    ses = stand_in(number)
    event = make_event()
    with Meter(ses).attached() as meter:
        way(event, ses, number)
    return meter


def count_feedback(*, number: int, batch: int) -> Meter:
    """What the events of an announcement without exceptions cause: a Send and a Delivery each."""
    ses = stand_in(number)
    event = make_event()
    with Meter(ses, units=False).attached():
        row = plan(event, shards=1)
        walk(row, ses)
    records = _records(row)
    # The handler's line for CloudWatch is none of the figures.
    with Meter(ses).attached() as meter, redirect_stdout(StringIO()):
        for start in range(0, len(records), batch):
            answer = feedback({"Records": records[start : start + batch]}, Unhurried())
            assert answer == {"batchItemFailures": []}
    return meter


def profile(way: Way, number: int) -> Work:
    """The function calls of a way, per recipient."""
    ses = stand_in(number)
    event = make_event()
    profiler = cProfile.Profile()

    @contextmanager
    def unseen() -> Iterator[None]:
        profiler.disable()
        yield
        profiler.enable()

    meter = Meter(ses, units=False)
    meter.unseen = unseen
    with meter.attached():
        profiler.enable()
        way(event, ses, number)
        profiler.disable()
    python = c = 0
    for entry in profiler.getstats():
        if isinstance(entry.code, CodeType):
            python += entry.callcount
        else:
            c += entry.callcount
    return Work(python_calls=python / number, c_calls=c / number)


def cpu(way: Way, number: int) -> float:
    """The CPU seconds of a way, per recipient, without what stands in for AWS."""
    ses = stand_in(number)
    event = make_event()
    meter = Meter(ses, units=False)
    with meter.attached():
        began = process_time()
        way(event, ses, number)
        spent = process_time() - began
    return (spent - meter.aside_s) / number


def _check(row: AnnouncementRow, ses: StandIn, number: int) -> None:
    """That what was counted is a whole announcement."""
    done = announcement_get(row.id)
    assert done is not None
    assert done.state == AnnouncementState.DONE
    assert announcement_sums(done) == Sums(audience=number, sent=number)
    assert ses.accepted == number


def _records(row: AnnouncementRow) -> list[dict[str, Any]]:
    """The announcement's events in messages of the feedback queue."""
    # Events come in no order.
    return sorted(_events(row), key=lambda record: sha256(record["messageId"].encode()).digest())


def _events(row: AnnouncementRow) -> Iterator[dict[str, Any]]:
    for chunk in ledger.shard_chunks(row.id, "00"):
        tags = chunk_tags(row.id, chunk.key)
        for kind, subscriber in product(("Send", "Delivery"), chunk.ids):
            named = {**tags, "subscriber": subscriber}
            mail = {
                "timestamp": "2026-11-22T12:00:00.000Z",
                "destination": ["reader@mail.example.com"],
                "tags": {name: [value] for name, value in named.items()},
            }
            body = json.dumps({"eventType": kind, "mail": mail, kind.lower(): {}})
            yield {"messageId": f"{kind}-{subscriber}", "body": body}
