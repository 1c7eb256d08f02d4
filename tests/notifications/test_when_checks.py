from datetime import UTC, date, datetime, time, timedelta

import pytest

from events.enums import EventStatus
from events.snapshot import EventSnapshot
from notifications.when_checks import length_of, length_text, when_warnings
from tests.factories import make_data

DAY, NEXT = "August 1, 2038", "August 1, 2039"
NOW = datetime(2038, 7, 1, tzinfo=UTC)


def snapshot(**values):
    data = make_data(**values)
    return EventSnapshot(
        **data.as_dict(), id="1", version=1, status=EventStatus.DRAFT, updated_at=NOW
    )


def at(day, hour=0, *, month=8, year=2038):
    return datetime(year, month, day, hour, tzinfo=UTC)


def all_day(days):
    first = at(31, 22, month=7)
    return {"all_day": True, "starts_at": first, "ends_at": first + timedelta(days=days)}


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({}, []),
        ({"ends_at": None}, []),
        (all_day(14), []),
        (all_day(15), ["The event takes 15 days: is the end right?"]),
        ({"ends_at": at(2, 17)}, []),
        ({"ends_at": at(2, 18)}, ["The event takes 1 day 1 hour: is the end right?"]),
        (
            {"starts_at": at(1, 17, month=2), "ends_at": at(1, 18, month=8)},
            ["The event takes 181 days 2 hours: is the end right?"],
        ),
        (
            {"ends_at": at(1, 17) + timedelta(minutes=5)},
            ["The event takes only 5 minutes: is the end right?"],
        ),
        (
            {"starts_at": at(1, 1), "ends_at": at(1, 3)},
            [
                (
                    "The event starts at night on a weekend "
                    f"(Sunday, {DAY}, 3:00 AM): is the time right?"
                )
            ],
        ),
        (
            {"starts_at": at(2, 1), "ends_at": at(2, 3)},
            ["The event starts at night (Monday, August 2, 2038, 3:00 AM): is the time right?"],
        ),
        ({"starts_at": at(1, 4), "ends_at": at(1, 6)}, []),
        (
            {"starts_at": at(1, 17, year=2039), "ends_at": at(1, 19, year=2039)},
            [f"The event is more than a year away (Monday, {NEXT}, 7:00 PM): is the year right?"],
        ),
    ],
)
def test_slips_of_the_hand_are_warned_of_in_words(values, said):
    assert [*when_warnings(snapshot(**values), now=NOW)] == said


def test_days_are_counted_on_the_calendar():
    over_the_change = snapshot(
        starts_at=datetime(2038, 10, 30, 16, tzinfo=UTC),
        ends_at=datetime(2038, 10, 31, 17, tzinfo=UTC),
    )
    assert length_text(length_of(over_the_change)) == "1 day"
    assert length_text(timedelta(hours=2, minutes=30)) == "2 hours 30 minutes"
    assert length_text(None) == ""


@pytest.mark.parametrize(
    ("month", "day", "starts", "ends", "said"),
    [
        # From 02:30 CEST to 04:00 CET.
        (10, 31, time(0, 30), time(3), "2 hours 30 minutes"),
        # From the first 02:30 to the second 02:15: it ends before it begins on the clock.
        (10, 31, time(0, 30), time(1, 15), "45 minutes"),
        # From 01:00 CET to 04:00 CEST.
        (3, 28, time(0), time(2), "2 hours"),
    ],
)
def test_hours_are_those_that_pass_while_clocks_are_changed(month, day, starts, ends, said):
    on_day = date(2038, month, day)
    event = snapshot(
        starts_at=datetime.combine(on_day, starts, UTC), ends_at=datetime.combine(on_day, ends, UTC)
    )
    assert length_text(length_of(event)) == said
    assert not [each for each in when_warnings(event, now=NOW) if "only" in each]
