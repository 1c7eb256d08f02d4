"""The Idempotency-Key header: a repeated request gets the first one's reply, and does nothing.

The reply is stored in the same transaction as the work. So there is no state between: either
both are there, and a repetition is answered from the row, or neither is, and it does the work.
Of two at once, one commits; the other finds its reply.
"""

import hashlib
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import transaction
from drf_spectacular.utils import OpenApiParameter
from rest_framework import exceptions, status
from rest_framework.request import Request
from rest_framework.response import Response

from ivent_site.api.errors import FieldError
from ivent_site.api.tables import IdempotencyRow
from ivent_site.dynamodb.writes import ConflictError, get, put

HEADER = "Idempotency-Key"
KEPT = timedelta(hours=24)
_KEPT_HEADERS = ("Location", "ETag")
KEY_CHARS = 255
# RFC 8941: a quoted string, in which only a quote and a backslash are escaped; parameters behind
# it, which the draft defines none of, are ignored as that RFC says.
_ESCAPED = re.compile(r'\\(["\\])')
_STRING = re.compile(r'"((?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\])*)"(?: *;[\x20-\x7e]*)?')
_UNPRINTABLE = re.compile(r"[^\x20-\x7e]")

IDEMPOTENCY_PARAMETER = OpenApiParameter(
    HEADER,
    {"type": "string", "minLength": 1, "pattern": r"^[\x20-\x7e]+$"},
    OpenApiParameter.HEADER,
    description="Your name for this request: 1 to 255 printable ASCII characters, spaces "
    'included, quoted or not (`"8e03978e"` and `8e03978e` are the same key). Repeating the request '
    "with the same key and body within 24 hours gives the same reply and does nothing else; with "
    "another body it is refused (422).",
)


class KeyReused(exceptions.APIException):
    """422: the key belongs to another body."""

    status_code = status.HTTP_422_UNPROCESSABLE_ENTITY
    default_code = "key_reused"
    default_detail = {HEADER: ["This key was used with another body: use a new one."]}


def idempotently(request: Request, work: Callable[[], Response]) -> Response:
    """What `work` replies, or what it replied to the same request before.

    `work` runs in a transaction, which takes the reply along; errors are not kept. Without
    the header it just runs. Raises FieldError for a bad key, KeyReused, ConflictError.
    """
    if HEADER not in request.headers:
        return work()
    key, body = _key(request), _body_sha256(request)
    if (kept := _kept(key, body)) is not None:
        return kept
    try:
        with transaction.atomic():
            response = work()
            _keep(key, body, response)
    except ConflictError:
        if (kept := _kept(key, body)) is not None:
            return kept
        raise
    return response


def _key(request: Request) -> str:
    named = _named(request.headers[HEADER])
    scope = [str(request.user.pk), str(request.method), request.path, named]
    return hashlib.sha256(json.dumps(scope).encode()).hexdigest()


def _named(header: str) -> str:
    """The key in the header: a quoted string as in the IETF's draft, or the bare text.

    https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/
    """
    given = header.strip(" \t")
    if (wrong := _UNPRINTABLE.search(given)) is not None:
        place = f"U+{ord(wrong[0]):04X} at position {wrong.start() + 1}"
        raise FieldError(HEADER, "invalid", f"Give printable ASCII characters only, not {place}.")
    if given.startswith('"'):
        string = _STRING.fullmatch(given)
        if string is None:
            message = (
                'What begins with a quotation mark must end with one; inside, write \\" and \\\\.'
            )
            raise FieldError(HEADER, "invalid", message)
        given = _ESCAPED.sub(r"\1", string[1])
    if not 1 <= len(given) <= KEY_CHARS:
        raise FieldError(HEADER, "invalid", f"Give 1 to {KEY_CHARS} characters.")
    return given


def _body_sha256(request: Request) -> str:
    return hashlib.sha256(json.dumps(request.data, sort_keys=True).encode()).hexdigest()


def _kept(key: str, body: str) -> Response | None:
    row = get(IdempotencyRow, key)
    # DynamoDB removes what has expired only some time later.
    if row is None or row.expires_at <= datetime.now(UTC):
        return None
    if row.body_sha256 != body:
        raise KeyReused(code=KeyReused.default_code)
    return Response(row.reply, status=int(row.status), headers=row.headers)


def _keep(key: str, body: str, response: Response) -> None:
    headers: dict[str, Any] = {
        name: response.headers[name] for name in _KEPT_HEADERS if name in response.headers
    }
    now = datetime.now(UTC)
    row = IdempotencyRow(
        key=key,
        body_sha256=body,
        status=response.status_code,
        reply=response.data,
        headers=headers,
        expires_at=now + KEPT,
    )
    is_free = IdempotencyRow.key.does_not_exist() | (IdempotencyRow.expires_at <= now)
    put(row, condition=is_free)
