"""What calendar programs read in Ivent's files: the true moments (docs/calendar-programs.md)."""

import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from events.calendar import calendar
from events.enums import EventStatus
from events.snapshot import EventSnapshot
from tests.calendars.forms import CASES, Case, utc_text
from tests.calendars.programs_installed import python_tool, read
from tests.factories import make_data

# What a program gets wrong in every form but UTC, and would in any calendar: its own zone data ends
# early (2037, or ten years ahead), or it changes clocks at midnight.
KNOWN = {
    "evolution": set(),
    "ical": set(),
    "ical-expander": {"berlin-late", "cairo-late", "casablanca-past", "nuuk"},
    "ical.js": set(),
    "icalendar": set(),
    "ics": {"berlin-late"},
    "kcalendarcore": {"troll"},
    "libical": set(),
    "node-ical": {"berlin-late", "cairo-late"},
    "recurring-ical-events": set(),
    "sabre": set(),
    "ts-ics": {"berlin-eve", "jerusalem"},
    "vobject": set(),
}


def ivent_file(case: Case, *, number: int = 0) -> bytes:
    event = EventSnapshot(
        **make_data(
            title=case.name,
            starts_at=case.start.astimezone(UTC),
            ends_at=case.end.astimezone(UTC),
            timezone=case.timezone,
        ).as_dict(),
        id=f"019a0000-0000-7000-8000-{number:012}",
        version=1,
        status=EventStatus.PUBLISHED,
        updated_at=datetime(2026, 11, 28, tzinfo=UTC),
    )
    return calendar(event, method="PUBLISH").replace(
        b"UID:" + event.id.encode() + b"@ivent.example", b"UID:" + case.name.encode()
    )


@pytest.fixture
def files(aws, tmp_path: Path) -> Path:
    for case in CASES:
        (tmp_path / f"{case.name}.ics").write_bytes(ivent_file(case))
    return tmp_path


@pytest.mark.parametrize("program", KNOWN)
def test_the_program_reads_the_true_moments(program, files):
    found = read(program, files)
    wrong = {
        case.name
        for case in CASES
        if found[f"{case.name}.ics"] != (utc_text(case.start), utc_text(case.end))
    }
    assert wrong <= KNOWN[program], {name: found[f"{name}.ics"] for name in wrong}


@pytest.fixture
def radicale(tmp_path: Path) -> Iterator[str]:
    """The address of a server with an empty calendar."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [
        *(str(python_tool("radicale")), f"--server-hosts=127.0.0.1:{port}", "--auth-type=none"),
        f"--storage-filesystem-folder={tmp_path / 'collections'}",
    ]
    url = f"http://127.0.0.1:{port}/ana/events/"
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        for _ in range(100):
            try:
                dav("MKCALENDAR", url)
                break
            except OSError:
                time.sleep(0.1)
        yield url
        server.terminate()


def dav(method: str, url: str, body: bytes = b"", **headers: str) -> str:
    # Radicale wants a name to log, and with this set-up no password.
    headers = {"Authorization": "Basic YW5hOmFuYQ==", "Content-Type": "text/calendar"} | headers
    request = urllib.request.Request(url, data=body or None, method=method, headers=headers)
    with urllib.request.urlopen(request, timeout=20) as reply:
        return str(reply.read().decode())


QUERY = """<C:calendar-query xmlns:C="urn:ietf:params:xml:ns:caldav" xmlns:D="DAV:">
<D:prop><D:getetag/></D:prop><C:filter><C:comp-filter name="VCALENDAR"><C:comp-filter name="VEVENT">
<C:time-range start="{start}" end="{end}"/></C:comp-filter></C:comp-filter></C:filter>
</C:calendar-query>"""


def test_radicale_finds_a_later_year_s_event_at_its_time_beside_an_earlier_one(aws, radicale):
    cases = {case.name: case for case in CASES if case.name in {"berlin-summer", "berlin-late"}}
    # The earlier year first: Radicale keeps the definition of a zone that it has met.
    for name in ("berlin-summer", "berlin-late"):
        body = ivent_file(cases[name]).replace(b"METHOD:PUBLISH\r\n", b"")
        dav("PUT", f"{radicale}{name}.ics", body)
    for case in cases.values():
        start = case.start.astimezone(UTC)
        query = QUERY.format(start=f"{start:%Y%m%dT%H%M}00Z", end=f"{start:%Y%m%dT%H%M}30Z")
        found = dav("REPORT", radicale, query.encode(), Depth="1", **{"Content-Type": "text/xml"})
        assert f"{case.name}.ics" in found


def test_vdirsyncer_keeps_one_definition_for_events_of_all_years(aws, tmp_path: Path):
    for folder in ("events", "state"):
        (tmp_path / folder).mkdir()
    for number, case in enumerate(CASES[:3]):
        (tmp_path / "events" / f"{case.name}.ics").write_bytes(ivent_file(case, number=number))
    (tmp_path / "config").write_text(
        f'[general]\nstatus_path = "{tmp_path}/state"\n'
        '[pair ivent]\na = "many"\nb = "one"\ncollections = null\nconflict_resolution = "a wins"\n'
        f'[storage many]\ntype = "filesystem"\npath = "{tmp_path}/events"\nfileext = ".ics"\n'
        f'[storage one]\ntype = "singlefile"\npath = "{tmp_path}/one.ics"\n'
    )
    tool = str(python_tool("vdirsyncer"))
    for command in ("discover", "sync"):
        done = subprocess.run(
            [tool, "-c", str(tmp_path / "config"), command],
            input="y\n" * 9,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
    merged = (tmp_path / "one.ics").read_text()
    assert merged.count("BEGIN:VEVENT") == len(CASES[:3])
    assert merged.count("BEGIN:VTIMEZONE") == 1
