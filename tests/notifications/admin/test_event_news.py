"""Where a person lands after publishing: what waits, and on to the announcement."""

import re
from datetime import UTC, datetime
from unittest import mock

import pytest

from events.enums import EventStatus
from events.selectors import event_get
from events.services import event_publish, event_update
from notifications.announce import announce
from tests.dynamodb_calls import dynamodb_calls
from tests.events.staff import CHANGE, signed_in, text
from tests.factories import NO_EVENT, make_data, make_event
from tests.factories_subscriptions import make_confirmed

pytestmark = pytest.mark.usefixtures("aws")
NEWS = "/admin/notifications/announcement/event/{}/"
PART = f"{NEWS}part/"
ANNOUNCEMENT = "/admin/notifications/announcement/{}.000002.published/change/"


@pytest.fixture
def editor(settings):
    settings.UNDO_WINDOW_S = 60
    with signed_in("editors") as client:
        yield client


@pytest.fixture(autouse=True)
def _no_programs():
    with mock.patch("notifications.announce.sns"):
        yield


def published():
    return event_publish(event_id=make_event(EventStatus.DRAFT).id, version=1)


def sealed(row):
    """The window is over, and the worker comes by."""
    stored = event_get(row.id)
    stored.announce_at = datetime.now(UTC)
    stored.save()
    return announce(event_id=row.id)


def test_until_the_window_is_over_it_can_be_undone_from_where_a_person_lands(editor):
    row = published()
    page = text(editor.get(NEWS.format(row.id), {"after": "2"}))
    assert "Nothing has been sent yet." in page
    assert f'action="/admin/events/event/{row.id}/undo/"' in page
    # It looks again once the window is over, and leads on without a script, too.
    [delay] = re.findall(r'hx-trigger="load delay:(\d+)s"', page)
    assert 50 < int(delay) <= 62
    assert f'hx-get="{PART.format(row.id)}?after=2"' in page
    assert '<noscript><meta http-equiv="refresh"' in page


def test_once_the_announcement_is_under_way_the_page_leads_to_it(editor):
    make_confirmed("reader@example.com")
    row = published()
    assert sealed(row)
    url = ANNOUNCEMENT.format(row.id)
    assert editor.get(NEWS.format(row.id), {"after": "2"})["Location"] == url
    part = editor.get(PART.format(row.id), {"after": "2"})
    assert (part.status_code, part["HX-Redirect"]) == (200, url)


def test_the_page_lists_every_announcement_with_sent_and_audience(editor):
    row = published()
    sealed(row)
    page = text(editor.get(NEWS.format(row.id)))
    assert url_in(page, ANNOUNCEMENT.format(row.id))
    assert "<td>0</td><td>0</td>" in page
    # It goes on to look while something is under way.
    assert 'hx-trigger="load delay:2s"' in page
    with dynamodb_calls() as calls:
        editor.get(NEWS.format(row.id))
    assert calls.total() <= 4


def url_in(page, url):
    return f'href="{url}"' in page


def test_a_change_that_was_told_before_is_not_what_the_page_waits_for(editor):
    row = published()
    sealed(row)
    event_update(event_id=row.id, version=2, data=make_data(title="Other"))
    page = text(editor.get(NEWS.format(row.id), {"after": "3"}))
    assert "Nothing has been sent yet." in page
    assert url_in(page, ANNOUNCEMENT.format(row.id))


def test_the_page_of_an_event_leads_to_its_announcements(editor):
    row = published()
    page = text(editor.get(CHANGE.format(row.id)))
    assert url_in(page, NEWS.format(row.id))
    assert f'hx-get="{PART.format(row.id)}"' in page
    draft = make_event(EventStatus.DRAFT)
    assert NEWS.format(draft.id) not in text(editor.get(CHANGE.format(draft.id)))


def test_a_draft_and_an_unannounced_event_say_so_and_look_no_more(editor):
    page = text(editor.get(NEWS.format(make_event(EventStatus.DRAFT).id)))
    assert "A draft is not announced until it is published." in page
    assert "hx-get" not in page.partition('id="event-news"')[2].partition(">")[0]


@pytest.mark.parametrize("after", ["", "x", "-1", "9" * 30])
def test_odd_addresses_do_no_harm(editor, after):
    row = published()
    assert editor.get(NEWS.format(row.id), {"after": after}).status_code == 200
    for path in (NEWS, PART):
        assert editor.get(path.format(NO_EVENT)).status_code == 404
        assert editor.get(path.format("nothing")).status_code == 404


def test_the_list_of_events_says_how_many_got_the_last_announcement(editor):
    make_confirmed("reader@example.com")
    row = published()
    sealed(row)
    page = text(editor.get("/admin/events/event/"))
    assert f'<span id="sent-{row.id}">–</span>' in page
    [url] = re.findall(r'hx-get="(/admin/notifications/announcement/sent/[^"]*)"', page)
    with dynamodb_calls() as calls:
        part = text(editor.get(url.replace("&amp;", "&")))
    assert calls == {"GetItem": 1, "BatchGetItem": 1}
    assert f'id="sent-{row.id}"' in part
    assert url_in(part, ANNOUNCEMENT.format(row.id))
    assert "0 of 0" in part


@pytest.mark.parametrize("odd", ["", "x", "%00", "a" * 2000, f"{NO_EVENT}.000001.published"])
def test_odd_ids_are_left_out(editor, odd):
    response = editor.get("/admin/notifications/announcement/sent/", {"id": odd})
    assert (response.status_code, text(response).strip()) == (200, "")
