"""The verifier of this stage's user pool."""

from functools import lru_cache

from django.conf import settings

from ivent_site.cognito.keys import KeySet
from ivent_site.cognito.tokens import TokenVerifier


def token_verifier() -> TokenVerifier:
    """The process' one verifier; its keys stay cached between requests."""
    return _verifier(
        settings.COGNITO_ISSUER, settings.COGNITO_JWKS_URL, tuple(settings.COGNITO_CLIENT_IDS)
    )


@lru_cache(maxsize=4)
def _verifier(issuer: str, jwks_url: str, client_ids: tuple[str, ...]) -> TokenVerifier:
    return TokenVerifier(issuer=issuer, client_ids=client_ids, keys=KeySet(jwks_url))
