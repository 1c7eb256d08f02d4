"""A form that is posted after the session's end comes back after the sign-in."""

import re
from html import unescape

import pytest
from django.core import signing
from django.test import Client

from events.enums import EventStatus
from events.selectors import event_get, events_page
from ivent_site.cognito import kept
from tests.events.staff import ADD, CHANGE, entered
from tests.factories import NO_EVENT, make_event, make_topic
from tests.ivent_site.cognito.conftest import Browser

EVENTS = "/admin/events/event/"
KEPT = "/admin/kept/"


@pytest.fixture
def pool(pool, settings):
    settings.ROOT_URLCONF = "ivent_site.urls"
    return pool


@pytest.fixture
def person(pool, browser):
    """Somebody who has signed in, and whose session has ended since."""
    person = pool.person("editors")
    browser.sign_in(person)
    browser.cookies.pop("sessionid")
    return person


def page_of(response):
    return unescape(response.content.decode())


def held(response):
    """What the page holds for the way back."""
    [text] = re.findall(r'name="kept" value="([^"]+)"', page_of(response))
    return text


def hidden(response):
    page = response.content.decode().partition("data-iv-go-on")[2].partition("</form>")[0]
    found: dict[str, list[str]] = {}
    for name, value in re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page):
        found.setdefault(name, []).append(unescape(value))
    return found


def drafts():
    return events_page(statuses=(EventStatus.DRAFT,), limit=5).events


def test_a_form_that_comes_too_late_comes_back_filled_after_the_sign_in(browser, person):
    make_topic("music")
    make_topic("art")
    form = entered(title="A “fair”", description="<b>\nTwo lines", topics=["art", "music"])
    late = browser.post(ADD, form)
    assert late.status_code == 403
    assert "Nothing was saved, and nothing is lost" in page_of(late)

    browser.sign_in(person)
    on = browser.post(KEPT, {"kept": held(late)})
    assert f'action="{ADD}"' in page_of(on)
    again = browser.post(ADD, hidden(on))
    page = page_of(again)
    assert again.status_code == 200
    assert "You were signed out, so nothing was saved." in page
    assert 'value="A “fair”"' in page
    assert "<b>\nTwo lines</textarea>" in page
    assert len(re.findall(r'name="topics" value="\w+"[^>]* checked(?!:)', page)) == 2
    assert drafts() == []


def test_a_change_comes_back_at_the_version_that_was_seen(browser, person):
    row = make_event(EventStatus.DRAFT)
    late = browser.post(CHANGE.format(row.id), entered(title="Mine", url="no link"))
    browser.sign_in(person)
    fields = hidden(browser.post(KEPT, {"kept": held(late)}))
    page = page_of(browser.post(CHANGE.format(row.id), fields))
    assert 'value="Mine"' in page
    assert "Give a full link" in page
    assert event_get(row.id).title == "Summer fair"


@pytest.mark.parametrize(
    ("path", "form", "words"),
    [
        ("message/", {"subject": "Coats", "text": "Bring one.", "confirmed": "y"}, "Bring one."),
        (
            "repeat/",
            {"pattern": "weekly", "count": "x", "confirmed": "yes"},
            "Enter a whole number",
        ),
        ("cancel/", {"reason": "A storm.", "version": "1"}, "A storm."),
    ],
)
def test_what_follows_an_event_comes_back_and_does_nothing_yet(browser, person, path, form, words):
    row = make_event()
    url = f"{EVENTS}{row.id}/{path}"
    late = browser.post(url, form)
    browser.sign_in(person)
    fields = hidden(browser.post(KEPT, {"kept": held(late)}))
    assert words in page_of(browser.post(url, fields))
    assert event_get(row.id).version == 1


def test_a_review_that_comes_too_late_publishes_nothing(browser, person):
    row = make_event(EventStatus.DRAFT)
    url = f"/admin/notifications/announcement/review/{row.id}/"
    late = browser.post(url, {"version": "1", "publish": "1"})
    browser.sign_in(person)
    fields = hidden(browser.post(KEPT, {"kept": held(late)}))
    assert "Publish now" in page_of(browser.post(url, fields))
    assert event_get(row.id).status == EventStatus.DRAFT


@pytest.mark.parametrize(
    "path",
    [
        "events/event/{}/undo/",
        "events/event/{}/duplicate/",
        "notifications/announcement/{}.000001.published/cancel/",
        "notifications/announcement/{}.000001.published/step/",
    ],
)
def test_a_button_that_acts_at_once_is_not_kept(browser, person, path):
    late = browser.post(f"/admin/{path.format(NO_EVENT)}", {"version": "1", "step": "cancel"})
    assert late["Location"].startswith("/admin/login/")


def test_somebody_else_who_signs_in_gets_nothing(pool, browser, person):
    late = browser.post(ADD, entered(title="Secret fair"))
    browser.sign_in(pool.person("editors"))
    response = browser.post(KEPT, {"kept": held(late)}, follow=True)
    assert "entered by somebody else" in page_of(response)
    assert "Secret fair" not in page_of(response)


def test_who_has_not_signed_in_is_asked_to_and_the_form_is_kept_on(browser, person):
    late = browser.post(ADD, entered())
    response = browser.post(KEPT, {"kept": held(late)})
    assert response.status_code == 403
    assert held(response) == held(late)
    assert browser.get(KEPT)["Location"] == f"/admin/login/?next={KEPT}"
    # The sign-in leads back, where a script goes on with what the browser has kept.
    browser.sign_in(person, at=f"/admin/login/?next={KEPT}")
    assert "data-iv-bring-back" in page_of(browser.get(KEPT))


@pytest.mark.parametrize("forged", ["", "x", "x:y:z", "signed for something else"])
def test_what_nobody_signed_is_not_shown(browser, person, forged):
    if forged.startswith("signed"):
        # Holds the time, so it is no name for a test.
        forged = signing.dumps({"sub": "x"}, salt="other")
    browser.sign_in(person)
    response = browser.post(KEPT, {"kept": forged}, follow=True)
    assert "too old to be brought back" in page_of(response)


def test_a_stranger_is_asked_to_sign_in_and_scripts_cannot_read_the_cookie(browser, pool):
    stranger = Browser()
    assert stranger.post(ADD, entered())["Location"].startswith("/admin/login/")
    browser.sign_in(pool.person("editors"))
    assert browser.cookies[kept.COOKIE]["httponly"]
    assert browser.cookies[kept.COOKIE]["samesite"] == "Lax"


def test_a_late_form_from_another_site_is_refused_as_ever(pool):
    client = Client(enforce_csrf_checks=True)
    response = client.post(ADD, entered(), secure=True)
    assert "kept" not in page_of(response)
    assert response.status_code in {302, 403}


def test_nothing_that_was_entered_is_logged(browser, person, caplog):
    late = browser.post(ADD, entered(title="Secret fair"))
    browser.post(KEPT, {"kept": held(late)})
    assert "Secret fair" not in caplog.text
    assert held(late) not in caplog.text
