"""What the API of events promises; bad input is in test_api_bad_input."""

from datetime import UTC, datetime
from typing import Any

import pytest

from events.enums import EventStatus
from events.selectors import event_get
from events.services import event_cancel
from events.tables import TOPIC_PARTITION, TopicRow
from tests.dynamodb_calls import dynamodb_calls
from tests.factories import NO_EVENT, api_client, errors, make_event, make_topic

pytestmark = pytest.mark.usefixtures("aws")
DRAFT, PUBLISHED, CANCELLED = EventStatus


def post(**body):
    return api_client("editors").post("/events", {"title": "Fair", "date": "2038-08-01"} | body)


def test_title_description_and_date_make_a_published_event_of_a_whole_day():
    response = api_client("editors").post(
        "/events", {"title": "Fair", "description": "All *day*", "date": "2038-08-01"}
    )
    body = response.json()
    assert response.status_code == 201
    assert response["Location"] == f"http://testserver/events/{body['id']}"
    assert response["ETag"] == '"1"'
    row = event_get(body["id"])
    assert body == {
        "id": row.id,
        "title": "Fair",
        "description": "All *day*",
        "date": "2038-08-01",
        "starts_at": "2038-08-01T00:00:00+00:00",
        "ends_at": "2038-08-02T00:00:00+00:00",
        "timezone": "UTC",
        "all_day": True,
        "location": "",
        "url": "",
        "topics": [],
        "status": "published",
        "reminders": [],
        "publish_at": None,
        "version": 1,
        "page_url": f"https://ivent.example/e/{row.id}",
        "created_at": row.created_at.isoformat(),
        "updated_at": row.updated_at.isoformat(),
    }
    assert row.announce_version == 1


def test_every_field_is_kept():
    make_topic("music")
    body = {
        "title": "Fair",
        "description": "Line one\nLine two\t!",
        "starts_at": "2038-08-01T19:00:00+02:00",
        "ends_at": "2038-08-01T23:00:00+02:00",
        "timezone": "Europe/Berlin",
        "all_day": False,
        "location": "Square",
        "url": "https://ivent.example/fair",
        "topics": ["music"],
        "status": "draft",
    }
    made = api_client("editors").post("/events", body).json()
    assert {name: made[name] for name in body} == body
    assert made["date"] is None
    assert api_client("viewers").get(f"/events/{made['id']}").json() == made


@pytest.mark.parametrize(
    ("given", "starts_at", "ends_at"),
    [
        ({"starts_at": "2038-08-01T19:00"}, "2038-08-01T19:00:00+02:00", None),
        ({"starts_at": "2038-08-01T17:00:00Z"}, "2038-08-01T19:00:00+02:00", None),
        (
            {"starts_at": "2038-08-01", "all_day": True},
            "2038-08-01T00:00:00+02:00",
            "2038-08-02T00:00:00+02:00",
        ),
        (
            {"starts_at": "2038-08-01", "ends_at": "2038-08-03", "all_day": True},
            "2038-08-01T00:00:00+02:00",
            "2038-08-03T00:00:00+02:00",
        ),
        (
            {"starts_at": "2038-08-01T10:00", "ends_at": "2038-08-02T11:00", "all_day": True},
            "2038-08-01T00:00:00+02:00",
            "2038-08-03T00:00:00+02:00",
        ),
        # Clocks are put back at three: half past two comes twice, and the offset says which.
        ({"starts_at": "2038-10-31T02:30+02:00"}, "2038-10-31T02:30:00+02:00", None),
        ({"starts_at": "2038-10-31T01:30Z"}, "2038-10-31T02:30:00+01:00", None),
        # A .NET client writes seven digits, a Go client up to nine; microseconds are kept.
        ({"starts_at": "2038-08-01T17:00:00.0000000Z"}, "2038-08-01T19:00:00+02:00", None),
        (
            {"starts_at": "2038-08-01t17:00:00.123456789z"},
            "2038-08-01T19:00:00.123456+02:00",
            None,
        ),
        # A day of 23 hours.
        ({"date": "2038-03-28"}, "2038-03-28T00:00:00+01:00", "2038-03-29T00:00:00+02:00"),
    ],
)
def test_times_are_read_on_the_clock_of_the_place(given, starts_at, ends_at):
    body = {"title": "Fair", "timezone": "Europe/Berlin", **given}
    made = api_client("editors").post("/events", body).json()
    assert (made["starts_at"], made["ends_at"]) == (starts_at, ends_at)


