"""Examples in the API's description."""

from typing import Any

from drf_spectacular.utils import OpenApiExample


def request(name: str, body: dict[str, Any]) -> OpenApiExample:
    """A body that the operation accepts as it is."""
    return OpenApiExample(name, value=body, request_only=True)


def reply(name: str, body: Any, *, status: str = "200") -> OpenApiExample:
    """What the operation may reply."""
    return OpenApiExample(name, value=body, response_only=True, status_codes=[status])


def page(*results: dict[str, Any]) -> dict[str, Any]:
    """A list's last page."""
    return {"next": None, "results": [*results]}
