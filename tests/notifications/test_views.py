import pytest

from notifications.announce import announce
from tests.dynamodb_calls import dynamodb_calls
from tests.factories import api_client, errors, make_event
from tests.notifications.sending import FakeSes, make_announcement, make_readers, walk

pytestmark = pytest.mark.usefixtures("aws")


def get(event_id, *groups):
    return api_client(*groups).get(f"/events/{event_id}/announcements")


def test_staff_see_the_numbers_of_right_now(clock):
    make_readers(60)
    row = make_announcement()
    empty = {"refused": 0, "suppressed": 0, "unknown": 0, "parked": 0}
    shown = {"id": row.id, "kind": "published", "note": "", "subject": "", "digest_at": None}
    assert get(row.event_id, "viewers").json() == [
        {**shown, "state": "sending", "audience": 0, "sent": 0, **empty}
    ]
    walk(row, FakeSes(*[""] * 7, *["throttle"] * 50), clock)
    assert get(row.event_id, "viewers").json() == [
        {**shown, "state": "sending", "audience": 50, "sent": 7, **empty, "unknown": 43}
    ]
    walk(row, FakeSes(), clock)
    assert get(row.event_id, "viewers").json() == [
        {**shown, "state": "done", "audience": 60, "sent": 60, **empty}
    ]


def test_an_event_that_was_never_announced_has_none():
    assert get(make_event().id, "admins").json() == []


def test_a_browser_shows_them():
    row = make_announcement()
    url = f"/events/{row.event_id}/announcements"
    page = api_client("viewers").get(url, headers={"Accept": "text/html"})
    assert (page.status_code, row.id in page.content.decode()) == (200, True)


def test_members_do_not_see_them():
    row = make_announcement()
    assert get(row.event_id).status_code == 403


def test_there_are_none_of_no_event():
    for event_id in ("x", "0190a000-0000-7000-8000-000000000000"):
        response = get(event_id, "admins")
        assert response.status_code == 404
        assert errors(response) == [(None, "not_found")]


def test_what_is_done_costs_two_reads(clock):
    make_readers(3)
    row = make_announcement()
    walk(row, FakeSes(), clock)
    client = api_client("viewers")
    with dynamodb_calls() as calls:
        client.get(f"/events/{row.event_id}/announcements")
    assert calls == {"GetItem": 1, "Query": 1}


def test_a_second_look_announces_nothing(clock):
    row = make_announcement()
    assert announce(event_id=row.event_id) is None
    assert len(get(row.event_id, "viewers").json()) == 1
