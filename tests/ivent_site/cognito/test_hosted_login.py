"""Cognito's hosted sign-in, against the one that MiniStack serves."""

import http.client
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import pytest

from ivent_site.cognito import hosted_login
from ivent_site.cognito.errors import CognitoUnavailableError
from ivent_site.cognito.hosted_login import NOT_COMPLETED
from ivent_site.cognito.keys import KeySet
from ivent_site.cognito.password_login import EXPIRED
from ivent_site.cognito.services import NO_RIGHTS
from ivent_site.cognito.tokens import TokenVerifier
from tests.environment import PORT
from tests.ivent_site.cognito import forge
from tests.ivent_site.cognito.conftest import Browser
from tests.ivent_site.cognito.pool import CALLBACK, SIGNED_OUT

START = "/admin/login/hosted/"
BACK = "/admin/login/callback/"


@pytest.fixture
def hosted(pool, settings):
    settings.COGNITO_HOSTED_URL = f"http://127.0.0.1:{PORT}"
    return pool


def at_cognito(url, form=None):
    """The status and Location of one request to the hosted page."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=10)
    try:
        if form is None:
            connection.request("GET", f"{parts.path}?{parts.query}")
        else:
            headers = {"Content-Type": "application/x-www-form-urlencoded"}
            connection.request("POST", "/login", urlencode(form), headers)
        reply = connection.getresponse()
        reply.read()
        return reply.status, reply.getheader("Location")
    finally:
        connection.close()


def come_back(browser, person, at=START):
    """Sign in at the hosted page; the address that it sends the browser back to."""
    going = browser.get(at)
    assert going.status_code == 302
    assert at_cognito(going["Location"])[0] == 200
    asked = dict(parse_qsl(urlsplit(going["Location"]).query))
    form = {**asked, "username": person.email, "password": person.password}
    status, location = at_cognito("/login", form)
    assert status == 302
    assert location.startswith(CALLBACK)
    return location.removeprefix("https://ivent.example")


def shown(response):
    return [str(message) for message in response.context["messages"]]


def test_the_hosted_page_signs_staff_in(hosted, browser):
    back = come_back(browser, hosted.person("editors"))

    response = browser.get(back)

    assert response["Location"] == "/admin/"
    assert "no-store" in response["Cache-Control"]
    assert browser.is_in


def test_the_way_on_is_kept_and_never_leaves_the_site(hosted, browser):
    person = hosted.person("admins")

    assert browser.get(come_back(browser, person, f"{START}?next=/admin/?a"))["Location"] == (
        "/admin/?a"
    )
    assert browser.get(come_back(browser, person, f"{START}?next=//evil.example"))["Location"] == (
        "/admin/"
    )


def test_the_request_carries_state_nonce_and_a_hashed_verifier(hosted, browser):
    first, second = (parse_qs(urlsplit(browser.get(START)["Location"]).query) for _ in range(2))

    assert first["code_challenge_method"] == ["S256"]
    assert first["redirect_uri"] == [CALLBACK]
    assert first["response_type"] == ["code"]
    for name in ("state", "nonce", "code_challenge"):
        assert len(first[name][0]) >= 43
        assert first[name] != second[name]


def test_someone_without_a_group_is_refused_clearly(hosted, browser):
    page = browser.get(come_back(browser, hosted.person()), follow=True)

    assert page.redirect_chain == [("/admin/login/", 302)]
    assert shown(page) == [NO_RIGHTS]


def test_a_reply_in_another_browser_signs_nobody_in(hosted, browser):
    """Who lures a victim to the attacker's callback gets them nowhere."""
    back = come_back(browser, hosted.person("admins"))
    victim = Browser()

    assert shown(victim.get(back, follow=True)) == [EXPIRED]
    victim.get(START)
    assert shown(victim.get(back, follow=True)) == [NOT_COMPLETED]
    assert not victim.is_in


