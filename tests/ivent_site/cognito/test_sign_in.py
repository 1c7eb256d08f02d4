"""Signing in with user name and password."""

import pytest
from botocore.exceptions import ConnectTimeoutError
from botocore.stub import Stubber
from django.test import Client

from ivent_site.aws import cognito
from ivent_site.cognito.errors import UNAVAILABLE
from ivent_site.cognito.models import StaffUser
from ivent_site.cognito.password_login import (
    INCOMPLETE,
    OTHER_CHALLENGE,
    RESET,
    TOO_MANY,
    WRONG_CREDENTIALS,
)
from ivent_site.cognito.services import NO_RIGHTS
from tests.dynamodb_calls import dynamodb_calls
from tests.ivent_site.cognito.conftest import Browser


def errors_of(response):
    return response.context["form"].non_field_errors()


@pytest.fixture
def stub(pool):
    with Stubber(cognito()) as stubber:
        yield stubber


@pytest.mark.parametrize("group", ["admins", "editors", "viewers"])
def test_a_member_of_a_staff_group_gets_in(pool, browser, group):
    response = browser.sign_in(pool.person(group))

    assert (response.status_code, response["Location"]) == (302, "/admin/")
    assert browser.is_in


def test_the_first_sign_in_makes_the_staff_row_and_the_next_keeps_it(pool, browser):
    person = pool.person("editors")

    browser.sign_in(person)
    first = StaffUser.objects.get(pk=person.sub)
    Browser().sign_in(person)
    second = StaffUser.objects.get(pk=person.sub)

    assert (first.username, first.email, first.name) == (person.username, person.email, "Kim Doe")
    assert first.last_login_at == first.created_at
    assert second.last_login_at > first.last_login_at
    assert (second.created_at, second.session_epoch) == (first.created_at, first.session_epoch)


def test_signing_in_costs_one_write(pool, browser):
    person = pool.person("editors")

    with dynamodb_calls() as calls:
        browser.sign_in(person)

    assert calls == {"UpdateItem": 1}


def test_an_address_that_cognito_has_not_verified_is_not_kept(pool, browser):
    person = pool.person("editors", verified=False)

    browser.sign_in(person)

    assert StaffUser.objects.get(pk=person.sub).email == ""


def test_someone_without_a_group_is_refused_clearly_and_leaves_no_row(pool, browser):
    for person in (pool.person(), pool.person("gardeners")):
        response = browser.sign_in(person)

        assert response.status_code == 200
        assert errors_of(response) == [NO_RIGHTS]
        assert not StaffUser.objects.filter(pk=person.sub).exists()
        assert not browser.is_in


def test_wrong_password_unknown_and_disabled_user_get_one_answer(pool, browser):
    disabled = pool.person("editors")
    disabled.disable()
    replies = [
        browser.sign_in(pool.person("editors"), password="Wrong-horse-1"),
        browser.post("/admin/login/", {"username": "no@example.com", "password": "Wrong-1"}),
        browser.sign_in(disabled),
    ]

    assert [errors_of(reply) for reply in replies] == [[WRONG_CREDENTIALS]] * 3
    assert not browser.is_in


def test_a_refusal_is_told_in_the_language_of_the_page(pool, browser):
    data = {"username": "no@example.com", "password": "Wrong-1"}
    page = browser.post("/admin/login/", data, headers={"Accept-Language": "de"})
    assert "Zu diesem Benutzernamen und Passwort gibt es kein Konto" in page.content.decode()
    assert "Willkommen zurück bei" in page.content.decode()


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"username": "", "password": ""},
        {"username": "kim", "password": ""},
        {"username": "k" * 300, "password": "x"},
        {"username": "kim\0", "password": "x"},
        {"username": "kim", "password": "x" * 300},
    ],
)
def test_nonsense_is_refused_by_the_form(pool, browser, data):
    response = browser.post("/admin/login/", data)

    assert response.status_code == 200
    assert response.context["form"].errors


@pytest.mark.parametrize(
    ("code", "message", "shown"),
    [
        ("NotAuthorizedException", "Incorrect username or password.", WRONG_CREDENTIALS),
        ("NotAuthorizedException", "User is disabled.", WRONG_CREDENTIALS),
        ("UserNotFoundException", "User does not exist.", WRONG_CREDENTIALS),
        ("UserNotConfirmedException", "User is not confirmed.", WRONG_CREDENTIALS),
        ("InvalidParameterException", "1 validation error detected", WRONG_CREDENTIALS),
        ("NotAuthorizedException", "Password attempts exceeded", TOO_MANY),
        ("TooManyRequestsException", "Rate exceeded", TOO_MANY),
        ("LimitExceededException", "Attempt limit exceeded", TOO_MANY),
        ("PasswordResetRequiredException", "Password reset required", RESET),
        ("InvalidParameterException", "USER_PASSWORD_AUTH flow not enabled", UNAVAILABLE),
        ("ResourceNotFoundException", "User pool client does not exist.", UNAVAILABLE),
        ("InternalErrorException", "", UNAVAILABLE),
    ],
)
def test_what_cognito_refuses_is_told_in_our_words(stub, browser, code, message, shown):
    stub.add_client_error("initiate_auth", code, message)

    response = browser.post("/admin/login/", {"username": "kim", "password": "x"})

    assert response.status_code == 200
    assert errors_of(response) == [shown]


