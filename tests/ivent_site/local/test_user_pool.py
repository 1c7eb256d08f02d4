import urllib.request

import jwt
import pytest
from django.conf import settings

from ivent_site.local.clients import client
from ivent_site.local.user_pool import PASSWORD, PEOPLE, UserPool, create_user_pool

URLS = {
    "callback_urls": ["http://localhost:8000/admin/login/callback/"],
    "logout_urls": ["http://localhost:8000/admin/login/"],
}


@pytest.fixture
def pool(aws: None) -> UserPool:
    return create_user_pool(**URLS)


def _claims(pool: UserPool, email: str, kind: str) -> dict:
    result = client("cognito-idp").initiate_auth(
        AuthFlow="USER_PASSWORD_AUTH",
        ClientId=pool.client_id,
        AuthParameters={"USERNAME": email, "PASSWORD": PASSWORD},
    )
    token = result["AuthenticationResult"][kind]
    keys_url = f"{settings.AWS_ENDPOINT_URL}/{pool.pool_id}/.well-known/jwks.json"
    with urllib.request.urlopen(keys_url) as reply:
        keys = jwt.PyJWKSet.from_json(reply.read().decode())
    key = next(key for key in keys.keys if key.key_id == jwt.get_unverified_header(token)["kid"])
    return jwt.decode(token, key, algorithms=["RS256"], options={"verify_aud": False})


@pytest.mark.parametrize(("email", "group"), PEOPLE.items())
def test_everybody_gets_tokens_with_their_group_and_a_verified_address(
    pool: UserPool, email: str, group: str | None
) -> None:
    claims = _claims(pool, email, "IdToken")

    assert claims["email"] == email
    assert claims["email_verified"] is True
    assert claims.get("cognito:groups") == ([group] if group else None)


def test_the_local_aws_signs_as_amazon_does(pool: UserPool) -> None:
    issuer = f"https://cognito-idp.eu-central-1.amazonaws.com/{pool.pool_id}"

    identity = _claims(pool, "admin@example.com", "IdToken")
    assert identity["iss"] == issuer
    assert identity["aud"] == pool.client_id
    access = _claims(pool, "admin@example.com", "AccessToken")
    assert access["iss"] == issuer
    assert access["client_id"] == pool.client_id


def test_a_second_start_finds_the_pool_and_moves_its_addresses(pool: UserPool) -> None:
    moved = {**URLS, "callback_urls": ["http://localhost:9000/admin/login/callback/"]}

    assert create_user_pool(**moved) == pool
    described = client("cognito-idp").describe_user_pool_client(
        UserPoolId=pool.pool_id, ClientId=pool.client_id
    )
    assert described["UserPoolClient"]["CallbackURLs"] == moved["callback_urls"]