def test_a_time_that_clocks_show_twice_is_asked_for():
    body = {"title": "Fair", "timezone": "Europe/Berlin", "starts_at": "2038-10-31T02:30"}
    response = api_client("editors").post("/events", body)
    assert (response.status_code, errors(response)) == (400, [("starts_at", "ambiguous_time")])
    [error] = response.json()["errors"]
    for reading in ("2038-10-31T02:30:00+02:00", "2038-10-31T02:30:00+01:00"):
        assert reading in error["message"]
        made = api_client("editors").post("/events", body | {"starts_at": reading})
        assert made.json()["starts_at"] == reading


def test_a_time_that_clocks_skip_is_refused_with_the_ones_beside_it():
    body = {"title": "Fair", "timezone": "Europe/Berlin", "starts_at": "2038-03-28T02:30"}
    response = api_client("editors").post("/events", body)
    assert (response.status_code, errors(response)) == (400, [("starts_at", "skipped_time")])
    [error] = response.json()["errors"]
    assert "before is 01:59, the first one after 03:00." in error["message"]


def test_an_event_keeps_the_second_of_two_equal_times_whatever_else_is_changed():
    client = api_client("editors")
    second = "2038-10-31T02:30:00+01:00"
    made = client.post(
        "/events", {"title": "Fair", "timezone": "Europe/Berlin", "starts_at": second}
    ).json()
    url = f"/events/{made['id']}"
    for changed in (
        client.patch(url, {"title": "Other"}),
        client.patch(url, {"starts_at": "2038-10-31T02:30"}),
        client.put(url, client.get(url).json()),
    ):
        assert (changed.status_code, changed.json()["starts_at"]) == (200, second)


def test_another_zone_leaves_the_time_on_the_clock():
    client = api_client("editors")
    made = client.post("/events", {"title": "X", "starts_at": "2038-08-01T19:00+02:00"}).json()
    moved = client.patch(f"/events/{made['id']}", {"timezone": "America/New_York"}).json()
    clock = client.get(f"/events/{made['id']}").json()["starts_at"][:19]
    assert (moved["starts_at"], clock) == (f"{made['starts_at'][:19]}-04:00", clock)


def test_another_zone_keeps_the_second_of_two_equal_times():
    client = api_client("editors")
    second = "2038-10-31T03:30:00+02:00"
    made = client.post(
        "/events", {"title": "Fair", "timezone": "Europe/Kiev", "starts_at": second}
    ).json()
    moved = client.patch(f"/events/{made['id']}", {"timezone": "Europe/Kyiv"})
    assert (moved.status_code, moved.json()["starts_at"]) == (200, second)


def test_another_zone_asks_which_of_two_equal_times_is_meant():
    client = api_client("editors")
    body = {"title": "Fair", "timezone": "Asia/Tokyo", "starts_at": "2038-10-31T02:30"}
    made = client.post("/events", body).json()
    moved = client.patch(f"/events/{made['id']}", {"timezone": "Europe/Berlin"})
    assert (moved.status_code, errors(moved)) == (400, [("starts_at", "ambiguous_time")])


def test_a_whole_day_without_a_midnight_becomes_timed_at_the_first_time_on_the_clock():
    client = api_client("editors")
    # Clocks in Cairo go from midnight to one on the last Friday of April.
    made = post(date="2038-04-30", timezone="Africa/Cairo", status="draft").json()
    path = f"/events/{made['id']}"
    timed = client.patch(path, {"all_day": False}).json()
    assert timed["starts_at"] == "2038-04-30T01:00:00+03:00"
    elsewhere = client.patch(path, {"timezone": "Europe/Berlin"}).json()
    assert elsewhere["starts_at"] == "2038-04-30T01:00:00+02:00"


def test_an_event_between_two_equal_times_becomes_a_whole_day():
    client = api_client("editors")
    made = client.post(
        "/events",
        {
            "title": "Fair",
            "timezone": "Europe/Berlin",
            "starts_at": "2038-10-31T02:30+02:00",
            "ends_at": "2038-10-31T02:15+01:00",
        },
    ).json()
    whole = client.patch(f"/events/{made['id']}", {"all_day": True})
    assert (whole.status_code, whole.json().get("date")) == (200, "2038-10-31")


def test_an_offset_with_seconds_can_be_put_back_unchanged():
    client = api_client("editors")
    # Liberia's clocks were 44 minutes and 30 seconds behind UTC until 1972.
    body = {"title": "X", "timezone": "Africa/Monrovia", "starts_at": "1971-01-01T12:00"}
    event = client.post("/events", {**body, "status": "draft"}).json()
    assert event["starts_at"] == "1971-01-01T12:00:00-00:44:30"
    again = client.put(f"/events/{event['id']}", event)
    assert (again.status_code, again.json()) == (200, event)


