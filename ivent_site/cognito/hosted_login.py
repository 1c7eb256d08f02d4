"""Cognito's hosted sign-in: the authorization code flow with PKCE, state and nonce.

https://docs.aws.amazon.com/cognito/latest/developerguide/authorization-endpoint.html
https://docs.aws.amazon.com/cognito/latest/developerguide/token-endpoint.html
"""

import base64
import hashlib
import json
import secrets
import urllib.error
import urllib.request
from dataclasses import asdict, dataclass, field
from http.client import HTTPException
from typing import Any, Final
from urllib.parse import urlencode

from django.conf import settings
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext_lazy as _

from ivent_site.cognito.errors import CognitoUnavailableError, SignInError, TokenError
from ivent_site.cognito.identity import Identity, identity_from_claims
from ivent_site.cognito.verifier import token_verifier

TIMEOUT_S: Final = 5
NOT_COMPLETED: Final = _("The sign-in was not completed. Please start again.")
_MAX_REPLY_BYTES: Final = 65536


def _random() -> str:
    return secrets.token_urlsafe(32)


@dataclass(frozen=True, kw_only=True)
class Flow:
    """The secrets of one sign-in; they stay with the browser that began it."""

    state: str = field(default_factory=_random)
    nonce: str = field(default_factory=_random)
    verifier: str = field(default_factory=_random)

    def as_dict(self) -> dict[str, str]:
        """The same as plain values."""
        return asdict(self)


def sign_in_url(*, flow: Flow, redirect_uri: str) -> str:
    """Where the browser has to go."""
    digest = hashlib.sha256(flow.verifier.encode()).digest()
    query = {
        "response_type": "code",
        "client_id": settings.COGNITO_CLIENT_IDS[0],
        "redirect_uri": redirect_uri,
        "scope": "openid email profile",
        "state": flow.state,
        "nonce": flow.nonce,
        "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
        "code_challenge_method": "S256",
    }
    return f"{settings.COGNITO_HOSTED_URL}/oauth2/authorize?{urlencode(query)}"


def sign_out_url(*, redirect_uri: str) -> str:
    """Where the browser has to go to end its session at the hosted page as well."""
    query = {"client_id": settings.COGNITO_CLIENT_IDS[0], "logout_uri": redirect_uri}
    return f"{settings.COGNITO_HOSTED_URL}/logout?{urlencode(query)}"


def code_exchange(*, flow: Flow, state: str, code: str, redirect_uri: str) -> Identity:
    """Who has signed in at the hosted page.

    Raises SignInError when the reply is not to this flow or the code is not good,
    CognitoUnavailableError when Cognito does not answer.
    """
    if not code or not constant_time_compare(state, flow.state):
        raise SignInError(NOT_COMPLETED)
    form = {
        "grant_type": "authorization_code",
        "client_id": settings.COGNITO_CLIENT_IDS[0],
        "code": code,
        "redirect_uri": redirect_uri,
        "code_verifier": flow.verifier,
    }
    try:
        claims = token_verifier().verify(_post(form)["id_token"], uses=("id",))
    except (KeyError, TypeError, TokenError) as err:
        raise SignInError(NOT_COMPLETED) from err
    if not constant_time_compare(str(claims.get("nonce", "")), flow.nonce):
        raise SignInError(NOT_COMPLETED)
    return identity_from_claims(claims)


def _post(form: dict[str, str]) -> Any:
    request = urllib.request.Request(  # noqa: S310 - the address is a setting
        f"{settings.COGNITO_HOSTED_URL}/oauth2/token", data=urlencode(form).encode()
    )
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_S) as reply:  # noqa: S310 - see above
            return json.loads(reply.read(_MAX_REPLY_BYTES))
    except urllib.error.HTTPError as err:
        with err:
            if err.code < 500:  # noqa: PLR2004 - the code was refused
                raise SignInError(NOT_COMPLETED) from err
            raise CognitoUnavailableError("Cognito's token endpoint fails.") from err
    except (OSError, HTTPException, ValueError) as err:
        raise CognitoUnavailableError("Cognito's token endpoint does not answer.") from err
