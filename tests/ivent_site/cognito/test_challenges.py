"""The forced new password, and the second factor."""

import json

import pytest
from botocore.exceptions import ConnectTimeoutError
from botocore.stub import Stubber
from freezegun import freeze_time

from ivent_site.aws import cognito
from ivent_site.cognito import pending
from ivent_site.cognito.errors import UNAVAILABLE
from ivent_site.cognito.models import StaffUser
from ivent_site.cognito.password_login import EXPIRED, TOO_MANY, WRONG_CODE
from ivent_site.cognito.services import NO_RIGHTS
from tests.ivent_site.cognito.pool import totp

NEW = "Another-horse-2"
PAGE = "/admin/login/new-password/"
CODE_PAGE = "/admin/login/code/"


def choose(browser, new=NEW, repeated=None, page=PAGE, **kwargs):
    data = {"new_password": new, "repeated": new if repeated is None else repeated}
    return browser.post(page, data, **kwargs)


def shown(response):
    return [str(message) for message in response.context["messages"]]


@pytest.fixture
def newcomer(pool):
    """Someone in `editors` who has never signed in."""
    return pool.person("editors", permanent=False)


def test_the_first_sign_in_asks_for_an_own_password_and_goes_on_with_it(browser, newcomer):
    target = "/admin/?x=1"
    asked = browser.sign_in(newcomer, at=f"/admin/login/?next={target}")
    assert asked["Location"] == f"{PAGE}?next=%2Fadmin%2F%3Fx%3D1"
    page = browser.get(asked["Location"])
    assert page.status_code == 200
    assert "no-store" in page["Cache-Control"]

    response = choose(browser, page=asked["Location"])

    assert response["Location"] == target
    assert browser.is_in
    assert StaffUser.objects.get(pk=newcomer.sub).email == newcomer.email


def test_nobody_is_in_before_the_new_password(browser, newcomer):
    browser.sign_in(newcomer)

    assert not browser.is_in
    assert not StaffUser.objects.filter(pk=newcomer.sub).exists()


def test_the_new_password_counts_from_then_on(browser, newcomer):
    browser.sign_in(newcomer)
    choose(browser)
    browser.cookies.clear()

    assert browser.sign_in(newcomer).status_code == 200
    assert browser.sign_in(newcomer, password=NEW).status_code == 302


def test_what_belongs_to_the_sign_in_is_gone_after_it(browser, newcomer):
    browser.sign_in(newcomer)
    choose(browser)

    kept = {"_auth_user_backend", "_auth_user_hash", "_auth_user_id"}
    assert set(browser.session.keys()) == kept


@pytest.mark.parametrize(
    ("new", "repeated", "field"),
    [
        ("", "", "new_password"),
        (NEW, "", "repeated"),
        (NEW, NEW + "x", "repeated"),
        ("x" * 300, "x" * 300, "new_password"),
    ],
)
def test_a_slip_of_the_keys_may_be_corrected(browser, newcomer, new, repeated, field):
    browser.sign_in(newcomer)

    refused = choose(browser, new, repeated)

    assert refused.status_code == 200
    assert field in refused.context["form"].errors
    assert NEW not in refused.content.decode()
    assert choose(browser).status_code == 302


@pytest.mark.parametrize(
    "code", ["InvalidPasswordException", "PasswordHistoryPolicyViolationException"]
)
def test_what_the_policy_says_stands_at_the_field(browser, newcomer, code):
    browser.sign_in(newcomer)

    with Stubber(cognito()) as stub:
        stub.add_client_error("respond_to_auth_challenge", code, "Password not long enough")
        refused = choose(browser)

    assert refused.context["form"].errors == {"new_password": ["Password not long enough"]}
    assert choose(browser).status_code == 302


@pytest.mark.parametrize(
    ("code", "message", "text"),
    [
        ("NotAuthorizedException", "Invalid session for the user, session is expired.", EXPIRED),
        ("InvalidParameterException", "Invalid session", EXPIRED),
        ("TooManyRequestsException", "Rate exceeded", TOO_MANY),
    ],
)
def test_a_refusal_leads_back_to_the_start_with_the_reason(browser, newcomer, code, message, text):
    browser.sign_in(newcomer)

    with Stubber(cognito()) as stub:
        stub.add_client_error("respond_to_auth_challenge", code, message)
        page = choose(browser, follow=True)

    assert page.redirect_chain == [("/admin/login/", 302)]
    assert shown(page) == [text]
    assert str(text) in page.content.decode()