def test_what_get_gives_can_be_put_back_unchanged():
    client = api_client("editors")
    for row in (post(), client.post("/events", {"title": "X", "starts_at": "2038-08-01T10:00Z"})):
        event = row.json()
        again = client.put(f"/events/{event['id']}", event)
        assert (again.status_code, again.json()) == (200, event)


def test_put_replaces_and_patch_changes_what_is_given():
    client = api_client("editors")
    event = post(description="Old", location="Square", status="draft").json()
    path = f"/events/{event['id']}"
    patched = client.patch(path, {"location": "Hall"}).json()
    assert (patched["location"], patched["description"], patched["version"]) == ("Hall", "Old", 2)
    replaced = client.put(path, {"title": "New", "date": "2038-09-01"}).json()
    assert (replaced["title"], replaced["description"], replaced["location"]) == ("New", "", "")
    assert (replaced["date"], replaced["status"], replaced["version"]) == ("2038-09-01", "draft", 3)


def test_a_whole_day_stays_that_day_in_another_zone():
    event = post().json()
    patched = api_client("editors").patch(
        f"/events/{event['id']}", {"timezone": "Pacific/Auckland"}
    )
    assert patched.json()["date"] == "2038-08-01"
    assert patched.json()["starts_at"] == "2038-08-01T00:00:00+12:00"


def test_a_draft_is_published_and_a_published_event_cancelled_by_status():
    client = api_client("editors")
    path = f"/events/{post(status='draft').json()['id']}"
    assert client.patch(path, {"status": "published"}).json()["status"] == "published"
    assert client.patch(path, {"status": "cancelled"}).json()["status"] == "cancelled"
    refused = client.patch(path, {"status": "published"})
    assert (refused.status_code, errors(refused)) == (409, [("status", "transition")])
    refused = client.patch(path, {"title": "Again"})
    assert (refused.status_code, errors(refused)) == (409, [("status", "transition")])


@pytest.mark.parametrize(("announce", "announced"), [({}, 2), ({"announce": False}, 1)])
def test_a_typo_can_be_mended_in_silence(announce, announced):
    row = make_event()
    api_client("editors").patch(f"/events/{row.id}", {"title": "Fairer", **announce})
    stored = event_get(row.id)
    assert (stored.version, stored.announce_version) == (2, announced)


@pytest.mark.parametrize("version", [1, 3])
def test_a_stale_version_is_refused(version):
    client = api_client("editors")
    row = make_event()
    client.patch(f"/events/{row.id}", {"title": "First", "version": 1})
    refused = client.patch(f"/events/{row.id}", {"title": "Second", "version": version})
    assert (refused.status_code, errors(refused)) == (409, [("version", "stale_version")])
    assert event_get(row.id).title == "First"


def test_the_current_version_is_taken():
    client = api_client("editors")
    row = make_event()
    for headers in ({"If-Match": '"1"'}, {"If-Match": "*"}):
        reply = client.patch(f"/events/{row.id}", {"title": f"T {headers}"}, headers=headers)
        assert reply.status_code == 200


def test_delete_cancels_what_is_published_and_removes_a_draft():
    client = api_client("editors")
    published, draft = make_event(), make_event(DRAFT)
    for _ in range(2):
        assert client.delete(f"/events/{published.id}").status_code == 204
    assert client.get(f"/events/{published.id}").json()["status"] == "cancelled"
    assert event_get(published.id).version == 2
    assert client.delete(f"/events/{draft.id}").status_code == 204
    assert client.get(f"/events/{draft.id}").status_code == 404


def test_drafts_are_for_the_staff():
    draft, published = make_event(DRAFT), make_event()
    for groups, visible in (((), [published.id]), (("viewers",), [draft.id, published.id])):
        client = api_client(*groups)
        found = [event["id"] for event in client.get("/events").json()["results"]]
        assert sorted(found) == sorted(visible)
        status = client.get(f"/events/{draft.id}").status_code
        assert status == (200 if draft.id in visible else 404)
    assert api_client().get("/events?status=draft").json() == {"next": None, "results": []}


