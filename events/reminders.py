"""When readers are reminded of an event: so many minutes before it, on the clock of its place."""

from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Final, NamedTuple

from django.utils.translation import gettext as _

from events.errors import Problem
from events.snapshot import row_data
from events.tables import EventRow
from events.wall_clock import WallClock

DAY_MINUTES: Final = 24 * 60
REMINDERS_MAX: Final = 5
FIRST_MINUTES, LAST_MINUTES = 15, 60 * DAY_MINUTES
# From where the reminders of an all-day event are counted: nobody wants a mail at midnight.
MORNING: Final = time(9)


class Reminder(NamedTuple):
    """An e-mail that is due `minutes` before the start.

    `clock` is what clocks at the place would show then, had they not been put forward or back:
    it makes the reminder's identity, which no rules change.
    """

    due_at: datetime
    minutes: int
    clock: datetime


def reminders_problems(minutes: Collection[int]) -> Iterator[Problem]:
    """A few reminders, each once, from a quarter of an hour to two months before."""
    if len(minutes) > REMINDERS_MAX:
        message = _("At most %(number)s reminders.") % {"number": REMINDERS_MAX}
        yield Problem("reminders", "max_length", message)
    elif len(set(minutes)) < len(minutes):
        yield Problem("reminders", "duplicate", _("Name each reminder once."))
    elif any(not FIRST_MINUTES <= each <= LAST_MINUTES for each in minutes):
        message = _("Give minutes before the start, from %(first)s to %(last)s.")
        message %= {"first": FIRST_MINUTES, "last": LAST_MINUTES}
        yield Problem("reminders", "range", message)


def reminders_of(row: EventRow) -> list[Reminder]:
    """The event's reminders as it stands, the first one first; whole days by the wall clock."""
    event = row_data(row)
    start = event.starts
    if event.all_day:
        start = WallClock(datetime.combine(event.first_day, MORNING))
    found = []
    for minutes in map(int, row.reminders):
        days, rest = divmod(minutes, DAY_MINUTES)
        day = replace(start, local=start.local - timedelta(days=days))
        if days:
            # The hour happens twice in one night only, and as it was told is known of the start.
            day = replace(day, fold=0, last_instant=_before(start, days))
        due_at = day.instant(event.timezone) - timedelta(minutes=rest)
        found.append(Reminder(due_at, minutes, day.local - timedelta(minutes=rest)))
    return sorted(found)


def _before(start: WallClock, days: int) -> datetime | None:
    return start.last_instant and start.last_instant - timedelta(days=days)


def next_reminder(row: EventRow) -> Reminder | None:
    """The first reminder that is neither sent nor left out."""
    done: datetime | None = row.remind_after
    return next((each for each in reminders_of(row) if done is None or each.due_at > done), None)
