"""What drf-spectacular cannot see of this project's API."""

from typing import Any, Final

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter

from ivent_site.api.conditional import IF_MATCH, IF_NONE_MATCH

_METHODS = frozenset({"get", "put", "post", "patch", "delete"})
_ERROR = {
    "type": "object",
    "required": ["field", "code", "message"],
    "properties": {
        "field": {
            "type": "string",
            "nullable": True,
            "description": "The field, parameter or header; null for the request as a whole.",
        },
        "code": {"type": "string", "description": "For programs."},
        "message": {"type": "string", "description": "For people."},
    },
}
_ERRORS = {
    "type": "object",
    "required": ["errors"],
    "properties": {"errors": {"type": "array", "items": _ERROR}},
}
_ERRORS_EXAMPLE = {
    "errors": [
        {"field": "starts_at", "code": "required", "message": "Give starts_at or date."},
        {"field": "colour", "code": "unknown_field", "message": "There is no such field."},
    ]
}
_PRECONDITION_EXAMPLE = {
    "errors": [
        {
            "field": IF_MATCH,
            "code": "precondition_failed",
            "message": "The condition does not hold for what is there now: read it again, "
            "then retry.",
        }
    ]
}
_HEADERS: Final = {
    "ETag": {
        "description": "Names this state of the resource.",
        "schema": {"type": "string"},
    }
}

_ETAGS: Final = {
    "type": "string",
    "pattern": r'^(\*|(W/)?"[\x21\x23-\x7e]*"(, *(W/)?"[\x21\x23-\x7e]*")*)$',
}

IF_MATCH_PARAMETER: Final = OpenApiParameter(
    IF_MATCH,
    _ETAGS,
    OpenApiParameter.HEADER,
    description="The ETag that a GET sent, or several: if the resource has changed since, nothing "
    "is done (412). Left out, or `*`: whatever is there is changed.",
)
IF_NONE_MATCH_PARAMETER: Final = OpenApiParameter(
    IF_NONE_MATCH,
    _ETAGS,
    OpenApiParameter.HEADER,
    description="The ETag of a reply that you keep, or several: if it still holds, the reply is "
    "304 without a body.",
)


class Schema(AutoSchema):
    """Takes the parameters from the view, which refuses any other; and If-None-Match for a GET."""

    def get_override_parameters(self) -> list[Any]:
        declared = getattr(self.view, "parameters_by_method", {}).get(self.method, [])
        return [*declared, *([IF_NONE_MATCH_PARAMETER] if self.method == "GET" else [])]


def only_root(endpoints: list[Any], **_: Any) -> list[Any]:
    """The endpoints at the root; those under /api/ are the same ones again."""
    return [endpoint for endpoint in endpoints if not endpoint[0].startswith("/api/")]


def with_errors(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Every operation may also reply with an error, and all errors have one shape."""
    result.setdefault("components", {}).setdefault("schemas", {})["Errors"] = _ERRORS
    for operations in result["paths"].values():
        for method, operation in operations.items():
            if method in _METHODS:
                replies = operation["responses"]
                replies["default"] = _error("Error", _ERRORS_EXAMPLE)
                replies |= _conditional(method, operation)
    return result


def _conditional(method: str, operation: dict[str, Any]) -> dict[str, Any]:
    """What the reply to a condition adds to an operation."""
    named = {each["name"] for each in operation.get("parameters", [])}
    if not named & {IF_MATCH, IF_NONE_MATCH}:
        return {}
    for code, reply in operation["responses"].items():
        if code in {"200", "201"}:
            reply["headers"] = _HEADERS
    if method == "get":
        return {"304": {"description": "You have it already.", "headers": _HEADERS}}
    return {"412": _error("It has changed since; nothing was done.", _PRECONDITION_EXAMPLE)}


def _error(description: str, example: dict[str, Any]) -> dict[str, Any]:
    media = {"schema": {"$ref": "#/components/schemas/Errors"}, "example": example}
    return {"description": description, "content": {"application/json": media}}


class CognitoScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """Bearer tokens: ID or access tokens of the user pool."""

    target_class = "ivent_site.cognito.authentication.CognitoAuthentication"
    name = "cognito"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:  # noqa: ARG002 - the interface
        return {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
