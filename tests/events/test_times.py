from datetime import UTC, date, datetime

import pytest

from events.times import (
    NonexistentTimeError,
    day_start,
    happens_twice,
    last_day,
    local_day,
    moment,
    offset_text,
    whole_days,
)
from ivent_site.zones import zone_rules

BERLIN = "Europe/Berlin"


def utc(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=UTC)


def clock(year: int, month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return utc(year, month, day, hour, minute).replace(tzinfo=None)


@pytest.mark.parametrize(
    ("wall_clock", "timezone", "expected"),
    [
        (clock(2038, 8, 1, 19), BERLIN, utc(2038, 8, 1, 17)),
        (clock(2038, 1, 1, 19), BERLIN, utc(2038, 1, 1, 18)),
        (clock(2038, 3, 28, 1, 59), BERLIN, utc(2038, 3, 28, 0, 59)),
        (clock(2038, 3, 28, 3), BERLIN, utc(2038, 3, 28, 1)),
        (clock(2038, 10, 31, 2, 30), BERLIN, utc(2038, 10, 31, 0, 30)),
        (clock(2038, 8, 1, 0), "Asia/Kathmandu", utc(2038, 7, 31, 18, 15)),
    ],
)
def test_a_wall_clock_time_is_a_moment(wall_clock, timezone, expected):
    assert moment(wall_clock, timezone) == expected


@pytest.mark.parametrize(
    ("wall_clock", "timezone"),
    [(clock(2038, 3, 28, 2), BERLIN), (clock(2038, 3, 14, 2, 59), "America/New_York")],
)
def test_a_skipped_time_is_refused(wall_clock, timezone):
    with pytest.raises(NonexistentTimeError, match=timezone):
        moment(wall_clock, timezone)
    assert not happens_twice(wall_clock, timezone)


def test_what_happens_twice_is_known():
    assert happens_twice(clock(2038, 10, 31, 2), BERLIN)
    assert happens_twice(clock(2038, 10, 31, 2, 59), BERLIN)
    assert not happens_twice(clock(2038, 10, 31, 3), BERLIN)
    assert not happens_twice(clock(2038, 10, 31, 1, 59), BERLIN)


def test_a_day_without_midnight_begins_after_it():
    # In Santiago clocks go from 24:00 to 1:00.
    assert day_start(date(2038, 9, 5), "America/Santiago") == utc(2038, 9, 5, 4)
    assert local_day(utc(2038, 9, 5, 4), "America/Santiago") == date(2038, 9, 5)


@pytest.mark.parametrize(
    ("starts_at", "ends_at", "first", "last"),
    [
        (utc(2038, 8, 1, 17), None, date(2038, 8, 1), date(2038, 8, 1)),
        (utc(2038, 7, 31, 22), utc(2038, 8, 1, 22), date(2038, 8, 1), date(2038, 8, 1)),
        (utc(2038, 8, 1, 17), utc(2038, 8, 2, 5), date(2038, 8, 1), date(2038, 8, 2)),
        (utc(2038, 7, 31, 22), utc(2038, 8, 3, 22), date(2038, 8, 1), date(2038, 8, 3)),
    ],
)
def test_whole_days_cover_the_moments(starts_at, ends_at, first, last):
    start, end = whole_days(starts_at, ends_at, BERLIN)
    assert (local_day(start, BERLIN), last_day(end, BERLIN)) == (first, last)
    assert whole_days(start, end, BERLIN) == (start, end)


@pytest.mark.parametrize(
    ("timezone", "expected"),
    [
        ("UTC", "UTC"),
        ("Europe/Berlin", "UTC+01:00"),
        ("Asia/Kathmandu", "UTC+05:45"),
        ("America/St_Johns", "UTC−03:30"),
    ],
)
def test_an_offset_is_told_in_hours_and_minutes(timezone, expected):
    assert offset_text(utc(2038, 1, 1).astimezone(zone_rules(timezone))) == expected
