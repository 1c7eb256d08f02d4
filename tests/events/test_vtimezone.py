from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from icalendar import Timezone

from events import vtimezone as vtimezone_module
from events.vtimezone import FIRST_YEAR, LAST_LISTED_YEAR, is_covered, vtimezone
from ivent_site.zones import canonical_names, zone_file, zone_names, zone_rules

# With the odd ones: half-hour changes, changes at midnight or on the eve of a Sunday, changes for
# weeks only, winter as the exception, rules that ended, rules that no RRULE can say.
ZONES = [
    "Europe/Berlin",
    "America/New_York",
    "America/Santiago",
    "America/Nuuk",
    "America/Vancouver",
    "America/Havana",
    "Africa/Cairo",
    "Africa/Casablanca",
    "Asia/Gaza",
    "Asia/Jerusalem",
    "Asia/Kolkata",
    "Australia/Lord_Howe",
    "Antarctica/Troll",
    "Europe/Dublin",
    "Pacific/Apia",
]


def utc(year: int, month: int, day: int) -> datetime:
    return datetime(year, month, day, tzinfo=UTC)


def changes(rules: ZoneInfo, first: datetime, last: datetime) -> list[tuple[datetime, timedelta]]:
    """Every change of offset between the moments, looked for by the quarter of an hour."""
    found = []
    at, offset = first, first.astimezone(rules).utcoffset()
    while at < last:
        at += timedelta(minutes=15)
        if (now := at.astimezone(rules).utcoffset()) != offset:
            offset = now
            found.append((at.replace(tzinfo=None), now or timedelta()))
    return found


def told(component: Timezone, first: datetime, last: datetime) -> list[tuple[datetime, timedelta]]:
    """The changes of offset that the component describes, as icalendar reads it."""
    moments, infos = component.get_transitions()
    found: list[tuple[datetime, timedelta]] = []
    before: timedelta | None = None
    for moment, (offset, *_rest) in zip(moments, infos, strict=True):
        if offset != before and before is not None:
            found.append((moment, offset))
        before = offset
    return [
        each for each in found if first.replace(tzinfo=None) < each[0] < last.replace(tzinfo=None)
    ]


@pytest.mark.parametrize("name", ZONES)
@pytest.mark.parametrize("years", [(2025, 2028), (2036, 2037)])
def test_every_change_of_the_clocks_is_there_at_its_moment(name, years):
    first, last = utc(years[0], 1, 2), utc(years[1], 12, 30)
    assert told(vtimezone(name), first, last) == changes(zone_rules(name), first, last)


def test_every_zone_can_be_described():
    for name in zone_names():
        component = vtimezone(name)
        assert component["TZID"] == name
        assert component.subcomponents


def test_a_standing_rule_is_two_open_ended_rrules():
    parts = vtimezone("Europe/Berlin").to_ical().decode().split("\r\n")
    rules = [line for line in parts if line.startswith("RRULE")]
    assert rules == [
        "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3",
        "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10",
    ]


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        # The Friday after the fourth Thursday; the Sunday after the first Saturday; the Saturday
        # before the last Sunday.
        (
            "Asia/Jerusalem",
            "FREQ=YEARLY;BYDAY=FR;BYMONTHDAY=23,24,25,26,27,28,29;BYMONTH=3",
        ),
        ("America/Santiago", "FREQ=YEARLY;BYDAY=SU;BYMONTHDAY=2,3,4,5,6,7,8;BYMONTH=4"),
        ("America/Nuuk", "FREQ=YEARLY;BYDAY=SA;BYMONTHDAY=24,25,26,27,28,29,30;BYMONTH=3"),
    ],
)
def test_a_change_past_midnight_falls_on_the_day_that_clocks_show(name, rule):
    assert f"RRULE:{rule}\r\n" in vtimezone(name).to_ical().decode()


@pytest.mark.parametrize("name", ZONES)
def test_no_list_of_dates_hides_a_change_from_programs_that_read_the_first_one_only(name):
    assert b"RDATE" not in vtimezone(name).to_ical()


def test_each_definition_begins_before_the_first_covered_year_and_stays_small():
    for name in canonical_names():
        component = vtimezone(name)
        starts: list[Any] = [part.decoded("DTSTART") for part in component.subcomponents]
        assert starts == sorted(starts)
        assert starts[0].year < FIRST_YEAR
        assert len(component.to_ical()) < 3_500


def test_what_is_listed_ends_and_what_repeats_does_not():
    assert is_covered(utc(2200, 6, 1), "Europe/Berlin")
    assert is_covered(utc(2200, 6, 1), "Asia/Kolkata")
    assert is_covered(utc(LAST_LISTED_YEAR, 6, 1), "Africa/Cairo")
    assert not is_covered(utc(LAST_LISTED_YEAR + 1, 6, 1), "Africa/Cairo")
    assert not is_covered(utc(FIRST_YEAR - 1, 6, 1), "Europe/Berlin")


def test_what_repeats_agrees_with_the_rules_for_good():
    for name in ("Europe/Berlin", "America/Santiago", "Asia/Jerusalem", "America/Scoresbysund"):
        first, last = utc(2060, 1, 2), utc(2060, 12, 30)
        component = vtimezone(name)
        rules = component.to_tz(lookup_tzid=False)
        assert is_covered(first, name)
        for at, offset in changes(zone_rules(name), first, last):
            moment = at.replace(tzinfo=UTC)
            assert moment.astimezone(zone_rules(name)).utcoffset() == offset
            local = (moment + timedelta(hours=3)).astimezone(zone_rules(name)).replace(tzinfo=None)
            assert rules.utcoffset(local) == offset


def test_new_rules_make_a_new_definition(monkeypatch):
    before = vtimezone("America/Vancouver").to_ical()
    tokyo = zone_file("Asia/Tokyo")
    monkeypatch.setattr(vtimezone_module, "zone_file", lambda _name: tokyo)
    monkeypatch.setattr(vtimezone_module, "zone_rules", lambda _name: ZoneInfo("Asia/Tokyo"))
    assert vtimezone("America/Vancouver").to_ical() != before
