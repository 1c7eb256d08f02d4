"""The same events in several forms, for programs that read calendars.

`python -m tests.calendars.forms FOLDER` writes a file per event and form, and `expected.tsv` with
the moments that every program should find in it.
"""

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, NamedTuple

from icalendar import Calendar, Event, vDatetime

from events.vtimezone import vtimezone
from ivent_site.zones import zone_rules


class Case(NamedTuple):
    """An event by the clock of its zone; fold 1 is the second of two equal times."""

    name: str
    timezone: str
    start: datetime
    end: datetime


def _case(name: str, timezone: str, start: str, minutes: int = 120, fold: int = 0) -> Case:
    starts = datetime.fromisoformat(start).replace(tzinfo=zone_rules(timezone), fold=fold)
    ends = (starts.astimezone(UTC) + timedelta(minutes=minutes)).astimezone(zone_rules(timezone))
    return Case(name, timezone, starts, ends)


# Clocks that change by a standing rule, by dates, not any more, by half an hour, at midnight.
CASES: Final = (
    _case("berlin-summer", "Europe/Berlin", "2027-06-15T18:00"),
    _case("berlin-late", "Europe/Berlin", "2041-06-15T18:00"),
    _case("berlin-winter", "Europe/Berlin", "2027-12-15T18:00"),
    _case("berlin-eve", "Europe/Berlin", "2027-10-31T01:00", 30),
    _case("new-york", "America/New_York", "2028-03-12T18:00"),
    _case("dublin-winter", "Europe/Dublin", "2027-12-15T18:00"),
    _case("dublin-summer", "Europe/Dublin", "2027-06-15T18:00"),
    _case("lord-howe", "Australia/Lord_Howe", "2027-01-15T18:00"),
    _case("kolkata", "Asia/Kolkata", "2027-06-15T18:00"),
    _case("troll", "Antarctica/Troll", "2027-06-15T18:00"),
    _case("jerusalem", "Asia/Jerusalem", "2027-03-26T18:00"),
    _case("santiago", "America/Santiago", "2027-04-04T18:00"),
    _case("nuuk", "America/Nuuk", "2027-03-28T09:00"),
    _case("cairo", "Africa/Cairo", "2027-10-30T18:00"),
    _case("cairo-late", "Africa/Cairo", "2036-07-01T18:00"),
    _case("gaza", "Asia/Gaza", "2030-07-01T18:00"),
    _case("casablanca-past", "Africa/Casablanca", "2026-02-20T18:00"),
    # Changed by releases of 2026: machines with older rules are an hour off.
    _case("vancouver", "America/Vancouver", "2026-12-05T18:00"),
    _case("winnipeg", "America/Winnipeg", "2027-01-15T18:00"),
    _case("casablanca", "Africa/Casablanca", "2026-12-05T18:00"),
    _case("havana", "America/Havana", "2026-12-05T23:30", 20),
    _case("havana-next", "America/Havana", "2027-12-05T18:00"),
    # Where clocks are put back.
    _case("fold-first", "Europe/Berlin", "2027-10-31T02:30", 15, fold=0),
    _case("fold-second", "Europe/Berlin", "2027-10-31T02:30", 15, fold=1),
    _case("fold-into", "Europe/Berlin", "2027-10-31T01:30", 120),
    _case("fold-out", "Europe/Berlin", "2027-10-31T02:30", 60, fold=1),
)
FORMS: Final = ("zone", "name", "utc", "end-utc", "start-utc")


def calendar_of(case: Case, form: str, uid: str) -> bytes:
    """The event in this form: in its zone, with a definition or without, in UTC, or mixed."""
    calendar = Calendar()
    calendar.add("prodid", "-//Ivent//calendar forms//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    if form not in {"utc", "name"}:
        calendar.add_component(vtimezone(case.timezone))
    event = Event()
    event.add("uid", uid)
    event.add("dtstamp", datetime(2026, 11, 28, tzinfo=UTC))
    event.add("summary", case.name)
    event.add("dtstart", _moment(case.start, in_utc=form in {"utc", "start-utc"}))
    event.add("dtend", _moment(case.end, in_utc=form in {"utc", "end-utc"}))
    calendar.add_component(event)
    return bytes(calendar.to_ical())


def _moment(moment: datetime, *, in_utc: bool) -> vDatetime:
    return vDatetime(moment.astimezone(UTC) if in_utc else moment)


def utc_text(moment: datetime) -> str:
    """The moment as the programs' drivers print it."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def write_forms(folder: Path) -> None:
    """Every case in every form, and what to expect."""
    lines = []
    for case in CASES:
        for form in FORMS:
            uid = f"{case.name}.{form}"
            (folder / f"{uid}.ics").write_bytes(calendar_of(case, form, uid))
            lines.append("\t".join((f"{uid}.ics", utc_text(case.start), utc_text(case.end))))
    (folder / "expected.tsv").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    write_forms(Path(sys.argv[1]))
