"""How welcome the mails are: who bounced and who complained, in the last day and in all.

Nothing is written of a mail that arrived: how many were sent, an announcement knows from its
ledger, and SES itself knows it of the last day. A bounce or a complaint is counted once,
however often SES tells of it: that it was counted is written in the same transaction.
"""

import random
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any, Final

from pynamodb.exceptions import DeleteError, TransactWriteError
from pynamodb.expressions.update import Action
from pynamodb.transactions import TransactWrite

from ivent_site import metrics
from ivent_site.aws import sesv2
from ivent_site.counters.daily import daily_add
from ivent_site.ids import uuid7
from notifications.ses_events import Fate, SesEvent
from notifications.tables import REFOLD_PARTITION, CountedRow, CountRow, RefoldRow

HOURS: Final = "hours"
DAY: Final = timedelta(hours=24)
# Longer than a queue, and its dead-letter queue after it, keep a message.
REMEMBERED: Final = timedelta(days=30)
# Rows that share a count.
SPREAD: Final = 4
# An event takes up to two items of a transaction, which holds a hundred.
EVENTS_AT_ONCE: Final = 40
ATTEMPTS: Final = 5
COUNTED: Final = frozenset({Fate.BOUNCED, Fate.COMPLAINED})


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

    Of a batch: one write for the hour, one for each announcement, one for each mail.
    """
    told = iter(
        {(x.message_id, x.fate): x for x in events if x.fate in COUNTED and x.message_id}.values()
    )
    while some := list(islice(told, EVENTS_AT_ONCE)):
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
    """Retried, since other batches write to the same counts, and may hold the same events."""
    for attempt in range(ATTEMPTS):
        known = {(row.partition, row.key) for row in CountedRow.batch_get(map(_key, events))}
        events = [each for each in events if _key(each) not in known]
        if not events:
            return
        try:
            _write(events)
        except TransactWriteError as err:
            if err.cause_response_code != "TransactionCanceledException" or attempt == ATTEMPTS - 1:
                raise
        else:
            return


def _write(events: list[SesEvent]) -> None:
    now = datetime.now(UTC)
    counts: dict[tuple[str, str], Counter[Fate]] = {}
    spread = random.randrange(SPREAD)  # noqa: S311 - no secret
    for event in events:
        places = [(HOURS, f"{_hour(now)}#{spread}")]
        if event.announcement_id:
            places.append((_partition(event.announcement_id), str(spread)))
        for place in places:
            counts.setdefault(place, Counter())[event.fate] += 1
    with TransactWrite(connection=CountRow._get_connection().connection) as together:
        for place, fates in counts.items():
            actions: list[Action] = [
                *([CountRow.expires_at.set(now + REMEMBERED)] if place[0] == HOURS else []),
                CountRow.bounced.add(fates[Fate.BOUNCED]),
                CountRow.complained.add(fates[Fate.COMPLAINED]),
            ]
            together.update(CountRow(*place), actions=actions)
        for event in events:
            row = CountedRow(*_key(event), expires_at=now + REMEMBERED)
            together.save(row, condition=CountedRow.key.does_not_exist())
    total = Counter(event.fate.value for event in events)
    metrics.count(**total)
    daily_add(**total)


def _key(event: SesEvent) -> tuple[str, str]:
    return f"mail#{event.message_id}", event.fate.value


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
