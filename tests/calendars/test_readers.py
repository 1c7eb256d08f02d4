"""What libraries of our own lock file read in a zone's definition, without their own zone data."""

from datetime import UTC, datetime, tzinfo
from io import StringIO

import pytest
from dateutil.tz import tzical

from events.vtimezone import is_covered, vtimezone
from ivent_site.zones import canonical_names, zone_file, zone_rules
from tests.calendars.forms import CASES

CLEAR = [case for case in CASES if not case.name.startswith("fold")]
YEARS = (2026, 2036)


def dateutil_zone(name: str) -> tzinfo:
    """The zone as vobject, and with it Radicale, makes it."""
    found = tzical(StringIO(vtimezone(name).to_ical().decode())).get(name)
    assert isinstance(found, tzinfo)
    return found


def icalendar_zone(name: str) -> tzinfo:
    found = vtimezone(name).to_tz(lookup_tzid=False)
    assert isinstance(found, tzinfo)
    return found


@pytest.mark.parametrize("case", CLEAR, ids=lambda case: case.name)
@pytest.mark.parametrize("read", [dateutil_zone, icalendar_zone])
def test_the_definition_alone_leads_to_the_true_moments(read, case):
    rules = read(case.timezone)
    for moment in (case.start, case.end):
        assert moment.replace(tzinfo=rules).astimezone(UTC) == moment.astimezone(UTC)


def test_in_every_zone_dateutil_reads_the_true_offset_in_each_month():
    months = [datetime(year, month, 15, 12, tzinfo=UTC) for year in YEARS for month in range(1, 13)]
    # Cities that share their rules are one.
    for name in {zone_file(name): name for name in canonical_names()}.values():
        rules = dateutil_zone(name)
        for moment in months:
            local = moment.astimezone(zone_rules(name))
            assert is_covered(moment, name)
            assert local.replace(tzinfo=rules).utcoffset() == local.utcoffset(), (name, moment)
