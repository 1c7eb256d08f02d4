"""Repeating an event: each occurrence is an event of its own, a draft to be looked over.

A rule is an RRULE (RFC 5545, section 3.3.10). It is followed on the wall clock of the place, so
that what begins at seven begins at seven in summer and in winter.
"""

from collections.abc import Callable, Collection, Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from itertools import islice
from typing import Final

from dateutil.rrule import rrulestr
from django.db import transaction
from django.utils.translation import gettext as _

from events.data import EventData
from events.enums import EventStatus
from events.errors import InvalidEventError, Problem, StaleVersionError
from events.services import event_create
from events.tables import EventRow
from events.validators import event_validate
from events.wall_clock import WallClock
from ivent_site.dynamodb.writes import ConflictError

OCCURRENCES_MAX: Final = 100
INTERVAL_MAX: Final = 12
_DAYS: Final = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_WEEK: Final = 7
# A fifth weekday of a month is its last: the next month may have four.
_FIFTH: Final = 5


class Pattern(StrEnum):
    """How an event comes again."""

    WEEKLY = "weekly"
    MONTHLY_BY_DAY = "monthly_by_day"
    MONTHLY_BY_WEEKDAY = "monthly_by_weekday"


@dataclass(frozen=True, slots=True, kw_only=True)
class Repetition:
    """How often an event comes again: `count` times after itself, or until a day, inclusive."""

    pattern: Pattern
    interval: int = 1
    count: int | None = None
    until: date | None = None
    exceptions: frozenset[date] = frozenset()

    def rule(self, first: date) -> str:
        """The RRULE for an event that begins on that day."""
        parts = [f"FREQ={'WEEKLY' if self.pattern is Pattern.WEEKLY else 'MONTHLY'}"]
        parts += [f"INTERVAL={self.interval}"]
        if self.pattern is Pattern.MONTHLY_BY_DAY:
            parts += [f"BYMONTHDAY={first.day}"]
        elif self.pattern is Pattern.MONTHLY_BY_WEEKDAY:
            parts += [f"BYDAY={weekday_ordinal(first)}{_DAYS[first.weekday()]}"]
        if self.count is not None:
            parts += [f"COUNT={self.count + 1}"]
        if self.until is not None:
            parts += [f"UNTIL={self.until:%Y%m%d}T235959"]
        return ";".join(parts)


def weekday_ordinal(day: date) -> int:
    """Which of its weekday in the month the day is: 1 to 4, and -1 for the last."""
    ordinal = (day.day - 1) // _WEEK + 1
    return -1 if ordinal == _FIFTH else ordinal


def occurrences(data: EventData, repetition: Repetition) -> list[EventData]:
    """The event's repetitions, without itself, in order; InvalidEventError for none or too many.

    At a time that clocks skip, an occurrence begins when they have been put forward, and lasts
    as long as the event.
    """
    start = data.starts.local
    rule = rrulestr(repetition.rule(start.date()), dtstart=start)
    days = list(islice(rule, 1, OCCURRENCES_MAX + 2))
    if len(days) > OCCURRENCES_MAX:
        message = _("At most %(most)d repetitions at a time.") % {"most": OCCURRENCES_MAX}
        raise InvalidEventError([Problem("until", "too_many", message)])
    found = [_moved(data, day) for day in days if day.date() not in repetition.exceptions]
    if not found:
        message = _("By this rule the event does not come again.")
        raise InvalidEventError([Problem("until", "none", message)])
    for each in found:
        event_validate(each, kept_timezone=data.timezone)
    return found


def series_create(
    *,
    contents: Iterable[EventData],
    token: str,
    reminders: Collection[int],
    note: Callable[[EventRow], object],
) -> list[EventRow]:
    """The drafts that were made now, each in one transaction with what `note` does.

    Each day of a `token` (a UUID) is one event: whoever dies on the way, or is asked twice, goes
    on where it was left.
    """
    made = []
    for data in contents:
        day = data.first_day
        # It is there already.
        with suppress(StaleVersionError, ConflictError):
            with transaction.atomic():
                row = event_create(
                    data=data,
                    status=EventStatus.DRAFT,
                    event_id=f"{token[:-4]}{day.toordinal() & 0xFFFF:04x}",
                    reminders=reminders,
                )
                note(row)
            made.append(row)
    return made


def _moved(data: EventData, start: datetime) -> EventData:
    starts = _possible(WallClock(start), data)
    return replace(data, starts=starts, ends=data.moved_end(starts, data.timezone))


def _possible(clock: WallClock, data: EventData) -> WallClock:
    """The time that clocks show, where they skip the one they should."""
    if data.all_day:
        return clock
    return WallClock.of(clock.instant(data.timezone), data.timezone)
