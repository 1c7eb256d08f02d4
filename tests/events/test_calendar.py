from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar

from events import calendar as calendar_module
from events.calendar import announcement_method, calendar, calendar_feed
from events.enums import EventStatus
from events.snapshot import EventSnapshot
from tests.factories import make_data

EVENT_ID = "019a0000-0000-7000-8000-000000000001"


def snapshot(**values) -> EventSnapshot:
    status = values.pop("status", EventStatus.PUBLISHED)
    kept = {"id": EVENT_ID, "version": values.pop("version", 3), "status": status}
    updated_at = datetime(2038, 1, 2, 3, 4, 5, tzinfo=UTC)
    return EventSnapshot(**make_data(**values).as_dict(), **kept, updated_at=updated_at)


def parsed(event: EventSnapshot, method="PUBLISH") -> tuple[Any, Any]:
    found = Calendar.from_ical(calendar(event, method=method))
    [vevent] = found.walk("VEVENT")
    return found, vevent


def test_an_event_is_complete():
    lines = calendar(snapshot(topics=("art", "music")), method="PUBLISH").decode().split("\r\n")
    assert lines[:6] == [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Ivent//Ivent 1.0//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        "X-WR-CALNAME:Ivent Community",
    ]
    assert lines[lines.index("BEGIN:VEVENT") :] == [
        "BEGIN:VEVENT",
        "SUMMARY:Summer fair",
        "DTSTART;TZID=Europe/Berlin:20380801T190000",
        "DTEND;TZID=Europe/Berlin:20380801T210000",
        "DTSTAMP:20380102T030405Z",
        f"UID:{EVENT_ID}@ivent.example",
        "SEQUENCE:3",
        "CATEGORIES:art,music",
        "DESCRIPTION:Come all.",
        "LAST-MODIFIED:20380102T030405Z",
        "LOCATION:Market square",
        'ORGANIZER;CN="Ivent Community":mailto:events@ivent.example',
        "STATUS:CONFIRMED",
        f"URL:https://ivent.example/e/{EVENT_ID}",
        "END:VEVENT",
        "END:VCALENDAR",
        "",
    ]


def test_the_same_version_gives_the_same_bytes():
    assert calendar(snapshot(), method="PUBLISH") == calendar(snapshot(), method="PUBLISH")


def test_a_cancelled_event_is_withdrawn_under_the_same_uid_and_a_higher_sequence():
    event = snapshot(status=EventStatus.CANCELLED, version=4)
    whole, vevent = parsed(event, announcement_method(event))
    assert (whole["METHOD"], vevent["STATUS"], vevent["SEQUENCE"]) == ("CANCEL", "CANCELLED", 4)
    assert vevent["UID"] == f"{EVENT_ID}@ivent.example"
    assert announcement_method(snapshot()) == "PUBLISH"


def test_nobody_is_an_attendee():
    assert "ATTENDEE" not in parsed(snapshot())[1]


def test_whole_days_are_dates_with_an_exclusive_end():
    event = snapshot(
        all_day=True,
        starts_at=datetime(2038, 7, 31, 22, tzinfo=UTC),
        ends_at=datetime(2038, 8, 2, 22, tzinfo=UTC),
    )
    whole, vevent = parsed(event)
    assert vevent["DTSTART"].to_ical() == b"20380801"
    assert vevent["DTSTART"].params == {"VALUE": "DATE"}
    assert vevent["DTEND"].dt == date(2038, 8, 3)
    assert whole.walk("VTIMEZONE") == []


@pytest.mark.parametrize("timezone", ["UTC", "Etc/UTC", "Zulu"])
def test_utc_needs_no_zone(timezone):
    whole, vevent = parsed(snapshot(timezone=timezone))
    assert vevent["DTSTART"].to_ical() == b"20380801T170000Z"
    assert whole.walk("VTIMEZONE") == []


@pytest.mark.parametrize(
    "timezone", ["Europe/Berlin", "America/New_York", "Asia/Kolkata", "Etc/GMT+5", "EST5EDT"]
)
def test_the_zone_is_described(timezone):
    whole, vevent = parsed(snapshot(timezone=timezone))
    assert vevent["DTSTART"].params["TZID"] == timezone
    assert [zone["TZID"] for zone in whole.walk("VTIMEZONE")] == [timezone]
    local = datetime(2038, 8, 1, 17, tzinfo=UTC).astimezone(ZoneInfo(timezone))
    assert vevent["DTSTART"].dt.replace(tzinfo=None) == local.replace(tzinfo=None)


HOSTILE = "a;b,c\\d\r\nATTENDEE:mailto:x@y.example\x00\ud800\x1b\u2028e"


