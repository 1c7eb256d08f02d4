"""Readers choose the language of the public pages by a link; without script, and on every page."""

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.test import Client

from ivent_site.language_choice import speaks_the_readers_language
from ivent_site.preferences.services import preferences_update
from subscriptions.services import subscription_request
from subscriptions.tokens import change_token, confirm_token, leave_token
from tests.factories import make_event
from tests.factories_subscriptions import make_confirmed, make_pending, make_request

pytestmark = pytest.mark.usefixtures("aws")
NAMES = dict(settings.LANGUAGES)


@pytest.fixture
def paths(aws):
    row = make_confirmed("ada@example.com")
    request = make_request("ada@example.com", locale="fr")
    subscription_request(request=request)
    _row, token = make_pending()
    leave = leave_token(row.id)
    return {
        "home": "/",
        "event": f"/e/{make_event().id}",
        "calendar": "/calendar",
        "subscribe": "/subscribe",
        "confirm": f"/confirm/{token}",
        "confirmed": f"/confirm/{confirm_token(row.id, round=0)}",
        "change": f"/change/{change_token(row.id, request_id=request.message_id)}",
        "leave": f"/leave/{leave}",
        "preferences": f"/preferences/{leave}",
        "no link": "/preferences/nonsense",
    }


PAGES = [
    *("home", "event", "calendar", "subscribe", "confirm", "confirmed", "change", "leave"),
    *("preferences", "no link"),
]


@pytest.mark.parametrize("name", PAGES)
def test_each_public_page_is_offered_in_each_language_and_stays_the_same_page(paths, name):
    client = Client(headers={"accept-language": "en"})
    path = paths[name]
    page = client.get(path).content.decode()
    for code, language in NAMES.items():
        assert f'<a href="?language={code}" lang="{code}" hreflang="{code}"' in page
        assert f">{language}</a>" in page
    assert page.count('aria-current="true"') == 1
    assert 'lang="en" hreflang="en" aria-current="true"' in page

    chosen = client.get(f"{path}?language=de")
    assert (chosen.status_code, chosen["Location"]) == (302, path)
    assert "no-store" in chosen["Cache-Control"]
    cookie = chosen.cookies["django_language"]
    assert (cookie.value, cookie["samesite"], cookie["httponly"]) == ("de", "Lax", True)
    again = client.get(path)
    assert '<html lang="de">' in again.content.decode()
    # The next page, too.
    assert '<html lang="de">' in client.get("/").content.decode()


def test_the_rest_of_the_query_is_kept():
    client = Client()
    for number in range(25):
        make_event(title=f"Fair {number}")
    page = client.get("/").content.decode()
    cursor = page.partition("?cursor=")[2].partition('"')[0]
    later = client.get(f"/?cursor={cursor}").content.decode()
    assert f'href="?cursor={cursor}&amp;language=fr"' in later
    chosen = client.get(f"/?cursor={cursor}&language=fr")
    assert chosen["Location"] == f"/?cursor={cursor}"


@pytest.mark.parametrize("language", ["xx", "", "de-AT", "../de", "DE"])
def test_a_language_that_there_is_not_changes_nothing(language):
    page = Client().get("/", {"language": language})
    assert page.status_code == 200
    assert not page.cookies


def test_only_what_admins_offer_is_offered():
    preferences_update(version=0, languages=["en", "de"])
    page = Client().get("/").content.decode()
    assert "Deutsch" in page
    assert "Français" not in page
    assert Client().get("/?language=fr").status_code == 200


def test_of_one_language_there_is_no_choice():
    preferences_update(version=0, languages=["en"])
    assert "hreflang" not in Client().get("/").content.decode()


def test_a_form_that_is_sent_is_not_taken_for_a_choice(paths):
    page = Client().post(f"{paths['leave']}?language=de")
    assert page.status_code == 200
    assert not page.cookies


def test_the_choice_does_not_lead_to_another_site(rf):
    view = speaks_the_readers_language(lambda _request: HttpResponse())
    request = rf.get("/?language=de")
    request.path = "//evil.example/"
    assert view(request)["Location"] == "/%2Fevil.example/"


def test_a_choice_is_not_kept_by_caches_that_others_use():
    reply = Client().get("/?language=de")
    assert "public" not in reply["Cache-Control"]
    assert "no-store" in reply["Cache-Control"]