def test_a_reply_counts_once(hosted, browser):
    back = come_back(browser, hosted.person("admins"))
    cookie = browser.cookies["sessionid"].value
    browser.get(back)
    replay = Browser()
    replay.cookies["sessionid"] = cookie

    assert shown(replay.get(back, follow=True)) == [NOT_COMPLETED]
    assert not replay.is_in


@pytest.mark.parametrize(
    "change",
    [
        {"state": "x"},
        {"state": ""},
        {"state": "é"},
        {"code": ""},
        {"code": "x"},
        {"code": "\0"},
        {"code": "x" * 5000},
    ],
)
def test_a_changed_reply_is_refused(hosted, browser, change):
    query = dict(parse_qsl(urlsplit(come_back(browser, hosted.person("admins"))).query))

    page = browser.get(BACK, {**query, **change}, follow=True)

    assert shown(page) == [NOT_COMPLETED]
    assert not browser.is_in


def test_an_error_from_the_hosted_page_leads_back_to_the_start(hosted, browser):
    browser.get(START)

    page = browser.get(BACK, {"error": "access_denied"}, follow=True)

    assert shown(page) == [NOT_COMPLETED]


def test_a_token_for_another_sign_in_is_refused(hosted, browser, monkeypatch):
    keys = KeySet("https://keys.example", fetch=lambda _: forge.jwks())
    verifier = TokenVerifier(issuer=forge.ISSUER, client_ids=[forge.CLIENT], keys=keys)
    monkeypatch.setattr(hosted_login, "token_verifier", lambda: verifier)
    for changes in ({}, {"nonce": "another"}, {"nonce": 1}):
        token = forge.sign(forge.claims(**changes))
        monkeypatch.setattr(hosted_login, "_post", lambda _, token=token: {"id_token": token})
        state = parse_qs(urlsplit(browser.get(START)["Location"]).query)["state"][0]

        page = browser.get(BACK, {"state": state, "code": "c"}, follow=True)

        assert shown(page) == [NOT_COMPLETED]


@pytest.mark.parametrize("reply", [{}, [], None, {"id_token": "garbage"}, {"access_token": "x"}])
def test_a_reply_without_a_good_token_is_refused(hosted, browser, monkeypatch, reply):
    monkeypatch.setattr(hosted_login, "_post", lambda _: reply)
    state = parse_qs(urlsplit(browser.get(START)["Location"]).query)["state"][0]

    assert shown(browser.get(BACK, {"state": state, "code": "c"}, follow=True)) == [NOT_COMPLETED]


def test_when_the_token_endpoint_does_not_answer_the_page_says_so(hosted, browser, settings):
    back = come_back(browser, hosted.person("admins"))
    settings.COGNITO_HOSTED_URL = "http://127.0.0.1:9"

    assert browser.get(back).status_code == 503


def test_a_failing_token_endpoint_is_an_outage(settings, monkeypatch):
    settings.COGNITO_HOSTED_URL = "http://127.0.0.1:9"
    settings.COGNITO_CLIENT_IDS = ["c"]

    with pytest.raises(CognitoUnavailableError):
        hosted_login.code_exchange(
            flow=(flow := hosted_login.Flow()), state=flow.state, code="c", redirect_uri=CALLBACK
        )


def test_without_the_setting_there_is_no_hosted_sign_in(pool, browser):
    assert browser.get(START).status_code == 404
    assert browser.get(BACK).status_code == 404


def test_signing_out_ends_the_hosted_session_too(hosted, browser):
    browser.get(come_back(browser, hosted.person("editors")))

    response = browser.post("/admin/logout/")

    status, location = at_cognito(response["Location"])
    assert (status, location) == (302, SIGNED_OUT)
    assert not browser.is_in


def test_signing_out_after_a_password_stays_here(hosted, browser):
    browser.sign_in(hosted.person("editors"))

    assert browser.post("/admin/logout/").status_code == 200
