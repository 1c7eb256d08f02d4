"""Whose token it is: only what Cognito signed, for us, now."""

import time

import pytest
from freezegun import freeze_time

from ivent_site.cognito.errors import CognitoUnavailableError, TokenError
from ivent_site.cognito.keys import KeySet
from ivent_site.cognito.tokens import TokenVerifier
from tests.ivent_site.cognito import forge


def verifier(fetch=lambda _: forge.jwks()):
    keys = KeySet("https://keys.example", fetch=fetch)
    return TokenVerifier(issuer=forge.ISSUER, client_ids=[forge.CLIENT, "second"], keys=keys)


@pytest.mark.parametrize(
    "claims", [forge.claims(), forge.access_claims(), forge.claims(aud="second")]
)
def test_a_good_token_gives_its_claims(claims):
    assert verifier().verify(forge.sign(claims)) == claims


@pytest.mark.parametrize("name", forge.FORGERIES)
def test_a_forged_token_is_refused_and_never_repeated(name):
    token = forge.FORGERIES[name]()

    with pytest.raises(TokenError) as refusal:
        verifier().verify(token)

    assert not token or token not in str(refusal.value)
    assert len(str(refusal.value)) < 60


def test_only_the_wanted_kind_of_token_is_taken():
    assert verifier().verify(forge.sign(forge.claims()), uses=("id",))
    with pytest.raises(TokenError, match="wrong kind"):
        verifier().verify(forge.sign(forge.access_claims()), uses=("id",))


def test_clocks_may_differ_by_half_a_minute_and_no_more():
    now = int(time.time())
    token = forge.sign(forge.claims(iat=now, nbf=now, exp=now + 600))

    for offset in (-29, 629):
        with freeze_time(_at(now + offset)):
            assert verifier().verify(token)
    for offset, why in ((-32, "not valid"), (631, "expired")):
        with freeze_time(_at(now + offset)), pytest.raises(TokenError, match=why):
            verifier().verify(token)


def _at(timestamp):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(timestamp))


def test_without_keys_a_token_is_neither_good_nor_bad():
    def fetch(_):
        raise CognitoUnavailableError

    with pytest.raises(CognitoUnavailableError):
        verifier(fetch).verify(forge.sign(forge.claims()))


def test_a_token_without_groups_has_none():
    claims = verifier().verify(forge.sign(forge.claims(**{"cognito:groups": None})))

    assert "cognito:groups" not in claims
