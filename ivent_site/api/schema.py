"""What drf-spectacular has to be told about this project."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension


def only_root(endpoints: list[Any], **_: Any) -> list[Any]:
    """The endpoints at the root; those under /api/ are the same ones again."""
    return [endpoint for endpoint in endpoints if not endpoint[0].startswith("/api/")]


class CognitoScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """Bearer tokens: ID or access tokens of the user pool."""

    target_class = "ivent_site.cognito.authentication.CognitoAuthentication"
    name = "cognito"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:  # noqa: ARG002 - the interface
        return {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
