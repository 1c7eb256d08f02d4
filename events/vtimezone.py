"""VTIMEZONE components, exact for the years of an event.

icalendar 7.3 makes its own by looking far ahead: it misses changes that are undone within
weeks (Morocco, each Ramadan) and writes the hour after a skipped one as the onset.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import groupby
from typing import NamedTuple
from zoneinfo import ZoneInfo

from icalendar import Timezone, TimezoneDaylight, TimezoneStandard


class _Onset(NamedTuple):
    offset_from: timedelta
    offset_to: timedelta
    name: str
    daylight: bool
    # The wall clock by the offset before, as RFC 5545, section 3.6.5, has it.
    starts: datetime


@lru_cache(maxsize=512)
def vtimezone(name: str, first_year: int, last_year: int) -> Timezone:
    """The zone with every change of its clocks, from the year before to the one after."""
    component = Timezone()
    component.add("tzid", name)
    onsets = sorted(_onsets(ZoneInfo(name), first_year - 1, last_year + 1))
    for (offset_from, offset_to, short_name, daylight), group in groupby(onsets, lambda o: o[:4]):
        starts = [onset.starts for onset in group]
        part = TimezoneDaylight() if daylight else TimezoneStandard()
        part.add("dtstart", starts[0])
        if starts[1:]:
            part.add("rdate", starts[1:])
        part.add("tzoffsetfrom", offset_from)
        part.add("tzoffsetto", offset_to)
        part.add("tzname", short_name)
        component.add_component(part)
    return component


def _onsets(zone: ZoneInfo, first_year: int, last_year: int) -> Iterator[_Onset]:
    day = datetime(first_year, 1, 1, tzinfo=UTC)
    end = datetime(last_year + 1, 1, 1, tzinfo=UTC)
    yield _onset(zone, day, _offset(zone, day))
    while day < end:
        following = day + timedelta(days=1)
        if _offset(zone, following) != _offset(zone, day):
            yield _onset(zone, _change(zone, day, following), _offset(zone, day))
        day = following


def _onset(zone: ZoneInfo, at: datetime, offset_from: timedelta) -> _Onset:
    local = at.astimezone(zone)
    return _Onset(
        offset_from=offset_from,
        offset_to=_offset(zone, at),
        name=local.tzname() or "",
        daylight=bool(local.dst()),
        starts=(at + offset_from).replace(tzinfo=None),
    )


def _change(zone: ZoneInfo, before: datetime, after: datetime) -> datetime:
    """The first second of the new offset."""
    while after - before > timedelta(seconds=1):
        middle = before + timedelta(seconds=(after - before) // timedelta(seconds=2))
        if _offset(zone, middle) == _offset(zone, before):
            before = middle
        else:
            after = middle
    return after


def _offset(zone: ZoneInfo, at: datetime) -> timedelta:
    return at.astimezone(zone).utcoffset() or timedelta()
