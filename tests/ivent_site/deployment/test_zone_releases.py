"""What changed between releases of the rules, from releases made of the installed ones."""

import json
from datetime import date
from importlib import resources
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from ivent_site.deployment import zone_releases
from ivent_site.deployment.management.commands import zone_changes as command
from ivent_site.deployment.zone_releases import (
    ZoneRelease,
    ZoneReleaseError,
    changes_of,
    newest_version,
    releases_lately,
)
from ivent_site.zones import canonical_names


def rules(name: str) -> bytes:
    return resources.files("tzdata").joinpath("zoneinfo", *name.split("/")).read_bytes()


FILES = {name: rules(name) for name in canonical_names()}


def release(iana: str, released: date, **changed: str) -> ZoneRelease:
    """A release in which some cities have other cities' rules; an empty name leaves a city out."""
    files = FILES | {f"America/{city}": rules(other) for city, other in changed.items() if other}
    files = {name: content for name, content in files.items() if changed.get(name[8:]) != ""}
    return ZoneRelease(version=iana, iana=iana, released=released, files=files)


NEWEST = release("2037b", date(2037, 3, 1))
MIDDLE = release("2037a", date(2037, 1, 1), Lima="America/New_York")
OLDEST = release(
    "2036z", date(2036, 1, 1), Lima="America/New_York", Bogota="America/Panama", Cuiaba=""
)


def test_a_zone_is_listed_with_the_spans_in_which_older_rules_show_another_hour():
    changes = changes_of([NEWEST, MIDDLE, OLDEST])
    assert (changes["iana"], changes["released"]) == ("2037b", "2037-03-01")
    assert changes["zones"] == {
        "America/Lima": {
            "changed_in": "2037b",
            "differs": [["2037-03-08T07:00:00+00:00", "2037-11-01T06:00:00+00:00"]],
        }
    }


def test_a_difference_that_lasts_has_no_end():
    tokyo = release("2037a", date(2037, 1, 1), Lima="Asia/Tokyo")
    zones = changes_of([NEWEST, tokyo])["zones"]
    assert zones["America/Lima"]["differs"] == [
        ["2037-01-01T00:00:00+00:00", "9999-12-31T00:00:00+00:00"]
    ]


def test_releases_are_read_back_to_the_one_that_was_in_force_two_years_ago(monkeypatch):
    days = {str(number): date(2032 + number, 6, 1) for number in range(1, 6)}
    monkeypatch.setattr(zone_releases, "newest_version", lambda *, before: str(int(before) - 1))
    monkeypatch.setattr(
        zone_releases,
        "release_read",
        lambda version: ZoneRelease(version=version, iana="", released=days[version], files={}),
    )
    assert [each.version for each in releases_lately("5")] == ["5", "4", "3"]


def test_no_index_of_packages_is_an_error_that_names_it(monkeypatch, tmp_path):
    monkeypatch.setenv("UV_DEFAULT_INDEX", "http://127.0.0.1:9/simple")
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path))
    for name in ("UV_FIND_LINKS", "UV_EXTRA_INDEX_URL", "UV_INDEX", "UV_INDEX_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("UV_NO_CONFIG", "1")
    with pytest.raises(ZoneReleaseError, match="uv cannot read"):
        newest_version()


def test_the_command_prints_or_writes_what_changed(monkeypatch, tmp_path):
    target = Path(tmp_path, "changes.json")
    monkeypatch.setattr(command, "ZONE_CHANGES_FILE", target)
    monkeypatch.setattr(command, "releases_lately", lambda _version: [NEWEST, MIDDLE])
    out = StringIO()
    call_command("zone_changes", stdout=out)
    assert not target.exists()
    call_command("zone_changes", "--write", stdout=StringIO())
    assert json.loads(target.read_text()) == json.loads(out.getvalue())


def test_the_command_says_what_it_cannot_read(monkeypatch):
    def unreadable(_version):
        raise ZoneReleaseError("no network")

    monkeypatch.setattr(command, "releases_lately", unreadable)
    with pytest.raises(CommandError, match="no network"):
        call_command("zone_changes")
