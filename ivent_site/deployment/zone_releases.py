"""What the releases of `tzdata` changed: reads them from PyPI with the tools of the lock file."""

import os
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from ivent_site.zone_changes import LATELY
from ivent_site.zones import canonical_names

# Further ahead rules are guesses; an end here is written as "for good".
COMPARED_UNTIL: Final = datetime(2038, 1, 1, tzinfo=UTC)
FOR_GOOD: Final = datetime(9999, 12, 31, tzinfo=UTC)
_TIMEOUT_S: Final = 60
# Without a network the answer is soon that there is none.
_ENVIRON: Final = {"UV_HTTP_TIMEOUT": "10", "UV_HTTP_RETRIES": "0"}
_HOUR: Final = timedelta(hours=1)


class ZoneReleaseError(Exception):
    """PyPI cannot be asked, or does not have the release; the message says which. Retry later."""


@dataclass(frozen=True, kw_only=True)
class ZoneRelease:
    """A release of the rules: its version on PyPI, IANA's name, its day, and its compiled files."""

    version: str
    iana: str
    released: date
    files: dict[str, bytes]


def newest_version(*, before: str = "") -> str:
    """The newest release on PyPI, or the newest before that one; ZoneReleaseError."""
    wanted = f"tzdata<{before}" if before else "tzdata"
    shown = _run("uv", "pip", "compile", "--quiet", "--no-header", "--no-deps", "-", given=wanted)
    for line in shown.splitlines():
        name, _, version = line.partition("==")
        if name == "tzdata":
            return version.strip()
    raise ZoneReleaseError(f"PyPI names no version for {wanted}.")


def release_read(version: str) -> ZoneRelease:
    """The release, downloaded; ZoneReleaseError."""
    with tempfile.TemporaryDirectory(prefix="ivent-zones-") as folder:
        options = ("--quiet", "--no-deps", "--only-binary", ":all:", "--dest", folder)
        _run("python", "-m", "pip", "download", *options, f"tzdata=={version}")
        (wheel,) = Path(folder).glob("*.whl")
        return _release(wheel, version)


def releases_lately(version: str) -> Iterator[ZoneRelease]:
    """The release and those before it, the newest first, back to the one in force LATELY ago."""
    newest = release = release_read(version)
    yield newest
    while release.released > newest.released - LATELY:
        release = release_read(newest_version(before=release.version))
        yield release


def changes_of(releases: list[ZoneRelease]) -> dict[str, Any]:
    """What `zone_changes.json` holds; `releases` begin with the newest."""
    newest, *older = releases
    zones = {}
    for name in canonical_names():
        spans: list[tuple[datetime, datetime]] = []
        changed_in = ""
        later = newest
        for release in older:
            old, new = release.files.get(name), newest.files[name]
            found = _differences(old, new, newest.released.year) if old and old != new else []
            changed_in = changed_in or (later.iana if found else "")
            spans, later = _united([*spans, *found]), release
        if spans:
            zones[name] = {
                "changed_in": changed_in,
                "differs": [[start.isoformat(), end.isoformat()] for start, end in spans],
            }
    return {"iana": newest.iana, "released": newest.released.isoformat(), "zones": zones}


# Most zones' files are the same in many releases.
@cache
def _differences(old: bytes, new: bytes, first_year: int) -> list[tuple[datetime, datetime]]:
    """When clocks show another hour by the one file than by the other, to the hour."""
    before, after = ZoneInfo.from_file(BytesIO(old)), ZoneInfo.from_file(BytesIO(new))
    spans: list[tuple[datetime, datetime]] = []
    at = datetime(first_year, 1, 1, tzinfo=UTC)
    while at < COMPARED_UNTIL:
        if at.astimezone(before).utcoffset() != at.astimezone(after).utcoffset():
            ends = at + _HOUR if at + _HOUR < COMPARED_UNTIL else FOR_GOOD
            # Hours follow one another: no need to sort them in.
            if spans and spans[-1][1] == at:
                spans[-1] = (spans[-1][0], ends)
            else:
                spans.append((at, ends))
        at += _HOUR
    return spans


def _united(spans: list[tuple[datetime, datetime]]) -> list[tuple[datetime, datetime]]:
    united: list[tuple[datetime, datetime]] = []
    for start, end in sorted(spans):
        if united and start <= united[-1][1]:
            united[-1] = (united[-1][0], max(end, united[-1][1]))
        else:
            united.append((start, end))
    return united


def _release(wheel: Path, version: str) -> ZoneRelease:
    with zipfile.ZipFile(wheel) as archive:
        names = archive.read("tzdata/zones").decode().split()
        about = archive.read("tzdata/__init__.py").decode()
        year, month, day = archive.getinfo("tzdata/zones").date_time[:3]
        return ZoneRelease(
            version=version,
            iana=about.partition("IANA_VERSION = ")[2].split()[0].strip("\"'"),
            released=date(year, month, day),
            files={name: archive.read(f"tzdata/zoneinfo/{name}") for name in names},
        )


def _run(tool: str, *arguments: str, given: str = "") -> str:
    command = [str(Path(sys.executable).parent / tool), *arguments]
    try:
        done = subprocess.run(  # noqa: S603 - our own tools and arguments
            command,
            input=given,
            env={**os.environ, **_ENVIRON},
            capture_output=True,
            text=True,
            check=True,
            timeout=_TIMEOUT_S,
        )
    except (OSError, subprocess.SubprocessError) as err:
        detail = getattr(err, "stderr", "") or str(err)
        raise ZoneReleaseError(f"{tool} cannot read tzdata's releases: {detail[-300:]}") from err
    return done.stdout
