from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from events.enums import EventStatus
from events.errors import InvalidEventError
from events.selectors import events_page
from events.series import OCCURRENCES_MAX, Pattern, Repetition, occurrences, series_create
from events.times import day_start
from ivent_site.ids import uuid7
from tests.factories import make_data

BERLIN = ZoneInfo("Europe/Berlin")
WEEKLY, BY_DAY, BY_WEEKDAY = Pattern


def local(contents):
    return [f"{each.starts_at.astimezone(BERLIN):%Y-%m-%d %H:%M}" for each in contents]


def clocks(data):
    return [each.local for each in (data.starts, data.ends) if each]


def test_weeks_keep_the_clock_when_summer_ends():
    data = make_data(
        starts_at=datetime(2038, 10, 20, 17, tzinfo=UTC),
        ends_at=datetime(2038, 10, 20, 19, tzinfo=UTC),
    )
    found = occurrences(data, Repetition(pattern=WEEKLY, count=2))
    assert local(found) == ["2038-10-27 19:00", "2038-11-03 19:00"]
    assert found[1].ends_at == datetime(2038, 11, 3, 20, tzinfo=UTC)
    assert found[0].title == data.title


def test_every_second_week_until_a_day_with_exceptions():
    repetition = Repetition(
        pattern=WEEKLY,
        interval=2,
        until=date(2038, 9, 26),
        exceptions=frozenset({date(2038, 8, 29)}),
    )
    found = occurrences(make_data(), repetition)
    assert local(found) == ["2038-08-15 19:00", "2038-09-12 19:00", "2038-09-26 19:00"]


@pytest.mark.parametrize(
    ("pattern", "first", "expected"),
    [
        (BY_DAY, 15, ["09-15", "10-15", "11-15"]),
        # Months without such a day are left out, as the RFC says.
        (BY_DAY, 31, ["10-31", "12-31", "01-31"]),
        (BY_WEEKDAY, 10, ["09-14", "10-12", "11-09"]),
        (BY_WEEKDAY, 31, ["09-28", "10-26", "11-30"]),
    ],
)
def test_months_by_day_and_by_weekday(pattern, first, expected):
    data = make_data(starts_at=datetime(2038, 8, first, 17, tzinfo=UTC), ends_at=None)
    found = occurrences(data, Repetition(pattern=pattern, count=3))
    assert [each[5:10] for each in local(found)] == expected
    assert {each.ends_at for each in found} == {None}


def test_whole_days_stay_whole_days():
    first, after = date(2038, 10, 24), date(2038, 10, 26)
    data = make_data(
        all_day=True,
        starts_at=day_start(first, "Europe/Berlin"),
        ends_at=day_start(after, "Europe/Berlin"),
    )
    (found,) = occurrences(data, Repetition(pattern=WEEKLY, count=1))
    assert (found.starts_at, found.ends_at) == (
        day_start(date(2038, 10, 31), "Europe/Berlin"),
        day_start(date(2038, 11, 2), "Europe/Berlin"),
    )


def test_a_time_that_is_skipped_comes_an_hour_later():
    data = make_data(starts_at=datetime(2038, 3, 21, 1, 30, tzinfo=UTC), ends_at=None)
    assert local(occurrences(data, Repetition(pattern=WEEKLY, count=2))) == [
        "2038-03-28 03:30",
        "2038-04-04 02:30",
    ]


@pytest.mark.parametrize(
    ("first", "hours", "expected"),
    [
        # From two to three, and from half past two to half past three, in the skipped hour.
        ((1, 0), 1, ("03:00", "04:00")),
        ((1, 30), 1, ("03:30", "04:30")),
        # What only reaches over it ends at its time on the clock.
        ((0, 0), 4, ("01:00", "05:00")),
        ((0, 0), 1.5, ("01:00", "03:30")),
    ],
)
def test_over_the_skipped_hour_an_occurrence_keeps_its_length_and_the_series_is_made(
    first, hours, expected
):
    hour, minute = first
    starts_at = datetime(2038, 3, 21, hour, minute, tzinfo=UTC)
    data = make_data(starts_at=starts_at, ends_at=starts_at + timedelta(hours=hours))
    over, after = occurrences(data, Repetition(pattern=WEEKLY, count=2))
    assert (f"{over.starts_local:%H:%M}", f"{over.ends_local:%H:%M}") == expected
    assert [f"{at:%H:%M}" for at in clocks(after)] == [f"{at:%H:%M}" for at in clocks(data)]


def test_a_series_of_an_event_that_ends_in_the_second_of_two_equal_hours_is_as_long():
    data = make_data(
        starts_at=datetime(2038, 10, 31, 0, 45, tzinfo=UTC),
        ends_at=datetime(2038, 10, 31, 1, 15, tzinfo=UTC),
    )
    (found,) = occurrences(data, Repetition(pattern=WEEKLY, count=1))
    assert found.ends_at == found.starts_at + timedelta(minutes=30)


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"count": OCCURRENCES_MAX + 1}, "too_many"),
        ({"until": date(2060, 1, 1)}, "too_many"),
        ({"until": date(2038, 8, 2)}, "none"),
        ({"count": 1, "exceptions": frozenset({date(2038, 8, 8)})}, "none"),
    ],
)
def test_none_and_too_many_are_refused(values, code):
    with pytest.raises(InvalidEventError) as refused:
        occurrences(make_data(), Repetition(pattern=WEEKLY, **values))
    assert [each.code for each in refused.value.problems] == [code]


def test_as_many_as_are_allowed_are_made():
    found = occurrences(make_data(), Repetition(pattern=WEEKLY, count=OCCURRENCES_MAX))
    assert len(found) == OCCURRENCES_MAX


@pytest.mark.usefixtures("aws")
def test_a_series_that_was_broken_off_goes_on_where_it_was():
    contents = occurrences(make_data(), Repetition(pattern=WEEKLY, count=5))
    token, noted = uuid7(), []

    def die_at_the_third(row):
        noted.append(row.id)
        if len(noted) == 3:
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        series_create(contents=contents, token=token, reminders=(60,), note=die_at_the_third)
    made = series_create(contents=contents, token=token, reminders=(60,), note=noted.append)
    assert len(made) == 3
    assert series_create(contents=contents, token=token, reminders=(), note=noted.append) == []
    rows = events_page(statuses=tuple(EventStatus), limit=10).events
    assert [row.starts_at for row in rows] == [each.starts_at for each in contents]
    assert {(row.status, *row.reminders) for row in rows} == {(EventStatus.DRAFT, 60)}
    assert {row.announce_version for row in rows} == {None}
