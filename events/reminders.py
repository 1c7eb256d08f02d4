"""When readers are reminded of an event: so many minutes before it, on the clock of its place."""

from collections.abc import Collection, Iterator
from datetime import datetime, time, timedelta
from typing import Final, NamedTuple

from django.utils.translation import gettext as _

from events.errors import Problem
from events.tables import EventRow
from events.times import moment_after_gap
from ivent_site.zones import zone_rules

DAY_MINUTES: Final = 24 * 60
REMINDERS_MAX: Final = 5
FIRST_MINUTES, LAST_MINUTES = 15, 60 * DAY_MINUTES
# From where the reminders of an all-day event are counted: nobody wants a mail at midnight.
MORNING: Final = time(9)


class Reminder(NamedTuple):
    """A mail that is due at a moment, so many minutes before the start."""

    due_at: datetime
    minutes: int


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
    zone = zone_rules(row.timezone)
    start = row.starts_at.astimezone(zone)
    if row.all_day:
        start = datetime.combine(start.date(), MORNING, zone)
    found = []
    for minutes in map(int, row.reminders):
        days, rest = divmod(minutes, DAY_MINUTES)
        wall_clock = start.replace(tzinfo=None) - timedelta(days=days)
        same_clock = moment_after_gap(wall_clock, row.timezone)
        found.append(Reminder(same_clock - timedelta(minutes=rest), minutes))
    return sorted(found)


def next_reminder(row: EventRow) -> Reminder | None:
    """The first reminder that is neither sent nor left out."""
    done: datetime | None = row.remind_after
    return next((each for each in reminders_of(row) if done is None or each.due_at > done), None)
