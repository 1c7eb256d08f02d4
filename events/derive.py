"""When the rules of time zones change: the moments of upcoming events are derived again.

An event keeps its wall clock, so new rules may move the moment that it is. The sweep looks at
every upcoming event once under each new IANA release, page by page, and writes those alone that
it finds elsewhere: a row keeps the release under which it was last written, and the one
DerivationRow says up to where all rows agree with which release. So a release costs a Query for
each page, and writes only for the zones that it changed.

An hour after the first pass there is a second one, for what a process with the old rules may have
written meanwhile. A process with older rules than those of the DerivationRow derives nothing.
Everything may be repeated, and two at once do no harm: an event is written on condition that its
version is still the one that was read, the cursor on condition that it is.
"""

import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any, Final

from django.db import transaction

from events.enums import EventStatus
from events.outbox import is_known_to_readers, moments, set_due
from events.selectors import event_get, events_by_start
from events.snapshot import publication_clock, row_data
from events.tables import RULES_PARTITION, DerivationRow, EventRow
from events.times import offset_text
from events.wall_clock import EventTimes, told_times
from ivent_site.dynamodb import writes
from ivent_site.dynamodb.contrib.log_rows import change_entry
from ivent_site.dynamodb.rows import sort_key
from ivent_site.dynamodb.writes import ConflictError
from ivent_site.zones import iana_version, zone_of

logger = logging.getLogger(__name__)

PAGE: Final = 250
PAGES_A_SWEEP: Final = 8
# An update and a history entry each: DynamoDB takes 100 writes in a transaction.
TOGETHER: Final = 25
PASSES: Final = 2
BETWEEN_PASSES: Final = timedelta(hours=1)
# Events that began this long ago may still be under way; what is over stays as it was.
LONGEST: Final = timedelta(days=366)
OVER: Final = timedelta(days=1)
_ORDER: Final = (EventStatus.PUBLISHED, EventStatus.DRAFT, EventStatus.CANCELLED)
_ATTRIBUTES: Final = (
    *("starts_at", "ends_at", "publish_at", "rules", "moved_at", "told", "version", "updated_at"),
    *("start_key", "moved", "moved_key", "due_at", "due", "due_key"),
)


@dataclass(slots=True)
class _Memory:
    """Up to when this process need not look, under which rules."""

    rules: str = ""
    until: datetime | None = None


_memory: Final = _Memory()
_FOR_GOOD: Final = datetime.max.replace(tzinfo=UTC)


def derive_upcoming(
    *,
    now: datetime,
    is_late: Callable[[], bool] = lambda: False,
    pages: int = PAGES_A_SWEEP,
) -> int:
    """How many events this call moved; it reads at most this many pages of them.

    Under rules that all events agree with, nothing is read.
    """
    rules = iana_version()
    if _memory.rules == rules and _memory.until is not None and now < _memory.until:
        return 0
    state = _begun(rules, now)
    if state is None:
        return 0
    moved = 0
    for _ in range(pages):
        if is_late() or (found := _page(state, now)) is None:
            break
        moved += found
    return moved


def derivation_remember(until: datetime | None = _FOR_GOOD) -> None:
    """Let this process take it until then that all events agree with its rules.

    None lets it look the next time.
    """
    _memory.rules, _memory.until = iana_version(), until


def derivation() -> DerivationRow | None:
    """How far the latest rules have been applied; None before the first time."""
    return writes.get(DerivationRow, RULES_PARTITION, RULES_PARTITION)


def derive_event(row: EventRow, *, now: datetime, why: str = "") -> bool:
    """Whether the event was moved to the moment that its wall clock is by today's rules.

    `row` is as it was read; one that somebody else has changed since is read again.
    """
    while (change := _change(row, now, why)) is not None:
        try:
            with transaction.atomic():
                _write(change)
        except ConflictError:
            row = event_get(row.id)
        else:
            return change.is_moved
    return False


def _begun(rules: str, now: datetime) -> DerivationRow | None:
    """The pass that is under way under these rules, begun if need be; None if there is none."""
    state = derivation()
    if state is not None and state.rules > rules:
        logger.warning("This process has older rules of time zones than the events.")
        derivation_remember(now + BETWEEN_PASSES)
        return None
    if state is None or state.rules < rules:
        former = state.rules if state else None
        fresh = DerivationRow(rules=rules, former=former, next_at=now)
        condition = (
            DerivationRow.rules == former if state else DerivationRow.partition.does_not_exist()
        )
        return fresh if _save(fresh, condition) else None
    if state.passes >= PASSES:
        derivation_remember()
        return None
    if now < state.next_at:
        derivation_remember(state.next_at)
        return None
    return state


