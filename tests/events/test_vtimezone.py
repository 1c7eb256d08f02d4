from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from events.times import timezone_names
from events.vtimezone import vtimezone

# With the odd ones: half-hour changes, changes for weeks only, winter as the exception.
ZONES = [
    "Europe/Berlin",
    "America/New_York",
    "America/Santiago",
    "Africa/Casablanca",
    "Australia/Lord_Howe",
    "Europe/Dublin",
    "Asia/Kolkata",
    "Pacific/Apia",
]


def changes(zone: ZoneInfo) -> list[tuple[datetime, timedelta | None]]:
    """Every change of offset in 2026 to 2028, looked for by the quarter of an hour."""
    found: list[tuple[datetime, timedelta | None]] = []
    at = datetime(2026, 1, 2, tzinfo=UTC)
    offset = at.astimezone(zone).utcoffset()
    while at < datetime(2028, 12, 30, tzinfo=UTC):
        at += timedelta(minutes=15)
        if (now := at.astimezone(zone).utcoffset()) != offset:
            offset = now
            found.append((at.replace(tzinfo=None), offset))
    return found


@pytest.mark.parametrize("name", ZONES)
def test_every_change_of_the_clocks_is_there_at_its_moment(name):
    moments, infos = vtimezone(name, 2027, 2027).get_transitions()
    told = [
        (moment, info[0])
        for moment, info in zip(moments, infos, strict=True)
        if datetime(2026, 1, 2) < moment < datetime(2028, 12, 30)  # noqa: DTZ001 - UTC
    ]
    assert told == changes(ZoneInfo(name))


def test_every_zone_can_be_described():
    for name in timezone_names():
        component = vtimezone(name, 2027, 2027)
        assert component["TZID"] == name
        assert component.subcomponents


@pytest.mark.parametrize("year", [1970, 2200])
def test_the_first_and_the_last_year_can_be_described(year):
    assert vtimezone("Europe/Berlin", year, year).subcomponents