@pytest.mark.parametrize("groups", [(), ("viewers",)])
def test_only_editors_and_admins_write(groups):
    client = api_client(*groups)
    row = make_event()
    for refused in (
        client.post("/events", {"title": "X", "date": "2038-08-01"}),
        client.put(f"/events/{row.id}", {"title": "X", "date": "2038-08-01"}),
        client.patch(f"/events/{row.id}", {"title": "X"}),
        client.delete(f"/events/{row.id}"),
    ):
        assert (refused.status_code, errors(refused)) == (403, [(None, "permission_denied")])
    assert event_get(row.id).version == 1
    assert api_client("admins").patch(f"/events/{row.id}", {"title": "X"}).status_code == 200


def test_pages_show_every_event_once_in_the_order_of_their_start():
    client = api_client("viewers")
    rows = [
        make_event(DRAFT if day % 3 else PUBLISHED, starts_at=_day(day), ends_at=None)
        for day in range(1, 8)
    ]
    event_cancel(event_id=rows[2].id, version=1)
    seen, url = [], "/events?limit=3"
    while url:
        page = client.get(url).json()
        assert len(page["results"]) <= 3
        seen += [event["id"] for event in page["results"]]
        url = page["next"]
    assert seen == [row.id for row in rows]


def _day(day: int) -> datetime:
    return datetime(2038, 8, day, tzinfo=UTC)


@pytest.mark.parametrize(
    ("query", "days"),
    [
        ("status=published", [1, 2, 4, 5]),
        ("status=cancelled", [3]),
        ("topic=music", [2, 4]),
        ("topic=music&status=cancelled", []),
        ("topic=none", []),
        ("from=2038-08-04", [4, 5]),
        ("to=2038-08-02", [1, 2]),
        ("to=2038-08-02T00:00:00Z", [1]),
        ("from=2038-08-02&to=2038-08-04", [2, 3, 4]),
        ("from=2038-08-02T01:00:00+01:00&to=2038-08-04", [2, 3, 4]),
        ("from=2038-08-04&to=2038-08-02", []),
        ("from=2038-08-01T12:00&to=2038-08-02T12:00", [2]),
        ("from=2038-08-02&limit=1", [2, 3, 4, 5]),
        ("topic=music&limit=1", [2, 4]),
    ],
)
def test_a_list_is_narrowed_down(query, days):
    make_topic("music")
    rows = {
        day: make_event(
            ends_at=None, starts_at=_day(day), topics=("music",) if day % 2 == 0 else ()
        )
        for day in range(1, 6)
    }
    event_cancel(event_id=rows[3].id, version=1)
    seen, url = [], f"/events?{query}"
    while url:
        page = api_client().get(url).json()
        seen += [event["id"] for event in page["results"]]
        url = page["next"]
    assert seen == [rows[day].id for day in days]


@pytest.mark.parametrize("rows", [1, 12])
def test_what_a_request_costs_does_not_grow_with_the_rows(rows):
    make_topic("music")
    event, *_ = [make_event() for _ in range(rows)]
    client: Any = api_client("admins")

    def cost(method: str, path: str, body=None) -> dict[str, int]:
        with dynamodb_calls() as calls:
            assert (
                client.generic(
                    method, path, body or b"", content_type="application/json"
                ).status_code
                < 300
            )
        return dict(calls)

    path = f"/events/{event.id}"
    assert cost("GET", "/events?limit=5") == {"Query": 3}
    assert cost("GET", "/events?limit=5&status=published") == {"Query": 1}
    assert cost("GET", "/events?limit=5&topic=music&status=published") == {"Query": 1}
    assert cost("GET", path) == {"GetItem": 1}
    assert cost("POST", "/events", b'{"title": "X", "date": "2038-08-01"}') == {
        "TransactWriteItems": 1
    }
    assert cost("PATCH", path, b'{"topics": ["music"]}') == {
        "GetItem": 2,
        "Query": 1,
        "TransactWriteItems": 1,
    }
    assert cost("DELETE", path) == {"GetItem": 2, "TransactWriteItems": 1}


@pytest.mark.parametrize("event_id", ["x", "%00", NO_EVENT, NO_EVENT.upper(), "a" * 3000])
def test_what_is_not_there_is_not_found(event_id):
    client = api_client("admins")
    for method in ("get", "put", "patch", "delete"):
        response = getattr(client, method)(f"/events/{event_id}")
        assert (response.status_code, errors(response)) == (404, [(None, "not_found")])


def test_the_same_is_served_under_api():
    client = api_client("editors")
    made = client.post("/api/events", {"title": "Fair", "date": "2038-08-01"})
    assert made["Location"] == f"http://testserver/api/events/{made.json()['id']}"
    assert client.get(made["Location"]).json() == client.get(f"/events/{made.json()['id']}").json()


