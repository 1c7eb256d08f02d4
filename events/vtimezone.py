"""VTIMEZONE components: one definition per zone, the same bytes in every file.

Programs that keep one definition per TZID (Radicale through vobject, vdirsyncer's single files,
most feeds' readers) apply whichever they met first to every later event. So the definition never
depends on the event: it begins in a fixed year, repeats by an open-ended RRULE where the zone has
a standing rule, and lists each change that follows none, up to LAST_LISTED_YEAR. Each of those
is a part of its own: of a list (RDATE) ical.js 2.2, ts-ics 2.4 and vobject 0.9 read the first date.

icalendar 7.3 makes its own by looking far ahead: it misses changes that are undone within
weeks (Morocco, each Ramadan) and writes the hour after a skipped one as the onset.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

from icalendar import Timezone, TimezoneDaylight, TimezoneStandard

from ivent_site.zones import zone_file, zone_rules

FIRST_YEAR: Final = 2025
# Rules decreed ahead of time are rarely known for longer; RFC 9636's older files end here, too.
LAST_LISTED_YEAR: Final = 2037
# POSIX's "M3.5.0/2": month, week (5: the last), weekday (0: Sunday), time of the change.
_CHANGE: Final = r",M(\d+)\.(\d)\.(\d)(?:/(-?\d+)(?::(\d+))?)?"
_FOOTER: Final = re.compile(rf"[^,]+{_CHANGE}{_CHANGE}")
_WEEKDAYS: Final = ("SU", "MO", "TU", "WE", "TH", "FR", "SA")
_MONTH_DAYS: Final = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_LAST_WEEK: Final = 5
_FEBRUARY: Final = 2
_DAY: Final = timedelta(days=1)


class _Clock(NamedTuple):
    offset: timedelta
    name: str
    daylight: bool


class _Onset(NamedTuple):
    # The wall clock by the offset before, as RFC 5545, section 3.6.5, has it.
    starts: datetime
    offset_from: timedelta
    offset_to: timedelta
    name: str
    daylight: bool


class _Definition(NamedTuple):
    component: Timezone
    # The first moment that it says nothing about; None if its rules have no end.
    ends: datetime | None


def vtimezone(name: str) -> Timezone:
    """The zone's definition; `name` is also its TZID."""
    return _definition(name, zone_file(name)).component


def is_covered(moment: datetime, name: str) -> bool:
    """Whether the zone's definition says what clocks show at that moment."""
    ends = _definition(name, zone_file(name)).ends
    return moment >= datetime(FIRST_YEAR, 1, 1, tzinfo=UTC) and (ends is None or moment < ends)


# The rules are part of the key: new ones make a new definition.
@lru_cache(maxsize=512)
def _definition(name: str, rules: bytes) -> _Definition:
    onsets = list(_onsets(zone_rules(name), FIRST_YEAR - 1, LAST_LISTED_YEAR))
    footer = rules.rstrip(b"\n").rpartition(b"\n")[2].decode()
    changes = _yearly_changes(footer)
    standing = _standing(onsets, changes) if changes else []
    listed = onsets[: len(onsets) - len(standing)]
    base = [] if onsets and onsets[0].starts.year < FIRST_YEAR else [_base(zone_rules(name))]
    component = Timezone()
    component.add("tzid", name)
    parts = [*map(_part, [*base, *listed]), *_repeated_parts(standing, changes)]
    for part in sorted(parts, key=lambda part: part["dtstart"].dt):
        component.add_component(part)
    is_open = bool(standing) or "," not in footer
    return _Definition(
        component, None if is_open else datetime(LAST_LISTED_YEAR + 1, 1, 1, tzinfo=UTC)
    )


def _repeated_parts(standing: list[_Onset], changes: list["_Change"]) -> Iterator[Timezone]:
    for onset in standing[:2]:
        part = _part(onset)
        part.add("rrule", next(each for each in changes if each.makes(onset.starts)).rrule)
        yield part


def _part(onset: _Onset) -> Any:
    part = TimezoneDaylight() if onset.daylight else TimezoneStandard()
    part.add("dtstart", onset.starts)
    part.add("tzoffsetfrom", onset.offset_from)
    part.add("tzoffsetto", onset.offset_to)
    part.add("tzname", onset.name)
    return part


