"""Verification of Cognito's ID and access tokens.

Pure: no Django, no AWS client. What is checked, and why the audience is compared by hand:
https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-tokens-verifying-a-jwt.html
"""

from collections.abc import Collection, Mapping
from typing import Any, Final

import jwt

from ivent_site.cognito.errors import TokenError
from ivent_site.cognito.keys import KeySet

ALGORITHM: Final = "RS256"
LEEWAY_S: Final = 30
MAX_TOKEN_CHARACTERS: Final = 8192
_MAX_TEXT: Final = 256
# Which claim of which kind of token names the app client.
_CLIENT_CLAIM: Final = {"id": "aud", "access": "client_id"}
# What a parser may raise on bytes that were made to make it fail.
_MALFORMED: Final = (ValueError, TypeError, OverflowError, RecursionError)


class TokenVerifier:
    """Tells whose token it is; knows one issuer and the app clients that count."""

    def __init__(self, *, issuer: str, client_ids: Collection[str], keys: KeySet) -> None:
        self._issuer = issuer
        self._client_ids = frozenset(client_ids)
        self._keys = keys

    def verify(self, token: str, *, uses: Collection[str] = ("id", "access")) -> Mapping[str, Any]:
        """The claims of a good token; `uses` says which kinds are taken.

        Raises TokenError for any other, CognitoUnavailableError when the keys are out of reach.
        """
        if len(token) > MAX_TOKEN_CHARACTERS or not token.isascii():
            raise TokenError("The token is malformed.")
        key = self._keys.get(_kid(token))
        if key is None:
            raise TokenError("The token is signed with an unknown key.")
        claims = self._decode(token, key)
        _check_types(claims)
        use = claims["token_use"]
        if use not in uses or use not in _CLIENT_CLAIM:
            raise TokenError("The token is of the wrong kind.")
        # A list that holds our client among others is somebody else's token.
        client_id = claims.get(_CLIENT_CLAIM[use])
        if not isinstance(client_id, str) or client_id not in self._client_ids:
            raise TokenError("The token was issued for another application.")
        return claims

    def _decode(self, token: str, key: Any) -> dict[str, Any]:
        try:
            return jwt.decode(
                token,
                key,
                algorithms=[ALGORITHM],
                issuer=self._issuer,
                leeway=LEEWAY_S,
                options={
                    "require": ["exp", "iat", "iss", "sub", "token_use"],
                    "verify_aud": False,
                },
            )
        except jwt.ExpiredSignatureError as err:
            raise TokenError("The token has expired.") from err
        except (jwt.PyJWTError, *_MALFORMED) as err:
            raise TokenError("The token is not valid.") from err


def _kid(token: str) -> str:
    try:
        header = jwt.get_unverified_header(token)
    except (jwt.PyJWTError, *_MALFORMED) as err:
        raise TokenError("The token is malformed.") from err
    kid = header.get("kid")
    if header.get("alg") != ALGORITHM or not isinstance(kid, str) or len(kid) > _MAX_TEXT:
        raise TokenError("The token is not signed as ours are.")
    return kid


def _check_types(claims: Mapping[str, Any]) -> None:
    """Refuse what PyJWT would read kindly: numbers as text, groups that are no list."""
    moments = [claims[name] for name in ("exp", "iat", "nbf") if name in claims]
    groups = claims.get("cognito:groups", [])
    good = (
        all(isinstance(moment, int | float) and moment is not True for moment in moments)
        and all(isinstance(claims[name], str) for name in ("iss", "sub", "token_use"))
        and 0 < len(claims["sub"]) <= _MAX_TEXT
        and isinstance(groups, list)
        and all(isinstance(group, str) for group in groups)
    )
    if not good:
        raise TokenError("The token's claims are not of their types.")
