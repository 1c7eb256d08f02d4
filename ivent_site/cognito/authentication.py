"""How the API knows its callers by their tokens."""

from typing import Final

from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from ivent_site.api.errors import Unavailable
from ivent_site.cognito.errors import UNAVAILABLE, CognitoUnavailableError, TokenError
from ivent_site.cognito.identity import Identity, identity_from_claims
from ivent_site.cognito.verifier import token_verifier

_SCHEME: Final = b"bearer"


class CognitoAuthentication(BaseAuthentication):
    """Takes `Authorization: Bearer TOKEN`, an ID or access token of the user pool."""

    def authenticate(self, request: Request) -> tuple[Identity, None] | None:
        """The token's identity; None when no Bearer token is there."""
        scheme, _, token = get_authorization_header(request).partition(b" ")
        if scheme.lower() != _SCHEME:
            return None
        try:
            # Latin-1 takes any byte; the verifier refuses what is not ASCII.
            claims = token_verifier().verify(token.strip().decode("latin-1"))
        except TokenError as err:
            raise AuthenticationFailed(str(err)) from err
        except CognitoUnavailableError as err:
            raise Unavailable(UNAVAILABLE) from err
        return identity_from_claims(claims), None

    def authenticate_header(self, request: Request) -> str:  # noqa: ARG002 - DRF's signature
        """What a 401 asks for."""
        return 'Bearer realm="ivent"'
