"""Pages by cursor: the key of the last row, signed, so that a caller reads from nowhere else.

The signature holds no time: the same page has the same bytes, and so the same ETag.
"""

import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.core import signing
from drf_spectacular.utils import OpenApiParameter, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from ivent_site.api.errors import FieldError

PAGE_SIZE = 50
LIMIT_MAX = 100
_LIMIT = re.compile(r"[1-9][0-9]?|100")

PAGE_PARAMETERS = [
    OpenApiParameter(
        "cursor",
        {"type": "string", "minLength": 1},
        description="From `next` of the page before.",
    ),
    OpenApiParameter(
        "limit",
        {"type": "integer", "minimum": 1, "maximum": LIMIT_MAX, "default": PAGE_SIZE},
        description="Rows per page.",
    ),
]


def page_limit(request: Request) -> int:
    """The page size that is asked for; FieldError for nonsense."""
    text = request.query_params.get("limit")
    if text is None:
        return PAGE_SIZE
    if not _LIMIT.fullmatch(text):
        raise FieldError("limit", "invalid", f"Give a whole number from 1 to {LIMIT_MAX}.")
    return int(text)


def page_cursor(request: Request, *, scope: str) -> Any | None:
    """The key in the request's cursor, None on the first page; FieldError if it is not ours."""
    text = request.query_params.get("cursor")
    return None if text is None else cursor_key(text, scope=scope)


def cursor_key(text: str, *, scope: str) -> Any:
    """The key in a cursor that `cursor_for` gave for this scope; else FieldError."""
    try:
        return _signer(scope).unsign_object(text)
    except (signing.BadSignature, ValueError) as err:
        message = "This is no cursor of this list: start again without one."
        raise FieldError("cursor", "invalid_cursor", message) from err


def cursor_for(key: Any, *, scope: str) -> str:
    """A cursor (text for a URL) that stands for a JSON key in this list only."""
    return _signer(scope).sign_object(key)


def _signer(scope: str) -> signing.Signer:
    return signing.Signer(salt=f"cursor.{scope}")


def page_response(
    request: Request, results: Sequence[Any], next_key: Any | None, *, scope: str
) -> Response:
    """`{"next": URL or null, "results": [...]}`."""
    following = None
    if next_key is not None:
        query = {**request.query_params.dict(), "cursor": cursor_for(next_key, scope=scope)}
        following = request.build_absolute_uri(f"{request.path}?{urlencode(query)}")
    return Response({"next": following, "results": results})


def page_of(item: type[serializers.Serializer[Any]]) -> serializers.Serializer[Any]:
    """The page's schema, for drf-spectacular."""
    return inline_serializer(
        f"{item.__name__.removesuffix('Serializer')}Page",
        {"next": serializers.URLField(allow_null=True), "results": item(many=True)},
    )
