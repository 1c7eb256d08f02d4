"""Who a verified token speaks for."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from ivent_site.cognito.permissions import HasRights

# Cognito writes a JSON boolean, or its text where an identity provider was mapped.
_VERIFIED: Final = (True, "true")


@dataclass(frozen=True, kw_only=True)
class Identity(HasRights):
    """The holder of a token: what the API's views see as `request.user`.

    `sub` is the one identifier that never changes or moves to another person. `email` is
    empty unless Cognito has verified it; access tokens carry none.
    """

    sub: str
    username: str
    email: str = ""
    name: str = ""
    groups: frozenset[str] = frozenset()

    is_active = True
    is_authenticated = True
    is_anonymous = False

    @property
    def pk(self) -> str:
        """The `sub`, as Django and DRF call it."""
        return self.sub

    def get_username(self) -> str:
        """The name to show."""
        return self.email or self.username

    def __str__(self) -> str:
        return self.sub


def identity_from_claims(claims: Mapping[str, Any]) -> Identity:
    """The identity in verified claims (of ivent_site.cognito.tokens)."""
    verified = claims.get("email_verified") in _VERIFIED
    return Identity(
        sub=claims["sub"],
        username=_text(claims, "cognito:username") or _text(claims, "username") or claims["sub"],
        email=_text(claims, "email") if verified else "",
        name=_text(claims, "name"),
        groups=frozenset(claims.get("cognito:groups", ())),
    )


def _text(claims: Mapping[str, Any], name: str) -> str:
    value = claims.get(name, "")
    return value if isinstance(value, str) else ""
