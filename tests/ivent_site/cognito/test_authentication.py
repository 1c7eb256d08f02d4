"""The API knows its callers by their tokens."""

import pytest
from rest_framework.test import APIClient

from ivent_site.cognito import authentication
from ivent_site.cognito.errors import UNAVAILABLE, CognitoUnavailableError
from ivent_site.cognito.keys import KeySet
from ivent_site.cognito.tokens import TokenVerifier
from tests.ivent_site.cognito import forge

pytestmark = pytest.mark.urls("tests.ivent_site.cognito.urls")


def ask(token, method="get", scheme="Bearer"):
    return getattr(APIClient(), method)(
        "/probe", HTTP_AUTHORIZATION=f"{scheme} {token}", HTTP_ACCEPT="application/json"
    )


@pytest.fixture
def own_issuer(monkeypatch):
    """The API trusts the keys of `forge`."""
    keys = KeySet("https://keys.example", fetch=lambda _: forge.jwks())
    verifier = TokenVerifier(issuer=forge.ISSUER, client_ids=[forge.CLIENT], keys=keys)
    monkeypatch.setattr(authentication, "token_verifier", lambda: verifier)


def test_an_id_token_of_the_pool_opens_the_api(pool):
    person = pool.person("editors", "viewers")

    response = ask(person.tokens()["IdToken"])

    assert (response.status_code, response.json()) == (
        200,
        {
            "sub": person.sub,
            "pk": person.sub,
            "email": person.email,
            "groups": ["editors", "viewers"],
            "is_staff": True,
        },
    )


def test_an_access_token_of_the_pool_opens_the_api_without_an_address(pool):
    person = pool.person()

    response = ask(person.tokens()["AccessToken"])

    assert (response.status_code, response.json()) == (
        200,
        {"sub": person.sub, "pk": person.sub, "email": "", "groups": [], "is_staff": False},
    )


def test_a_refresh_token_does_not_open_the_api(pool):
    assert ask(pool.person("admins").tokens()["RefreshToken"]).status_code == 401


def test_another_clients_tokens_do_not_open_the_api(pool):
    tokens = pool.person("admins").tokens(client_id=pool.other_client_id)

    assert ask(tokens["IdToken"]).status_code == 401
    assert ask(tokens["AccessToken"]).status_code == 401


def test_an_address_that_is_not_verified_is_not_told(own_issuer):
    for verified in (False, "false", None, 1.5, [True], "yes"):
        token = forge.sign(forge.claims(email_verified=verified))

        assert ask(token).json()["email"] == ""
    assert ask(forge.sign(forge.claims(email_verified="true"))).json()["email"] != ""


@pytest.mark.parametrize("name", [name for name in forge.FORGERIES if name != "empty"])
def test_a_forged_token_gets_401_and_is_not_repeated(own_issuer, name):
    token = forge.FORGERIES[name]()

    response = ask(token)

    assert response.status_code == 401
    assert response["WWW-Authenticate"] == 'Bearer realm="ivent"'
    assert token[:20] not in response.content.decode()


@pytest.mark.parametrize("header", ["Bearer", "Bearer ", "bearer  ", "Basic a2ltOmtpbQ==", "", "x"])
def test_without_a_token_the_api_asks_for_one(own_issuer, header):
    response = APIClient().get("/probe", HTTP_AUTHORIZATION=header)

    assert response.status_code == 401
    assert response["WWW-Authenticate"] == 'Bearer realm="ivent"'


def test_the_scheme_is_compared_without_case(own_issuer):
    assert ask(forge.sign(forge.claims()), scheme="bEARER").status_code == 200


def test_while_the_keys_are_out_of_reach_the_api_says_503(monkeypatch):
    class Unreachable:
        def verify(self, _):
            raise CognitoUnavailableError

    monkeypatch.setattr(authentication, "token_verifier", Unreachable)

    response = ask(forge.sign(forge.claims()))

    assert response.status_code == 503
    assert response.json() == {
        "errors": [{"field": None, "code": "unavailable", "message": UNAVAILABLE}]
    }


@pytest.mark.parametrize(
    ("groups", "allowed"),
    [
        ([], {"get", "head", "options"}),
        (["viewers"], {"get", "head", "options", "patch"}),
        (["editors"], {"get", "head", "options", "patch", "post"}),
        (["admins"], {"get", "head", "options", "patch", "post"}),
        (["gardeners"], {"get", "head", "options"}),
    ],
)
def test_each_method_asks_for_its_own_right(own_issuer, groups, allowed):
    token = forge.sign(forge.claims(**{"cognito:groups": groups}))

    replies = {
        method: ask(token, method).status_code
        for method in ("get", "head", "options", "post", "patch", "delete")
    }

    assert {method for method, status in replies.items() if status < 300} == allowed
    assert {status for status in replies.values() if status >= 300} == {403}


def test_the_browsable_api_can_ask_which_forms_to_show(own_issuer):
    token = forge.sign(forge.claims())

    response = APIClient().get(
        "/probe", HTTP_AUTHORIZATION=f"Bearer {token}", HTTP_ACCEPT="text/html"
    )

    assert (response.status_code, response["Content-Type"]) == (200, "text/html; charset=utf-8")


def test_a_method_that_the_view_does_not_have_is_405_for_the_known_and_401_for_others(own_issuer):
    assert ask(forge.sign(forge.claims()), "put").status_code == 405
    assert ask("garbage", "put").status_code == 401