def test_when_cognito_does_not_answer_the_form_says_so(pool, browser, monkeypatch):
    def initiate_auth(**_):
        raise ConnectTimeoutError(endpoint_url="https://cognito.example")

    monkeypatch.setattr(cognito(), "initiate_auth", initiate_auth)

    response = browser.post("/admin/login/", {"username": "kim", "password": "x"})

    assert response.status_code == 200
    assert errors_of(response) == [UNAVAILABLE]


def test_a_pool_that_is_not_ours_signs_nobody_in(pool, browser, settings):
    person = pool.person("admins")
    settings.COGNITO_ISSUER += "2"

    response = browser.sign_in(person)

    assert errors_of(response) == [UNAVAILABLE]


@pytest.mark.parametrize("name", ["SMS_MFA", "MFA_SETUP", "EMAIL_OTP", "SELECT_MFA_TYPE"])
def test_a_challenge_of_another_kind_is_refused_by_name(stub, browser, name):
    stub.add_response("initiate_auth", {"ChallengeName": name, "Session": "s" * 20})

    response = browser.post("/admin/login/", {"username": "kim", "password": "x"})

    assert errors_of(response) == [OTHER_CHALLENGE.format(name=name)]


def test_an_account_that_the_page_cannot_complete_is_refused_clearly(stub, browser):
    asked = {"USER_ID_FOR_SRP": "kim", "requiredAttributes": '["userAttributes.name"]'}
    reply = {"ChallengeName": "NEW_PASSWORD_REQUIRED", "Session": "s" * 20}
    stub.add_response("initiate_auth", {**reply, "ChallengeParameters": asked})

    response = browser.post("/admin/login/", {"username": "kim", "password": "x"})

    assert errors_of(response) == [INCOMPLETE]


def test_the_password_is_in_no_log_line(pool, browser, caplog):
    browser.sign_in(pool.person("editors"), password="Secret-horse-9")
    browser.sign_in(pool.person("editors"))

    assert "horse" not in caplog.text


# --- the page ---------------------------------------------------------------------------


def test_the_page_is_never_cached_and_its_cookies_are_closed(pool, browser):
    page = browser.get("/admin/login/")
    browser.sign_in(pool.person("editors"))

    assert "no-store" in page["Cache-Control"]
    assert page["X-Frame-Options"] == "DENY"
    session = browser.cookies["sessionid"]
    assert (session["secure"], session["httponly"], session["samesite"]) == (True, True, "Lax")
    assert browser.cookies["csrftoken"]["secure"] is True


def test_a_post_without_csrf_token_is_refused(pool):
    person = pool.person("editors")
    browser = Client(enforce_csrf_checks=True)
    credentials = {"username": person.email, "password": person.password}

    refused = browser.post(
        "/admin/login/", credentials, secure=True, headers={"Origin": "https://testserver"}
    )
    browser.get("/admin/login/", secure=True)
    token = browser.cookies["csrftoken"].value
    foreign = browser.post(
        "/admin/login/",
        {**credentials, "csrfmiddlewaretoken": token},
        secure=True,
        headers={"Origin": "https://evil.example"},
    )
    accepted = browser.post(
        "/admin/login/",
        {**credentials, "csrfmiddlewaretoken": token},
        secure=True,
        headers={"Origin": "https://testserver"},
    )

    assert [refused.status_code, foreign.status_code, accepted.status_code] == [403, 403, 302]
    # A token from before the sign-in is of no use after it.
    assert browser.cookies["csrftoken"].value != token


@pytest.mark.parametrize(
    ("target", "goes_to"),
    [
        ("/admin/cognito/staffuser/", "/admin/cognito/staffuser/"),
        ("https://evil.example/", "/admin/"),
        ("//evil.example/", "/admin/"),
        ("/\\evil.example/", "/admin/"),
        ("javascript:alert(1)", "/admin/"),
        ("http://testserver/admin/", "/admin/"),
        ("", "/admin/"),
    ],
)
def test_the_way_on_never_leaves_the_site(pool, browser, target, goes_to):
    person = pool.person("admins")
    posted = {"username": person.email, "password": person.password, "next": target}

    assert browser.post("/admin/login/", posted)["Location"] == goes_to


def test_a_session_from_before_the_sign_in_is_not_carried_over(pool, browser):
    session = browser.session
    session["planted"] = "by a stranger"
    session.save()
    browser.cookies["sessionid"] = session.session_key

    browser.sign_in(pool.person("editors"))

    assert browser.is_in
    assert "planted" not in browser.session


def test_who_is_in_is_sent_on_from_the_sign_in_page(pool, browser):
    browser.sign_in(pool.person("viewers"))

    assert browser.get("/admin/login/")["Location"] == "/admin/"


def test_the_hosted_button_is_there_only_when_it_leads_somewhere(pool, browser, settings):
    assert b"hosted" not in browser.get("/admin/login/").content
    settings.COGNITO_HOSTED_URL = "https://sign-in.example"

    page = browser.get("/admin/login/?next=/admin/events/event/").content

    assert b'href="/admin/login/hosted/?next=%2Fadmin%2Fevents%2Fevent%2F"' in page


def test_django_has_no_password_to_change(pool, browser):
    browser.sign_in(pool.person("admins"))

    assert browser.get("/admin/password_change/").status_code == 404
    assert b"password" not in browser.get("/admin/").content