def test_when_cognito_does_not_answer_the_page_says_so(browser, newcomer, monkeypatch):
    def respond(**_):
        raise ConnectTimeoutError(endpoint_url="https://cognito.example")

    browser.sign_in(newcomer)
    monkeypatch.setattr(cognito(), "respond_to_auth_challenge", respond)

    response = choose(browser)

    assert response.status_code == 200
    assert response.context["form"].non_field_errors() == [UNAVAILABLE]


def test_a_newcomer_without_a_group_is_refused_after_the_password(pool, browser):
    browser.sign_in(pool.person(permanent=False))

    page = choose(browser, follow=True)

    assert shown(page) == [NO_RIGHTS]
    assert not browser.is_in


@pytest.mark.parametrize("page", [PAGE, CODE_PAGE])
def test_without_a_sign_in_under_way_there_is_nothing_to_answer(pool, browser, page):
    for response in (browser.get(page, follow=True), browser.post(page, follow=True)):
        assert response.redirect_chain == [("/admin/login/", 302)]
        assert shown(response) == [EXPIRED]


def test_the_page_of_another_challenge_does_not_answer_this_one(browser, newcomer):
    browser.sign_in(newcomer)

    assert browser.post(CODE_PAGE, {"code": "123456"})["Location"] == "/admin/login/"


def test_a_sign_in_that_was_left_alone_is_over(browser, newcomer):
    with freeze_time("2026-08-01T12:00:00Z"):
        remembered = browser.session
        remembered["cognito_challenge"] = {
            "name": "NEW_PASSWORD_REQUIRED",
            "username": newcomer.username,
            "session": "s" * 20,
            "at": 1785585600 - pending.MAX_AGE_S - 1,
        }
        remembered.save()
        browser.cookies["sessionid"] = remembered.session_key

        assert browser.get(PAGE)["Location"] == "/admin/login/"


def test_a_challenge_that_the_browser_made_up_is_not_believed(pool, browser):
    victim = pool.person("admins")
    browser.cookies["sessionid"] = json.dumps(
        {"cognito_challenge": {"name": "NEW_PASSWORD_REQUIRED", "username": victim.username}}
    )

    assert choose(browser)["Location"] == "/admin/login/"
    assert browser.sign_in(victim).status_code == 302


# --- the second factor ------------------------------------------------------------------


@pytest.fixture
def careful(pool):
    """Someone in `editors` with an authenticator app, and its secret."""
    person = pool.person("editors")
    return person, person.use_authenticator()


def test_the_code_of_the_authenticator_app_is_asked_for(browser, careful):
    person, secret = careful
    asked = browser.sign_in(person, at="/admin/login/?next=//evil.example")
    assert asked["Location"] == CODE_PAGE
    assert not browser.is_in
    assert browser.get(CODE_PAGE).status_code == 200

    response = browser.post(CODE_PAGE, {"code": totp(secret)})

    assert response["Location"] == "/admin/"
    assert browser.is_in


def test_a_wrong_code_may_be_tried_again(browser, careful):
    person, secret = careful
    browser.sign_in(person)
    wrong = f"{(int(totp(secret)) + 500_000) % 1_000_000:06}"

    refused = browser.post(CODE_PAGE, {"code": wrong})

    assert refused.context["form"].errors == {"code": [WRONG_CODE]}
    assert browser.post(CODE_PAGE, {"code": totp(secret)}).status_code == 302


@pytest.mark.parametrize("code", ["", "12345", "1234567", "12345a", "١٢٣٤٥٦", "123456\n\n"])
def test_what_is_no_code_is_refused_by_the_form(browser, careful, code):
    browser.sign_in(careful[0])

    assert "code" in browser.post(CODE_PAGE, {"code": code}).context["form"].errors


def test_a_challenge_may_follow_a_challenge(browser, newcomer):
    browser.sign_in(newcomer)

    with Stubber(cognito()) as stub:
        stub.add_response(
            "respond_to_auth_challenge",
            {"ChallengeName": "SOFTWARE_TOKEN_MFA", "Session": "s" * 20},
        )
        response = choose(browser)

    assert response["Location"] == CODE_PAGE