class _Change(NamedTuple):
    """A yearly change of the clocks: on one weekday among seven days of a month, at one time."""

    month: int
    weekday: int
    first_day: int
    clock: timedelta
    rrule: dict[str, Any]

    def makes(self, starts: datetime) -> bool:
        """Whether this is one of its moments."""
        return (
            starts.month == self.month
            and starts.isoweekday() % 7 == self.weekday
            and self.first_day <= starts.day < self.first_day + 7
            and starts - starts.replace(hour=0, minute=0, second=0) == self.clock
        )


def _yearly_changes(footer: str) -> list[_Change]:
    """The two changes of a zone's standing rule; none if a simple RRULE cannot say it."""
    match = _FOOTER.fullmatch(footer)
    if match is None:
        return []
    changes = [_change(*match.groups()[:5]), _change(*match.groups()[5:])]
    return [change for change in changes if change] if all(changes) else []


def _change(
    month_: str, week_: str, weekday_: str, hours: str | None, minutes: str | None
) -> _Change | None:
    month, week, weekday = int(month_), int(week_), int(weekday_)
    time = timedelta(hours=int(hours or 2), minutes=int(minutes or 0))
    # 26:00 on Thursday is 2:00 on Friday, and −1:00 on Sunday is 23:00 on Saturday.
    shift = time // _DAY
    weekday = (weekday + shift) % 7
    length = _MONTH_DAYS[month - 1]
    first_day = (length - 6 if week == _LAST_WEEK else 7 * week - 6) + shift
    day = _WEEKDAYS[weekday]
    if not shift:
        byday = f"-1{day}" if week == _LAST_WEEK else f"{week}{day}"
        rrule: dict[str, Any] = {"freq": "yearly", "bymonth": month, "byday": byday}
    elif month != _FEBRUARY and 1 <= first_day <= length - 6:
        days = list(range(first_day, first_day + 7))
        rrule = {"freq": "yearly", "bymonth": month, "bymonthday": days, "byday": day}
    else:
        return None
    return _Change(month, weekday, first_day, time % _DAY, rrule)


def _standing(onsets: list[_Onset], changes: list[_Change]) -> list[_Onset]:
    """The last onsets, as far back as each year has just those that the rule makes."""
    found = len(onsets)
    for year in range(LAST_LISTED_YEAR, FIRST_YEAR - 2, -1):
        of_year = [onset for onset in onsets if onset.starts.year == year]
        made = [change for onset in of_year for change in changes if change.makes(onset.starts)]
        if len(of_year) != len(made) or sorted(made) != sorted(changes):
            break
        found -= len(of_year)
    return onsets[found:]


def _base(rules: ZoneInfo) -> _Onset:
    """What clocks show before the first change."""
    at = datetime(FIRST_YEAR - 1, 1, 1, tzinfo=UTC)
    return _onset(at, _clock(rules, at), _clock(rules, at))


def _onsets(rules: ZoneInfo, first_year: int, last_year: int) -> Iterator[_Onset]:
    """Each change of the offset or its name: in 2026 Vancouver's summer time became standard."""
    day = datetime(first_year, 1, 1, tzinfo=UTC)
    end = datetime(last_year + 1, 1, 1, tzinfo=UTC)
    before = _clock(rules, day)
    while day < end:
        following = day + _DAY
        after = _clock(rules, following)
        if after != before:
            yield _onset(_first_second(rules, day, following), before, after)
        day, before = following, after


def _onset(at: datetime, before: _Clock, after: _Clock) -> _Onset:
    return _Onset((at + before.offset).replace(tzinfo=None), before.offset, *after)


def _first_second(rules: ZoneInfo, before: datetime, after: datetime) -> datetime:
    """The first second of what clocks show afterwards."""
    old = _clock(rules, before)
    while after - before > timedelta(seconds=1):
        middle = before + timedelta(seconds=(after - before) // timedelta(seconds=2))
        if _clock(rules, middle) == old:
            before = middle
        else:
            after = middle
    return after


def _clock(rules: ZoneInfo, at: datetime) -> _Clock:
    local = at.astimezone(rules)
    return _Clock(local.utcoffset() or timedelta(), local.tzname() or "", bool(local.dst()))
