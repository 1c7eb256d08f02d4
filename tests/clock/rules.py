"""Other rules of time zones, within this process: those of an earlier or later IANA release."""

import json
import tempfile
import zoneinfo
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from pathlib import Path
from unittest import mock
from zipfile import ZipFile

import tzdata
from freezegun.api import FakeDatetime

from events.derive import derivation_remember
from notifications.digest_due import digest_remember
from tests.clock.make_releases import ARCHIVE, RELEASES

OLD, NEW = "2025b", "2026f"
# Those that changed between the two.
CHANGED_ZONES = (
    *("Europe/Chisinau", "Europe/Tiraspol"),
    *("America/Vancouver", "Canada/Pacific"),
    *("Africa/Casablanca", "Africa/El_Aaiun"),
    *("America/Edmonton", "America/Yellowknife", "Canada/Mountain", "America/Inuvik"),
    *("America/Winnipeg", "America/Rainy_River", "Canada/Central"),
    *("America/Havana", "Cuba"),
)


@contextmanager
def rules(release: str = OLD) -> Iterator[None]:
    """Within the block the rules are those of the release, until `switch_rules` takes others."""
    path, version = zoneinfo.TZPATH, tzdata.IANA_VERSION
    # freezegun 1.5.5 loses which of two equal times a datetime is.
    with mock.patch("freezegun.api.datetime_to_fakedatetime", _with_fold):
        try:
            switch_rules(release)
            yield
        finally:
            _use([*path], version)


def switch_rules(release: str) -> None:
    """From here on, the rules are those of this release, as after a deployment."""
    _use([str(folder(release))], release)


def differing_zones(old: str, new: str) -> list[str]:
    """The zones that both releases know, and of which they say different things."""
    index = _index()
    return sorted(name for name, key in index[old].items() if index[new].get(name, key) != key)


@cache
def folder(release: str) -> Path:
    """Where the release's files of the zones are in which releases differ; the others are as they
    are in the installed one.
    """
    base = Path(tempfile.mkdtemp(prefix=f"ivent-rules-{release}-"))
    with ZipFile(ARCHIVE) as archive:
        for name, key in _index()[release].items():
            path = base / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(archive.read(key))
    return base


@cache
def _index() -> dict[str, dict[str, str]]:
    with ZipFile(ARCHIVE) as archive:
        index: dict[str, dict[str, str]] = json.loads(archive.read("index.json"))
    assert index.keys() == RELEASES.keys()
    return index


def _with_fold(value: datetime) -> FakeDatetime:
    parts = (*value.timetuple()[:6], value.microsecond, value.tzinfo)
    return FakeDatetime(*parts, fold=value.fold)


def _use(path: list[str], version: str) -> None:
    zoneinfo.reset_tzpath(to=path)
    zoneinfo.ZoneInfo.clear_cache()
    tzdata.IANA_VERSION = version
    # What a new process has not computed yet.
    derivation_remember(None)
    digest_remember(None)