def test_nothing_can_be_smuggled_in():
    event = snapshot(title=HOSTILE, location=HOSTILE, url=HOSTILE, topics=(HOSTILE,))
    whole, vevent = parsed(event)
    assert vevent["SUMMARY"] == "a;b,c\\d ATTENDEE:mailto:x@y.example e"
    assert "ATTENDEE" not in vevent
    assert [part.name for part in whole.walk()].count("VEVENT") == 1
    assert len(calendar(event, method="PUBLISH").split(b"\r\nATTENDEE")) == 1


def test_a_description_is_plain_text_of_any_length():
    text = "Ω;,\\ word " * 2000
    _, vevent = parsed(snapshot(description=f"# Title\n\n{text}\n\n- one\n- two"))
    assert vevent["DESCRIPTION"] == f"Title\n\n{text.strip()}\n\n• one\n• two"
    lines = calendar(snapshot(description=text), method="PUBLISH").split(b"\r\n")
    assert max(map(len, lines)) <= 75


def test_a_feed_describes_each_zone_once():
    events = [snapshot(), snapshot(timezone="Asia/Tokyo"), snapshot()]
    whole = Calendar.from_ical(calendar_feed(events))
    assert [zone["TZID"] for zone in whole.walk("VTIMEZONE")] == ["Asia/Tokyo", "Europe/Berlin"]
    assert len(whole.walk("VEVENT")) == 3


def test_an_empty_feed_is_a_calendar():
    assert Calendar.from_ical(calendar_feed([])).walk("VEVENT") == []


def test_events_of_every_year_bring_the_same_definition_of_their_zone():
    def zone_lines(year: int) -> bytes:
        at = datetime(year, 6, 15, 16, tzinfo=UTC)
        text = calendar(snapshot(starts_at=at, ends_at=None), method="PUBLISH")
        return text[text.index(b"BEGIN:VTIMEZONE") : text.index(b"BEGIN:VEVENT")]

    assert len({zone_lines(year) for year in (2026, 2027, 2029, 2041)}) == 1


def times(start: str, end: str, timezone: str = "Europe/Berlin") -> list[str]:
    """DTSTART and DTEND as they stand in the file."""
    moments = [datetime.fromisoformat(each).astimezone(UTC) for each in (start, end)]
    event = snapshot(starts_at=moments[0], ends_at=moments[1], timezone=timezone)
    lines = calendar(event, method="PUBLISH").decode().split("\r\n")
    vevent = lines[lines.index("BEGIN:VEVENT") :]
    return [line for line in vevent if line.startswith(("DTSTART", "DTEND"))]


@pytest.mark.parametrize(
    ("start", "end", "written"),
    [
        (
            "2027-10-31T02:30:00+02:00",
            "2027-10-31T02:45:00+02:00",
            ["DTSTART:20271031T003000Z", "DTEND:20271031T004500Z"],
        ),
        (
            "2027-10-31T02:30:00+01:00",
            "2027-10-31T02:45:00+01:00",
            ["DTSTART:20271031T013000Z", "DTEND:20271031T014500Z"],
        ),
        # One that is doubled takes the other along: not every program reads mixed forms.
        (
            "2027-10-31T01:30:00+02:00",
            "2027-10-31T02:30:00+01:00",
            ["DTSTART:20271030T233000Z", "DTEND:20271031T013000Z"],
        ),
        (
            "2027-10-31T01:30:00+02:00",
            "2027-10-31T03:00:00+01:00",
            [
                "DTSTART;TZID=Europe/Berlin:20271031T013000",
                "DTEND;TZID=Europe/Berlin:20271031T030000",
            ],
        ),
    ],
)
def test_a_time_that_happens_twice_is_written_in_utc(start, end, written):
    assert times(start, end) == written


def test_where_machines_with_older_rules_show_another_hour_the_time_is_written_in_utc(monkeypatch):
    start, end = "2026-12-05T18:00:00-07:00", "2026-12-05T20:00:00-07:00"
    monkeypatch.setattr(calendar_module, "shown_differently", lambda _at, name: "Van" in name)
    assert times(start, end, "Canada/Pacific") == [
        "DTSTART:20261206T010000Z",
        "DTEND:20261206T030000Z",
    ]
    monkeypatch.setattr(calendar_module, "shown_differently", lambda _at, _name: False)
    assert times(start, end, "Canada/Pacific") == [
        "DTSTART;TZID=America/Vancouver:20261205T180000",
        "DTEND;TZID=America/Vancouver:20261205T200000",
    ]


def test_what_the_definition_does_not_cover_is_written_in_utc():
    assert times("2040-07-01T18:00:00+03:00", "2040-07-01T20:00:00+03:00", "Asia/Gaza") == [
        "DTSTART:20400701T150000Z",
        "DTEND:20400701T170000Z",
    ]


def test_a_zone_that_vanished_is_written_in_utc():
    event = snapshot(timezone="Mars/Olympus")
    text = calendar(event, method="PUBLISH")
    assert b"DTSTART:20380801T170000Z" in text
    assert b"VTIMEZONE" not in text