def _page(state: DerivationRow, now: datetime) -> int | None:
    """How many events of the next page were moved; None if the pass is over, or another's."""
    name, _space, key = state.cursor.partition(" ")
    status = EventStatus(name or _ORDER[0])
    rows = events_by_start(status, after_key=key or sort_key(now - LONGEST), limit=PAGE)
    moved = _derive(rows, now)
    seen, at = state.cursor, int(state.passes)
    following = _ORDER[_ORDER.index(status) + 1 :]
    if len(rows) == PAGE:
        state.cursor = f"{status} {rows[-1].start_key}"
    elif following:
        state.cursor = str(following[0])
    else:
        state.cursor, state.passes, state.next_at = "", at + 1, now + BETWEEN_PASSES
    state.examined += len(rows)
    state.moved += moved
    unchanged = (
        (DerivationRow.rules == state.rules)
        & (DerivationRow.cursor == seen)
        & (DerivationRow.passes == at)
    )
    is_ours = _save(state, unchanged)
    return moved if is_ours and state.cursor else None


def _save(state: DerivationRow, condition: Any) -> bool:
    names = ("rules", "former", "passes", "next_at", "cursor", "examined", "moved")
    actions = [
        getattr(DerivationRow, name).set(value)
        for name in names
        if (value := getattr(state, name)) is not None
    ]
    keys = (RULES_PARTITION, RULES_PARTITION)
    try:
        writes.update(DerivationRow, *keys, actions=actions, condition=condition)
    except ConflictError:
        return False
    return True


@dataclass(frozen=True, slots=True)
class _Change:
    """The row to write, over the version that was read."""

    row: EventRow
    version: int
    entry: str

    @property
    def is_moved(self) -> bool:
        return bool(self.entry)


def _derive(rows: Iterable[EventRow], now: datetime) -> int:
    changes = (change for row in rows if (change := _change(row, now)) is not None)
    moved = 0
    while together := [*islice(changes, TOGETHER)]:
        try:
            with transaction.atomic():
                for change in together:
                    _write(change)
            moved += sum(change.is_moved for change in together)
        except ConflictError:
            # Somebody has changed one of them meanwhile, and the index is a moment behind.
            for change in together:
                moved += derive_event(event_get(change.row.id), now=now)
    return moved


def _change(row: EventRow, now: datetime, why: str = "") -> _Change | None:
    """What today's rules make of the event; None if they leave it as it is."""
    starts: str | None = row.starts
    if starts is None or (row.ends_at or row.starts_at) < now - OVER:
        return None
    written: str | None = row.rules
    if written is not None and written > iana_version():
        # By a process with later rules than this one has.
        return None
    event, version = row_data(row), int(row.version)
    if zone_of(event.timezone) is None:
        return _unknown(row, event)
    before = _derived(row)
    told = event.as_told()
    row.starts_at, row.ends_at = event.starts_at, event.ends_at
    waits = publication_clock(row)
    row.publish_at = waits.instant(row.timezone) if waits else None
    set_due(row)
    is_moved = moments(told) != moments(event)
    row.told = _told(row, told if is_moved else None, event)
    if _derived(row) == before and not why:
        return None
    if is_moved:
        row.version, row.updated_at = version + 1, now
    row.moved_at, row.rules = now, iana_version()
    row.set_index_keys()
    entry = _entry(told, event) if is_moved else ""
    return _Change(row, version, " ".join(filter(None, (why, entry))))


def _derived(row: EventRow) -> tuple[Any, ...]:
    return row.starts_at, row.ends_at, row.publish_at, row.due_at, row.told


def _told(row: EventRow, moved: EventTimes | None, event: EventTimes) -> dict[str, Any] | None:
    """What subscribers know of the event's times, if that is wrong now; `moved` is where it was."""
    if row.status != EventStatus.PUBLISHED or not is_known_to_readers(row):
        return None
    first: dict[str, Any] | None = row.told or (moved.times_json() if moved else None)
    is_wrong = first and moments(told_times(first)) != moments(event)
    return first if is_wrong else None


def _unknown(row: EventRow, event: EventTimes) -> _Change | None:
    """Put an event in a zone that is gone before the staff, once; it stays at its last moment."""
    if row.told is not None or row.status == EventStatus.CANCELLED:
        return None
    logger.error(
        "The rules of time zones no longer know the zone of an event: give it another one.",
        extra={"event": row.id, "timezone": row.timezone},
    )
    row.told = event.as_told().times_json()
    row.set_index_keys()
    return _Change(row, int(row.version), "")


def _entry(told: EventTimes, event: EventTimes) -> str:
    """What the history says; in English, as everything there."""
    return (
        f"New rules of time zones ({iana_version()}): the time stays"
        f" {event.starts.local:%Y-%m-%d %H:%M}, {event.timezone}. Its offset:"
        f" “{offset_text(told.starts_local)}” → “{offset_text(event.starts_local)}”."
    )


def _write(change: _Change) -> None:
    row = change.row
    actions = list(_actions(row))
    writes.update(EventRow, row.id, actions=actions, condition=EventRow.version == change.version)
    if change.entry:
        entry = change_entry(
            label="events.event", object_id=row.id, object_repr=row.title, message=change.entry
        )
        writes.put(entry)


def _actions(row: EventRow) -> Iterator[Any]:
    for name in _ATTRIBUTES:
        attribute, value = getattr(EventRow, name), getattr(row, name)
        yield attribute.remove() if value is None else attribute.set(value)
