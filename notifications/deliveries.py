"""Deliveries of announcements' e-mails: kept for the reader's log, and counted beside `sent`.

The day's `delivered` counts what the day's `sent` counts, and never before it: e-mails of
announcements, one for each subscriber, however often SES reports it or a second try arrived
too. Confirmations and test e-mails are in neither number. A shard's e-mails are counted as sent
when the shard has ended, so until then its deliveries wait in a number of their own.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import partial
from itertools import islice
from typing import Final

from django.db import transaction

from ivent_site.counters.daily import daily_add
from ivent_site.dynamodb.writes import ConflictError, get, update
from notifications.once import Key, RowChange, put_once
from notifications.outcomes import outcome_row
from notifications.ses_events import SesEvent
from notifications.tables import CountRow, OutcomeRow

# An announcement's id and a shard of it.
Shard = tuple[str, str]

# A transaction takes a hundred items, one of them the number.
_AT_ONCE: Final = 99
_ATTEMPTS: Final = 5


def deliveries_keep(events: Iterable[SesEvent]) -> set[Shard]:
    """Keep the deliveries that are new; the shards that have some, for `deliveries_release`.

    Safe to repeat. Two write units for each delivery, and one call for 99 of a shard.
    """
    by_shard: dict[Shard, list[SesEvent]] = defaultdict(list)
    for event in events:
        if event.announcement_id and event.chunk_key and event.subscriber_id:
            by_shard[event.announcement_id, event.chunk_key.partition(".")[0]].append(event)
    for shard, about in by_shard.items():
        rows = {(row.partition, row.key): row for row in map(_row, about)}
        for some in _batches(rows.values()):
            put_once(some, beside=partial(_waiting, shard))
    return set(by_shard)


def deliveries_release(announcement_id: str, shard: str) -> None:
    """Count the deliveries that waited for the shard to be counted as sent. Safe to repeat."""
    key = _key(announcement_id, shard)
    for _ in range(_ATTEMPTS):
        row = get(CountRow, *key)
        number = int(row.delivered) if row else 0
        if not number:
            return
        try:
            with transaction.atomic():
                update(
                    CountRow,
                    *key,
                    actions=[CountRow.delivered.set(0)],
                    condition=CountRow.delivered == number,
                )
                daily_add(delivered=number)
        except ConflictError as err:
            # More have come: they are counted with them.
            conflict = err
        else:
            return
    raise conflict


def _waiting(shard: Shard, new: list[Key]) -> list[RowChange]:
    """They are counted once the shard is."""
    return [(CountRow(*_key(*shard)), [CountRow.delivered.add(len(new))])]


def _row(event: SesEvent) -> OutcomeRow:
    return outcome_row(event.subscriber_id, event)


def _key(announcement_id: str, shard: str) -> tuple[str, str]:
    return f"delivered#{announcement_id}", shard


def _batches(rows: Iterable[OutcomeRow]) -> Iterator[list[OutcomeRow]]:
    remaining = iter(rows)
    while some := list(islice(remaining, _AT_ONCE)):
        yield some
