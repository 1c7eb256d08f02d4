"""Notes, reasons, reminders and scheduled publications over the API."""

from datetime import UTC, datetime, timedelta

import pytest

from events.announcing import event_acknowledge
from events.enums import EventStatus
from events.selectors import event_get
from tests.factories import api_client, errors, make_event

pytestmark = pytest.mark.usefixtures("aws")
DRAFT, PUBLISHED, CANCELLED = EventStatus
TO_COME = (datetime.now(UTC) + timedelta(days=30)).replace(microsecond=0)


def post(**body):
    return api_client("editors").post("/events", {"title": "Fair", "date": "2038-08-01"} | body)


def known_event():
    row = make_event()
    event_acknowledge(event_id=row.id, version=1)
    return row


def test_a_note_goes_with_a_change():
    row = known_event()
    api_client("editors").patch(f"/events/{row.id}", {"title": "New", "note": "One\r\nTwo"})
    assert event_get(row.id).notes == [[2, "One\nTwo"]]


@pytest.mark.parametrize("how", ["patch", "delete"])
def test_a_reason_goes_with_a_cancellation(how):
    row, client = known_event(), api_client("editors")
    if how == "patch":
        client.patch(f"/events/{row.id}", {"status": "cancelled", "note": "Storm & hail"})
    else:
        client.delete(f"/events/{row.id}?reason=Storm+%26+hail")
    stored = event_get(row.id)
    assert (stored.status, stored.notes) == (CANCELLED, [[2, "Storm & hail"]])


@pytest.mark.parametrize(
    ("method", "query", "body", "expected"),
    [
        ("patch", "", {"title": "X", "note": 1}, ("note", "invalid")),
        ("patch", "", {"title": "X", "note": "x" * 2001}, ("note", "max_length")),
        ("patch", "", {"title": "X", "note": "x", "announce": False}, ("note", "not_announced")),
        ("delete", "?reason=%07", {}, ("reason", "control_character")),
        ("patch", "", {"reminders": [60, 60]}, ("reminders", "duplicate")),
        ("patch", "", {"reminders": "60"}, ("reminders", "not_a_list")),
        ("patch", "", {"publish_at": TO_COME.isoformat()}, ("publish_at", "not_a_draft")),
    ],
)
def test_what_makes_no_sense_is_refused_by_its_field(method, query, body, expected):
    row = known_event()
    refused = getattr(api_client("editors"), method)(f"/events/{row.id}{query}", body)
    assert (refused.status_code, errors(refused)) == (400, [expected])
    assert event_get(row.id).version == 1


@pytest.mark.parametrize("minutes", [0, -5, 10**9, True, "60", 1.5])
def test_a_reminder_is_a_sane_number_of_minutes(minutes):
    refused = post(reminders=[minutes])
    assert refused.status_code == 400
    assert {(field or "").partition(".")[0] for field, _ in errors(refused)} == {"reminders"}


def test_reminders_are_kept_until_they_are_given_anew():
    body = post(reminders=[60, 1440]).json()
    assert body["reminders"] == [1440, 60]
    client, path = api_client("editors"), f"/events/{body['id']}"
    assert client.patch(path, {"title": "New"}).json()["reminders"] == [1440, 60]
    changed = client.patch(path, {"reminders": []}).json()
    assert (changed["reminders"], changed["version"]) == ([], 3)
    assert event_get(body["id"]).announce_version == 2


def test_a_draft_is_scheduled_moved_and_unscheduled():
    at = TO_COME.isoformat()
    body = post(status="draft", publish_at=at).json()
    client, path = api_client("editors"), f"/events/{body['id']}"
    assert (body["status"], datetime.fromisoformat(body["publish_at"])) == ("draft", TO_COME)
    assert client.put(path, body | {"title": "New"}).json()["publish_at"] == body["publish_at"]
    later = client.patch(
        path, {"timezone": "Europe/Berlin", "publish_at": f"{TO_COME:%Y-%m-%d}T10:00:00"}
    ).json()
    assert f"{event_get(body['id']).publish_at:%Y-%m-%d %H:%M}" != f"{TO_COME:%Y-%m-%d} 10:00"
    assert later["publish_at"].startswith(f"{TO_COME:%Y-%m-%d}T10:00:00+0")
    assert client.patch(path, {"publish_at": None}).json()["publish_at"] is None
    client.patch(path, {"publish_at": at})
    published = client.patch(path, {"status": "published"}).json()
    assert (published["status"], published["publish_at"]) == ("published", None)


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"publish_at": "2020-01-01T00:00:00Z"}, "not_to_come"),
        ({"publish_at": "2199-01-01T00:00:00Z"}, "not_to_come"),
        ({"publish_at": "2038-01-01"}, "time_missing"),
        ({"publish_at": "soon"}, "invalid"),
        ({"publish_at": TO_COME.isoformat(), "status": "published"}, "not_a_draft"),
    ],
)
def test_a_time_that_is_none_to_publish_at_is_refused(values, code):
    refused = post(**{"status": "draft", **values})
    assert (refused.status_code, errors(refused)) == (400, [("publish_at", code)])
