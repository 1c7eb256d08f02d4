"""From what a body says about time to the times of an event.

A body may say `date` (all of that day), or `starts_at`, `ends_at`, `all_day`, each a day, a
moment or a wall-clock time; what a PATCH leaves out stays as it is, but a start that moves alone
takes the end along. A moment is taken for what clocks show then in the event's zone; one that the
event has already changes nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from events.data import EventData
from events.errors import InvalidEventError, Problem
from events.times import (
    AmbiguousTimeError,
    NonexistentTimeError,
    day_after,
    day_of,
    readings,
    wall_clock,
)
from events.wall_clock import WallClock


def schedule(
    said: Mapping[str, Any],
    timezone: str,
    before: EventData | None,
    saved: EventData | None = None,
) -> dict[str, Any]:
    """`starts`, `ends` and `all_day` as EventData takes them.

    Raises InvalidEventError with the problems of both start and end.
    What is left out stays as in `before`. `saved` is the event as it is, if it is.
    """
    if (day := said.get("date")) is not None:
        return _all_of(day, said, timezone, saved)
    all_day = said.get("all_day", before.all_day if before else False)
    entry = _Entry(said, timezone, before, saved, all_day)
    problems: list[Problem] = []
    starts = ends = None
    try:
        starts = entry.start()
    except InvalidEventError as err:
        problems += err.problems
    try:
        ends = entry.end(starts)
    except InvalidEventError as err:
        problems += err.problems
    if problems or starts is None:
        raise InvalidEventError(problems)
    if all_day:
        starts, ends = _whole_days(starts, ends)
    return {"starts": starts, "ends": ends, "all_day": all_day}


def resolved(
    field: str,
    value: date | datetime | None,
    timezone: str,
    *,
    all_day: bool = False,
    fold: int | None = None,
) -> WallClock | None:
    """The wall clock that the field's value means in the zone; raises InvalidEventError.

    `fold` says which of two equal times is meant; without it, one is asked for.
    """
    if value is None:
        return None
    if not isinstance(value, datetime):
        if not all_day:
            message = "Give the time as well, or say that the event is all_day."
            raise InvalidEventError([Problem(field, "time_missing", message)])
        return WallClock.on(value)
    if value.tzinfo is not None:
        return WallClock.of(value, timezone)
    if all_day:
        # Only its day counts.
        return WallClock(value)
    try:
        return wall_clock(value, timezone, fold=fold)
    except NonexistentTimeError as err:
        raise InvalidEventError([Problem(field, "skipped_time", str(err))]) from err
    except AmbiguousTimeError as err:
        raise InvalidEventError([Problem(field, "ambiguous_time", str(err))]) from err


def _whole_days(starts: WallClock, ends: WallClock | None) -> tuple[WallClock, WallClock]:
    """Start and exclusive end of the all-day event that covers these times."""
    first = day_of(starts)
    if ends is None:
        return first, WallClock.on(starts.day + timedelta(days=1))
    # The second of two equal hours comes later, whatever the clock says; an end before the start
    # is for the rules to refuse.
    is_later = ends.local > starts.local or ends.fold > starts.fold
    return first, day_after(ends) if is_later else day_of(ends)


def _all_of(
    day: date, said: Mapping[str, Any], timezone: str, saved: EventData | None
) -> dict[str, Any]:
    """A whole day; with the moments beside it only if they say the same, as a GET's reply does."""
    if said.get("starts_at") is not None:
        span = schedule({**said, "date": None}, timezone, None, saved)
        if span["all_day"] and span["starts"].day == day:
            return span
    elif said.get("ends_at") is None and said.get("all_day") is not False:
        starts, ends = _whole_days(WallClock.on(day), None)
        return {"starts": starts, "ends": ends, "all_day": True}
    message = "Give either date, for a whole day, or starts_at and ends_at."
    raise InvalidEventError([Problem("date", "date_and_time", message)])


@dataclass(frozen=True, slots=True)
class _Entry:
    said: Mapping[str, Any]
    timezone: str
    before: EventData | None
    saved: EventData | None
    all_day: bool

    def start(self) -> WallClock:
        """The wall clock of the start; InvalidEventError without one."""
        starts = self._clock("starts")
        if starts is None:
            message = "Give starts_at, or date for an event of a whole day."
            raise InvalidEventError([Problem("starts_at", "required", message)])
        return starts

    def end(self, starts: WallClock | None) -> WallClock | None:
        """The wall clock of the end; a start that moves alone takes it along.

        An event that is all day from now on, or no longer, has no length to keep.
        """
        before, said = self.before, self.said.keys()
        is_start_alone = "starts_at" in said and not {"ends_at", "date"} & said
        if before is None or not is_start_alone or before.all_day != self.all_day:
            return self._clock("ends")
        is_same = starts == before.starts and self.timezone == before.timezone
        if starts is None or is_same:
            return before.ends
        try:
            return before.moved_end(starts, self.timezone)
        except OverflowError:
            # For the rules to refuse: the start's year.
            return before.ends

    def _clock(self, name: str) -> WallClock | None:
        field = f"{name}_at"
        if field not in self.said:
            kept: WallClock | None = getattr(self.before, name, None)
            return self._moved(field, kept)
        value = self.said[field]
        known: WallClock | None = getattr(self.saved, name, None)
        if value is not None and known is not None and self._is(known, value):
            return known
        return resolved(field, value, self.timezone, all_day=self.all_day)

    def _moved(self, field: str, kept: WallClock | None) -> WallClock | None:
        """What is kept stays on the clock, in another zone too, where it must be possible.

        A day that begins without a midnight becomes timed at what clocks show first.
        """
        before, zone = self.before, self.timezone
        if kept is None or before is None:
            return kept
        if before.timezone != zone:
            fold = _known_fold(kept, before.timezone)
            return resolved(field, kept.local, zone, all_day=self.all_day, fold=fold)
        becomes_timed = before.all_day and not self.all_day
        if becomes_timed and not readings(kept.local, zone):
            return WallClock.of(kept.instant(zone), zone)
        return kept

    def _is(self, known: WallClock, value: date | datetime) -> bool:
        """Whether the value says what the event has already, by today's or by former rules."""
        if self.saved is None or self.saved.timezone != self.timezone:
            return False
        if not isinstance(value, datetime):
            return False
        is_shown = value.replace(tzinfo=None) == known.local
        # Of whole days only the days are kept, and a GET shows their midnights with the offset
        # by the rules of its time, whichever those were.
        if value.tzinfo is None or (is_shown and self.all_day and self.saved.all_day):
            return is_shown
        return value in (known.instant(self.timezone), known.last_instant)


def _known_fold(clock: WallClock, zone: str) -> int | None:
    """Which of two equal times it is in its zone; None if it comes once there."""
    happens_twice = len(readings(clock.local, zone)) > 1
    return WallClock.of(clock.instant(zone), zone).fold if happens_twice else None
