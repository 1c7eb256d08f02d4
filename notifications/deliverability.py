"""How welcome the mails are: who bounced and who complained, in the last day and in all.

Nothing is written of a mail that arrived: how many were sent, an announcement knows from its
ledger, and SES itself knows it of the last day. A bounce or a complaint is counted once,
however often SES tells of it: that it was counted is written in the same transaction.
"""

import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any, Final

from pynamodb.exceptions import DeleteError

from ivent_site import metrics
from ivent_site.aws import sesv2
from ivent_site.counters.daily import daily_change
from ivent_site.ids import uuid7
from notifications.feedback_table import Counted
from notifications.once import RowChange, put_once
from notifications.ses_events import SesEvent
from notifications.tables import REFOLD_PARTITION, CountedRow, CountRow, RefoldRow

HOURS: Final = "hours"
DAY: Final = timedelta(hours=24)
# Longer than a queue, and its dead-letter queue after it, keep a message.
REMEMBERED: Final = timedelta(days=30)
# Rows that share a count.
SPREAD: Final = 4
# An event takes up to two items of a transaction, which holds a hundred; the hour and the day
# take one each.
EVENTS_AT_ONCE: Final = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How many mails bounced for good and how many were complained about."""

    bounced: int = 0
    complained: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """A shard whose ledger was corrected; its announcement's sums are still to be."""

    announcement_id: str
    shard: str
    token: str


def exceptions_count(events: Iterable[SesEvent]) -> None:
    """Count the bounces and complaints among the events. Safe to repeat.

    Of a batch one transaction: an item for the hour, one for the day, one for each announcement,
    one for each mail.
    """
    counted = iter(
        {_key(x): x for x in events if x.rule.counted is not None and x.message_id}.values()
    )
    while some := list(islice(counted, EVENTS_AT_ONCE)):
        _count(some)


def day_counts(*, now: datetime) -> Counts:
    """The counts of the last 24 hours: one Query."""
    first, last = _hour(now - DAY), _hour(now)
    key = CountRow.key.between(f"{first}#", f"{last}#~")
    return _sum(CountRow.query(HOURS, key, consistent_read=True))


def day_sent() -> int:
    """How many mails SES has sent in the last 24 hours: for the whole AWS account."""
    quota = sesv2().get_account()["SendQuota"]
    return int(quota["SentLast24Hours"])


def announcement_counts(announcement_id: str) -> Counts:
    """The counts of one announcement: one Query."""
    return _sum(CountRow.query(_partition(announcement_id), consistent_read=True))


def correction_note(announcement_id: str, shard: str) -> None:
    """Have the shard summed once more by the next sweep, however many corrections come."""
    RefoldRow(key=f"{announcement_id}#{shard}", token=uuid7()).save()


def corrections(*, limit: int) -> list[Correction]:
    """The shards to be summed once more."""
    rows = RefoldRow.query(REFOLD_PARTITION, limit=limit, consistent_read=True)
    return [_correction(row) for row in rows]


def correction_done(correction: Correction) -> None:
    """Forget the correction, unless another has been noted since it was read."""
    key = f"{correction.announcement_id}#{correction.shard}"
    row = RefoldRow(key=key, token=correction.token)
    try:
        row.delete(condition=RefoldRow.token == correction.token)
    except DeleteError as err:
        if err.cause_response_code != "ConditionalCheckFailedException":
            raise


def _count(events: list[SesEvent]) -> None:
    now = datetime.now(UTC)
    by_key = {_key(event): event for event in events}
    rows = [CountedRow(*key, expires_at=now + REMEMBERED) for key in by_key]
    new = put_once(rows, beside=lambda some: _changes([by_key[each] for each in some], now))
    if total := Counter(key for _, key in new):
        metrics.count(**total)


def _changes(events: list[SesEvent], now: datetime) -> Iterator[RowChange]:
    """What counts the events, beside the rows that say that they are counted."""
    counts: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    total: Counter[str] = Counter()
    spread = random.randrange(SPREAD)  # noqa: S311 - no secret
    for event in events:
        _, counted = _key(event)
        total[counted] += 1
        counts[HOURS, f"{_hour(now)}#{spread}"][counted] += 1
        if event.announcement_id:
            counts[_partition(event.announcement_id), str(spread)][counted] += 1
    for place, numbers in counts.items():
        yield (
            CountRow(*place),
            [
                *([CountRow.expires_at.set(now + REMEMBERED)] if place[0] == HOURS else []),
                CountRow.bounced.add(numbers[Counted.BOUNCED]),
                CountRow.complained.add(numbers[Counted.COMPLAINED]),
            ],
        )
    yield daily_change(**total)


def _key(event: SesEvent) -> tuple[str, str]:
    return f"mail#{event.message_id}", str(event.rule.counted)


def _partition(announcement_id: str) -> str:
    return f"announcement#{announcement_id}"


def _hour(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H")


def _sum(rows: Iterable[Any]) -> Counts:
    bounced = complained = 0
    for row in rows:
        bounced += int(row.bounced)
        complained += int(row.complained)
    return Counts(bounced=bounced, complained=complained)


def _correction(row: RefoldRow) -> Correction:
    announcement_id, _, shard = row.key.partition("#")
    return Correction(announcement_id=announcement_id, shard=shard, token=row.token)
