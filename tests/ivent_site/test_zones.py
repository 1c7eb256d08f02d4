"""One source of rules, and one name per zone."""

import logging
import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import translation

from ivent_site.zones import (
    canonical,
    canonical_names,
    display_name,
    iana_version,
    zone_choices,
    zone_file,
    zone_names,
    zone_rules,
)

WINTER = datetime(2026, 12, 6, 1, tzinfo=UTC)
# What prints how the process reads Vancouver, after it has read a zone before anything of ours.
READS = """
import zoneinfo; zoneinfo.ZoneInfo("America/Vancouver")
{start}
from datetime import UTC, datetime
moment = datetime(2026, 12, 6, 1, tzinfo=UTC)
print(moment.astimezone(zoneinfo.ZoneInfo("America/Vancouver")).isoformat())
"""


@pytest.fixture
def wrong_rules(tmp_path: Path) -> Path:
    """A folder of zone files in which Vancouver has Tokyo's clock."""
    target = tmp_path / "zoneinfo" / "America" / "Vancouver"
    target.parent.mkdir(parents=True)
    source = resources.files("tzdata").joinpath("zoneinfo", "Asia", "Tokyo")
    with resources.as_file(source) as path:
        shutil.copy(path, target)
    return target.parent.parent


@pytest.mark.parametrize(
    "start",
    [
        "import ivent_site.wsgi",
        "import ivent_site.settings",
        "import ivent_site.lambda_handlers",
        "import django; django.setup(); import notifications.handlers",
        "import ivent_site.deployment.package",
        "import tests.environment",
    ],
)
def test_every_process_reads_the_locked_rules_whatever_the_machine_has(start, wrong_rules):
    environ = {
        **os.environ,
        "PYTHONTZPATH": str(wrong_rules),
        "DJANGO_SETTINGS_MODULE": "ivent_site.settings",
    }
    done = subprocess.run(
        [sys.executable, "-c", READS.format(start=start)],
        cwd=settings.BASE_DIR,
        env=environ,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "2026-12-05T18:00:00-07:00"


def test_commands_read_the_locked_rules_too(wrong_rules):
    shell = "from zoneinfo import *; print(TZPATH, ZoneInfo('America/Vancouver'))"
    done = subprocess.run(
        [sys.executable, "manage.py", "shell", "--no-imports", "-c", shell],
        cwd=settings.BASE_DIR,
        env={**os.environ, "PYTHONTZPATH": str(wrong_rules)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "() America/Vancouver"


def test_the_release_is_known():
    assert zone_file("Europe/Berlin").startswith(b"TZif")
    about = resources.files("tzdata").joinpath("zoneinfo", "tzdata.zi").read_text()
    assert about.startswith(f"# version {iana_version()}\n")


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Europe/Berlin", "Europe/Berlin"),
        # The rules keep it as a link to Berlin; people in Oslo look for Oslo.
        ("Europe/Oslo", "Europe/Oslo"),
        ("Europe/Kiev", "Europe/Kyiv"),
        ("Asia/Calcutta", "Asia/Kolkata"),
        ("US/Pacific", "America/Los_Angeles"),
        ("Canada/Pacific", "America/Vancouver"),
        ("GB-Eire", "Europe/London"),
        ("W-SU", "Europe/Moscow"),
        ("America/Buenos_Aires", "America/Argentina/Buenos_Aires"),
        ("UTC", "UTC"),
        ("Zulu", "UTC"),
        ("Etc/UCT", "UTC"),
        ("GMT", "UTC"),
        ("Etc/GMT+5", "Etc/GMT+5"),
    ],
)
def test_a_zone_is_shown_by_its_canonical_name(name, shown):
    assert canonical(name) == shown
    here, there = WINTER.astimezone(zone_rules(name)), WINTER.astimezone(zone_rules(shown))
    assert here.utcoffset() == there.utcoffset()


def test_canonical_names_are_their_own_and_older_ones_are_not_offered():
    names = canonical_names()
    assert [name for name in names if canonical(name) != name] == []
    assert {"Europe/Berlin", "Europe/Oslo", "Europe/Kyiv", "Asia/Kolkata", "UTC"} <= {*names}
    assert not {"Zulu", "W-SU", "GB-Eire", "Europe/Kiev", "US/Pacific", "EST5EDT"} & {*names}
    assert {*names} < zone_names()


def test_no_name_leads_nowhere():
    assert {canonical(name) for name in zone_names()} <= zone_names()
    assert not {"Factory", "localtime", "posixrules", ""} & zone_names()


@pytest.mark.parametrize("name", ["Mars/Olympus", "", "../etc/passwd", "America", "x" * 300])
def test_a_zone_that_vanished_is_read_as_utc_and_keeps_its_name(name, caplog):
    with caplog.at_level(logging.WARNING):
        assert zone_rules(name).key == "UTC"
    assert canonical(name) == name
    # No label raises.
    assert isinstance(display_name(name), str)


@pytest.mark.parametrize(
    ("language", "name", "shown"),
    [
        ("en", "America/Argentina/Buenos_Aires", "America/Argentina – Buenos Aires"),
        ("de", "America/New_York", "Amerika/New York"),
        ("fr", "Europe/Kiev", "Europe/Kyiv"),
        ("es", "Pacific/Auckland", "Pacífico/Auckland"),
        ("de", "UTC", "UTC"),
        ("de", "Etc/GMT+5", "Etc/GMT+5"),
    ],
)
def test_a_zone_has_a_name_in_each_language(language, name, shown):
    with translation.override(language):
        assert display_name(name) == shown


def values(saved: str = "") -> list[str]:
    return [
        value
        for first, second in zone_choices(saved)
        for value in ([first] if isinstance(second, str) else [name for name, _label in second])
    ]


def test_each_canonical_zone_is_offered_once_under_its_region():
    assert sorted(values()) == sorted(canonical_names())
    with translation.override("de"):
        regions = dict(zone_choices())
        assert [*regions][:2] == ["UTC", "Afrika"]
        assert ("Europe/Kyiv", "Kyiv") in regions["Europa"]


def test_a_saved_older_name_takes_the_place_of_its_canonical_one():
    offered = values("Europe/Kiev")
    assert "Europe/Kiev" in offered
    assert "Europe/Kyiv" not in offered
    assert len(offered) == len(canonical_names())
    assert dict(dict(zone_choices("Europe/Kiev"))["Europe"])["Europe/Kiev"] == "Kyiv"
    assert values("Europe/Kyiv") == values()


def test_a_saved_zone_that_is_offered_nowhere_comes_first():
    assert values("Etc/GMT+5") == ["Etc/GMT+5", *values()]
