"""What the API does is in the admin's history: who, what, and what it was before."""

import pytest
from django.contrib.admin.models import LogEntry

from events.enums import EventStatus
from tests.events.staff import signed_in, text
from tests.factories import api_client, make_event

pytestmark = pytest.mark.usefixtures("aws")
NEW = {"title": "Fair", "date": "2038-08-01"}


def history():
    """Newest last: who, the kind of entry, and its words."""
    return [
        (entry.user_id, entry.action_flag, entry.change_message)
        for entry in LogEntry.objects.filter(user_id="sub-admins").order_by("action_time")
    ]


@pytest.fixture
def client():
    return api_client("admins", sub="sub-admins")


def test_each_way_to_publish_tells_the_status_before_and_after(client):
    client.post("/events", NEW)
    draft = client.post("/events", {**NEW, "status": "draft"}).json()
    client.patch(f"/events/{draft['id']}", {"status": "published", "title": "Fairer"})
    assert [words for _who, _flag, words in history()] == [
        "API. Status: none → “published”.",
        "API. Status: none → “draft”.",
        "API. Title: “Fair” → “Fairer”. Status: “draft” → “published”.",
    ]


def test_a_cancellation_and_a_deletion_are_told_too_and_what_changes_nothing_is_not(client):
    event, draft = make_event(), make_event(EventStatus.DRAFT)
    client.patch(f"/events/{event.id}", {"title": event.title})
    for row in (event, draft, event):
        client.delete(f"/events/{row.id}")
    assert history() == [
        ("sub-admins", 2, "API. Status: “published” → “cancelled”."),
        ("sub-admins", 3, "API."),
    ]


def test_the_page_shows_it_though_a_program_has_no_name(client):
    event = make_event()
    client.patch(f"/events/{event.id}", {"title": "Fairer"})
    with signed_in("viewers") as viewer:
        page = text(viewer.get(f"/admin/events/event/{event.id}/history/"))
    assert "API. Title: “Summer fair” → “Fairer”." in page


def test_what_is_refused_leaves_no_entry(client):
    event = make_event()
    assert client.patch(f"/events/{event.id}", {"title": "X", "version": 7}).status_code == 409
    assert history() == []