def test_a_topic_that_is_gone_does_not_stop_other_changes():
    make_topic("music")
    event = post(topics=["music"]).json()
    TopicRow(TOPIC_PARTITION, "music").delete()
    patched = api_client("editors").patch(
        f"/events/{event['id']}", {"title": "New", "topics": ["music"]}
    )
    assert patched.status_code == 200
    assert errors(post(topics=["music"])) == [("topics", "unknown_topic")]


@pytest.mark.parametrize(
    ("body", "starts_at", "ends_at"),
    [
        # Behind the old end; over the change to winter time; in another zone.
        (
            {"starts_at": "2039-02-01T19:00"},
            "2039-02-01T19:00:00+01:00",
            "2039-02-01T21:00:00+01:00",
        ),
        (
            {"starts_at": "2038-07-01T23:00"},
            "2038-07-01T23:00:00+02:00",
            "2038-07-02T01:00:00+02:00",
        ),
        (
            {"starts_at": "2038-08-01T10:00", "timezone": "Asia/Tokyo"},
            "2038-08-01T10:00:00+09:00",
            "2038-08-01T12:00:00+09:00",
        ),
        # The end in a time that is skipped; twice in the second of two equal hours.
        (
            {"starts_at": "2038-03-28T00:30"},
            "2038-03-28T00:30:00+01:00",
            "2038-03-28T03:30:00+02:00",
        ),
        (
            {"starts_at": "2038-10-31T00:30"},
            "2038-10-31T00:30:00+02:00",
            "2038-10-31T02:30:00+02:00",
        ),
        (
            {"starts_at": "2038-10-31T02:30:00+01:00"},
            "2038-10-31T02:30:00+01:00",
            "2038-10-31T04:30:00+01:00",
        ),
        (
            {"starts_at": "2038-07-01T23:00", "ends_at": None},
            "2038-07-01T23:00:00+02:00",
            None,
        ),
        (
            {"starts_at": "2038-07-31T19:00", "ends_at": "2038-08-01T21:00"},
            "2038-07-31T19:00:00+02:00",
            "2038-08-01T21:00:00+02:00",
        ),
    ],
)
def test_a_patch_of_the_start_alone_keeps_the_length(body, starts_at, ends_at):
    row = make_event(EventStatus.DRAFT)
    event = api_client("editors").patch(f"/events/{row.id}", body).json()
    assert (event["starts_at"], event["ends_at"]) == (starts_at, ends_at)


def test_within_the_second_of_two_equal_hours_the_end_stays_behind_the_start():
    ends_at = datetime(2038, 8, 1, 17, 20, tzinfo=UTC)
    row = make_event(EventStatus.DRAFT, ends_at=ends_at)
    body = {"starts_at": "2038-10-31T02:30:00+01:00"}
    event = api_client("editors").patch(f"/events/{row.id}", body).json()
    assert event["ends_at"] == "2038-10-31T02:50:00+01:00"


def test_the_start_that_an_event_has_leaves_its_end_alone():
    ends_at = datetime(2038, 10, 31, 1, 30, tzinfo=UTC)
    row = make_event(
        EventStatus.DRAFT, starts_at=datetime(2038, 10, 30, 23, tzinfo=UTC), ends_at=ends_at
    )
    body = {"starts_at": "2038-10-31T01:00", "title": "Other"}
    event = api_client("editors").patch(f"/events/{row.id}", body).json()
    assert (event["title"], event["ends_at"]) == ("Other", "2038-10-31T02:30:00+01:00")


def test_a_patch_of_the_first_day_keeps_the_number_of_days():
    row = make_event(
        EventStatus.DRAFT,
        all_day=True,
        starts_at=datetime(2038, 7, 31, 22, tzinfo=UTC),
        ends_at=datetime(2038, 8, 3, 22, tzinfo=UTC),
    )
    event = api_client("editors").patch(f"/events/{row.id}", {"starts_at": "2038-12-30"}).json()
    assert event["date"] == "2038-12-30"
    assert event["ends_at"] == "2039-01-02T00:00:00+01:00"


def test_a_put_says_all_of_the_times():
    row = make_event(EventStatus.DRAFT)
    body = {"title": "Fair", "starts_at": "2039-02-01T19:00", "timezone": "Europe/Berlin"}
    assert api_client("editors").put(f"/events/{row.id}", body).json()["ends_at"] is None
