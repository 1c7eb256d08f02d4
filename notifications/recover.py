"""Rows from before events kept their wall clock: it is recovered, and the moments derived again.

Such a row has UTC moments alone, and the rules that they were made by may no longer hold. The
newest announcement holds what subscribers were told: the local time with its offset, under the
rules of that day, which is the wall clock. Where nothing was announced since the row's time was
set, the clock is what today's rules show at the moment: the best there is, and the history says
so, for somebody to look at.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from django.db import transaction

from events.data import EventData
from events.derive import derive_event
from events.enums import EventStatus
from events.errors import StaleVersionError
from events.outbox import set_content
from events.selectors import event_get, events_by_start
from events.snapshot import EventSnapshot, row_data
from events.tables import EventRow
from ivent_site.dynamodb import writes
from ivent_site.dynamodb.contrib.log_rows import change_entry
from ivent_site.dynamodb.writes import ConflictError
from notifications.announcements import event_announcements

PAGE: Final = 100
ATTEMPTS: Final = 5
TOLD: Final = "The time on the clock is recovered from what subscribers were told."
GUESSED: Final = (
    "The time on the clock is what today's rules of time zones show, for it was never announced:"
    " check it."
)


@dataclass(frozen=True, slots=True)
class Recovered:
    """What was found out about an event: its local start, and how it is known."""

    event_id: str
    clock: str
    zone: str
    is_told: bool
    is_moved: bool


def recover_clocks(*, dry_run: bool, after: str = "") -> Iterator[tuple[str, list[Recovered]]]:
    """Recover every event's clock, page by page: a cursor to go on from, and what was recovered.

    With `dry_run` nothing is written. Safe to repeat; what has its clock is left alone.
    """
    name, _space, key = after.partition(" ")
    statuses = [*EventStatus]
    for status in statuses[statuses.index(EventStatus(name)) if name else 0 :]:
        while rows := events_by_start(status, after_key=key or "0", limit=PAGE):
            key = rows[-1].start_key
            found = [_recover(row, dry_run=dry_run) for row in rows if _is_old(row)]
            yield f"{status} {key}", found
        key = ""


def _is_old(row: EventRow) -> bool:
    starts: str | None = row.starts
    return starts is None


def _recover(row: EventRow, *, dry_run: bool) -> Recovered:
    data, is_told = _evidence(row)
    is_moved = (data.starts_at, data.ends_at) != (row.starts_at, row.ends_at)
    if not dry_run:
        _write(row, data, is_told=is_told)
    clock = data.starts.text(all_day=data.all_day)
    return Recovered(row.id, clock, data.timezone, is_told, is_moved)


def _evidence(row: EventRow) -> tuple[EventData, bool]:
    """The event with its wall clock, and whether subscribers were told it."""
    data = row_data(row)
    for announcement in event_announcements(row.id):
        # A digest is under no event, and all else holds the event as it was then.
        told = EventSnapshot.from_json(announcement.event)
        ends_at = told.as_told().ends_at
        if (told.as_told().starts_at, ends_at, told.timezone, told.all_day) == (
            *(row.starts_at, row.ends_at),
            *(data.timezone, data.all_day),
        ):
            times = {"starts": told.starts, "ends": told.ends}
            return EventData(**data.as_dict() | times), True
    return data, False


def _write(row: EventRow, data: EventData, *, is_told: bool) -> None:
    """Put the clock into the row, and then derive its moments, each with its history entry."""
    for _ in range(ATTEMPTS):
        set_content(row, data)
        entry = change_entry(
            label="events.event",
            object_id=row.id,
            object_repr=row.title,
            message=TOLD if is_told else GUESSED,
        )
        try:
            with transaction.atomic():
                _put_clock(row)
                writes.put(entry)
        except ConflictError:
            row = event_get(row.id)
            if not _is_old(row):
                return
            data, is_told = _evidence(row)
        else:
            derive_event(event_get(row.id), now=datetime.now(UTC))
            return
    raise StaleVersionError(row.id)


def _put_clock(row: EventRow) -> None:
    names = ("starts", "ends", "publish_clock")
    actions = [
        getattr(EventRow, name).set(value)
        for name in names
        if (value := getattr(row, name)) is not None
    ]
    unchanged = (EventRow.version == row.version) & EventRow.starts.does_not_exist()
    writes.update(EventRow, row.id, actions=actions, condition=unchanged)
