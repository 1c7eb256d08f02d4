"""A sign-in under way, kept in the browser's signed session between two pages."""

import time
from typing import Any, Final

from django.http import HttpRequest

# As long as Cognito itself keeps a challenge open, at most.
MAX_AGE_S: Final = 15 * 60


def remember(request: HttpRequest, key: str, values: dict[str, str]) -> None:
    """Keep the values for one sign-in."""
    request.session[key] = {**values, "at": int(time.time())}


def recall(request: HttpRequest, key: str) -> dict[str, Any] | None:
    """What was remembered; None when there is nothing, or it is too old."""
    values: dict[str, Any] | None = request.session.get(key)
    if values is None or not 0 <= time.time() - values["at"] <= MAX_AGE_S:
        return None
    return values


def forget(request: HttpRequest, key: str) -> None:
    """Drop what was remembered."""
    request.session.pop(key, None)
