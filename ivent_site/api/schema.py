"""What drf-spectacular has to be told about this project."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension

_METHODS = frozenset({"get", "put", "post", "patch", "delete"})
_ERROR = {
    "type": "object",
    "required": ["field", "code", "message"],
    "properties": {
        "field": {"type": "string", "nullable": True},
        "code": {"type": "string"},
        "message": {"type": "string"},
    },
}
_ERRORS = {
    "type": "object",
    "required": ["errors"],
    "properties": {"errors": {"type": "array", "items": _ERROR}},
}


def only_root(endpoints: list[Any], **_: Any) -> list[Any]:
    """The endpoints at the root; those under /api/ are the same ones again."""
    return [endpoint for endpoint in endpoints if not endpoint[0].startswith("/api/")]


def with_errors(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Every operation may also reply with an error, and all errors have one shape."""
    result.setdefault("components", {}).setdefault("schemas", {})["Errors"] = _ERRORS
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/Errors"}}}
    for operations in result["paths"].values():
        for method, operation in operations.items():
            if method in _METHODS:
                operation["responses"]["default"] = {"description": "Error", "content": content}
    return result


class CognitoScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """Bearer tokens: ID or access tokens of the user pool."""

    target_class = "ivent_site.cognito.authentication.CognitoAuthentication"
    name = "cognito"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:  # noqa: ARG002 - the interface
        return {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
