"""Which zones changed lately, from the file that is derived of the releases."""

import json
from datetime import UTC, date, datetime, timedelta

import pytest

from ivent_site import zone_changes
from ivent_site.zone_changes import (
    OLD_AFTER,
    ZONE_CHANGES_FILE,
    changed_lately,
    outdated_zones,
    released,
    shown_differently,
)
from ivent_site.zones import iana_version

CHANGES = {
    "iana": "2026f",
    "released": "2026-10-28",
    "zones": {
        "America/Vancouver": {
            "changed_in": "2026b",
            "differs": [
                ["2026-11-01T09:00:00+00:00", "2027-03-14T10:00:00+00:00"],
                ["2037-11-01T09:00:00+00:00", "9999-12-31T00:00:00+00:00"],
            ],
        }
    },
}


def test_the_file_belongs_to_the_locked_rules():
    assert json.loads(ZONE_CHANGES_FILE.read_text())["iana"] == iana_version(), (
        "Run `make update-zones`, or `manage.py zone_changes --write`."
    )


@pytest.fixture
def changes(tmp_path, monkeypatch):
    path = tmp_path / "changes.json"
    path.write_text(json.dumps(CHANGES))
    monkeypatch.setattr(zone_changes, "ZONE_CHANGES_FILE", path)
    zone_changes.forget_changes()
    yield
    zone_changes.forget_changes()


@pytest.mark.parametrize(
    ("at", "differs"),
    [
        (datetime(2026, 11, 1, 8, 59, tzinfo=UTC), False),
        (datetime(2026, 11, 1, 9, tzinfo=UTC), True),
        (datetime(2027, 3, 14, 9, 59, tzinfo=UTC), True),
        (datetime(2027, 3, 14, 10, tzinfo=UTC), False),
        (datetime(2100, 1, 1, tzinfo=UTC), True),
    ],
)
@pytest.mark.usefixtures("changes")
def test_a_moment_differs_within_the_spans_only(at, differs):
    assert shown_differently(at, "America/Vancouver") is differs
    assert shown_differently(at, "Canada/Pacific") is differs
    assert not shown_differently(at, "Europe/Berlin")


@pytest.mark.usefixtures("changes")
def test_changed_zones_are_known_by_every_name():
    assert changed_lately("America/Vancouver")
    assert changed_lately("Canada/Pacific")
    assert not changed_lately("America/New_York")


@pytest.mark.usefixtures("changes")
def test_old_rules_are_named_only_where_a_zone_changed_lately():
    zones = ["Canada/Pacific", "America/Vancouver", "Europe/Berlin"]
    assert released() == date(2026, 10, 28)
    assert outdated_zones(zones, today=released() + OLD_AFTER) == []
    later = released() + OLD_AFTER + timedelta(days=1)
    assert outdated_zones(zones, today=later) == ["America/Vancouver"]
    assert outdated_zones(["Europe/Berlin"], today=later) == []
