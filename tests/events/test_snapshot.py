import json
from datetime import UTC, datetime

import pytest

from events.enums import EventStatus
from events.outbox import set_content
from events.snapshot import (
    Change,
    EventSnapshot,
    difference,
    event_row_from_stream_image,
    row_data,
)
from events.tables import EventRow
from events.wall_clock import WallClock
from ivent_site.zones import iana_version
from tests.clock.rules import NEW, rules
from tests.factories import make_data

WHEN = datetime(2038, 1, 2, 3, 4, 5, 6, tzinfo=UTC)


def row(**values) -> EventRow:
    found = EventRow(
        id="019a0000-0000-7000-8000-000000000001",
        version=3,
        status="published",
        created_at=WHEN,
        updated_at=WHEN,
        announce_version=3,
        due_at=WHEN,
    )
    set_content(found, make_data(**values))
    return found


def test_the_json_form_is_this():
    assert EventSnapshot.from_row(row(topics=("b", "a"))).to_json() == {
        "schema": 2,
        "id": "019a0000-0000-7000-8000-000000000001",
        "version": 3,
        "status": "published",
        "title": "Summer fair",
        "starts": "2038-08-01T19:00:00",
        "starts_at": "2038-08-01T19:00:00+02:00",
        "timezone": "Europe/Berlin",
        "ends": "2038-08-01T21:00:00",
        "ends_at": "2038-08-01T21:00:00+02:00",
        "rules": iana_version(),
        "all_day": False,
        "description": "Come **all**.",
        "location": "Market square",
        "url": "",
        "topics": ["b", "a"],
        "updated_at": "2038-01-02T03:04:05.000006+00:00",
        "page_url": "https://ivent.example/e/019a0000-0000-7000-8000-000000000001",
    }


def test_an_event_whose_zone_has_vanished_is_said_in_utc():
    said = EventSnapshot.from_row(row(timezone="Mars/Olympus")).to_json()
    assert (said["starts_at"], said["timezone"]) == ("2038-08-01T17:00:00+00:00", "Mars/Olympus")


@pytest.mark.parametrize("values", [{}, {"ends_at": None}, {"topics": ("a",), "all_day": True}])
def test_the_json_form_is_read_back(values):
    snapshot = EventSnapshot.from_row(row(**values))
    again = EventSnapshot.from_json(json.loads(json.dumps(snapshot.to_json())))
    assert again == snapshot
    assert difference(again, snapshot) == []


@pytest.mark.parametrize(
    ("zone", "starts_at", "all_day", "starts", "instant"),
    [
        # The second 02:30 of a night, by its offset.
        (
            "Europe/Berlin",
            "2038-10-31T02:30:00+01:00",
            False,
            "2038-10-31T02:30:00[fold=1]",
            "01:30",
        ),
        ("Europe/Berlin", "2038-10-31T02:30:00+02:00", False, "2038-10-31T02:30:00", "00:30"),
        # Told under rules that no longer hold: the clock counts.
        ("America/Vancouver", "2038-12-05T18:00:00-08:00", False, "2038-12-05T18:00:00", "01:00"),
        ("Africa/Casablanca", "2038-12-05T00:00:00+01:00", True, "2038-12-05", "00:00"),
    ],
)
def test_a_snapshot_of_the_first_schema_has_the_clock_that_was_told(
    zone, starts_at, all_day, starts, instant
):
    value = EventSnapshot.from_row(row()).to_json()
    for name in ("starts", "ends", "rules"):
        del value[name]
    value |= {"schema": 1, "timezone": zone, "starts_at": starts_at, "ends_at": None}
    with rules(NEW):
        read = EventSnapshot.from_json(value | {"all_day": all_day})
        assert read.starts.text(all_day=all_day) == starts
        assert f"{read.starts_at:%H:%M}" == instant
    assert read.as_told().times_json()["starts_at"] == starts_at


@pytest.mark.parametrize("schema", [None, 0, 3, "1"])
def test_another_schema_is_refused(schema):
    value = EventSnapshot.from_row(row()).to_json() | {"schema": schema}
    with pytest.raises(ValueError, match="schema"):
        EventSnapshot.from_json(value)


def test_a_difference_is_what_readers_see_changed():
    old = EventSnapshot.from_row(row())
    changed = row(title="Winter fair", ends_at=None, topics=("art",))
    changed.version, changed.status, changed.updated_at = (
        4,
        EventStatus.CANCELLED,
        datetime.now(UTC),
    )
    assert difference(old, EventSnapshot.from_row(changed)) == [
        Change("title", "Summer fair", "Winter fair"),
        Change("ends", WallClock(datetime(2038, 8, 1, 21)), None),  # noqa: DTZ001 - as clocks show it
        Change("topics", (), ("art",)),
    ]


def test_a_stream_record_s_image_is_a_row():
    stored = row(topics=("a", "b"))
    stored.set_index_keys()
    image = json.loads(json.dumps(stored.serialize()))
    read = event_row_from_stream_image(image)
    assert row_data(read) == row_data(stored)
    assert (read.id, read.version, read.announce_version) == (stored.id, 3, 3)
    assert (read.due_at, read.created_at) == (WHEN, WHEN)


def test_an_image_without_what_may_be_absent_is_a_row():
    stored = row(ends_at=None)
    stored.announce_version = stored.due_at = None
    image = {name: value for name, value in stored.serialize().items() if "NULL" not in value}
    read = event_row_from_stream_image(image | {"something_new": {"S": "x"}})
    assert not any([read.ends_at, read.announce_version, read.due_at])
