from datetime import UTC, date, datetime

import pytest

from events.times import (
    AmbiguousTimeError,
    NonexistentTimeError,
    day_start,
    local_day,
    moment,
    offset_text,
    readings,
    wall_clock,
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
        (clock(2038, 8, 1, 0), "Asia/Kathmandu", utc(2038, 7, 31, 18, 15)),
    ],
)
def test_a_wall_clock_time_is_a_moment(wall_clock, timezone, expected):
    assert moment(wall_clock, timezone) == expected


@pytest.mark.parametrize(
    ("local", "timezone", "before", "after"),
    [
        (clock(2038, 3, 28, 2), BERLIN, "01:59", "03:00"),
        (clock(2038, 3, 14, 2, 59), "America/New_York", "01:59", "03:00"),
        # Half an hour is skipped there, and midnight, and once a whole day.
        (clock(2038, 10, 3, 2, 15), "Australia/Lord_Howe", "01:59", "02:30"),
        (clock(2038, 9, 5, 0, 30), "America/Santiago", "2038-09-04 23:59", "2038-09-05 01:00"),
        (clock(2011, 12, 30, 12), "Pacific/Apia", "2011-12-29 23:59", "2011-12-31 00:00"),
    ],
)
def test_a_skipped_time_is_refused_with_the_times_beside_it(local, timezone, before, after):
    with pytest.raises(NonexistentTimeError, match=timezone) as refused:
        moment(local, timezone)
    assert f"before is {before}, the first one after {after}." in str(refused.value)
    assert readings(local, timezone) == []


def test_a_time_that_happens_twice_is_asked_for():
    local = clock(2038, 10, 31, 2, 30)
    with pytest.raises(AmbiguousTimeError) as asked:
        wall_clock(local, BERLIN)
    first, second = (each.isoformat() for each in asked.value.readings)
    assert (first, second) == ("2038-10-31T02:30:00+02:00", "2038-10-31T02:30:00+01:00")
    assert first in str(asked.value)
    assert second in str(asked.value)
    assert wall_clock(local, BERLIN, fold=0).instant(BERLIN) == utc(2038, 10, 31, 0, 30)
    assert wall_clock(local, BERLIN, fold=1).instant(BERLIN) == utc(2038, 10, 31, 1, 30)


@pytest.mark.parametrize(
    ("hour", "minute", "number"), [(1, 59, 1), (2, 0, 2), (2, 59, 2), (3, 0, 1)]
)
def test_what_happens_twice_is_known(hour, minute, number):
    assert len(readings(clock(2038, 10, 31, hour, minute), BERLIN)) == number


def test_a_day_without_midnight_begins_after_it():
    # In Santiago clocks go from 24:00 to 1:00.
    assert day_start(date(2038, 9, 5), "America/Santiago") == utc(2038, 9, 5, 4)
    assert local_day(utc(2038, 9, 5, 4), "America/Santiago") == date(2038, 9, 5)


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
