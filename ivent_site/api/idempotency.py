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
from drf_spectacular.types import OpenApiTypes
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
_KEY = re.compile(r"[\x21-\x7e]{1,255}")

IDEMPOTENCY_PARAMETER = OpenApiParameter(
    HEADER,
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description="1 to 255 visible ASCII characters. Repeating the request with the same key and "
    "body within 24 hours gives the same reply and does nothing else.",
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
    given = request.headers[HEADER]
    if not _KEY.fullmatch(given):
        raise FieldError(HEADER, "invalid", "Give 1 to 255 visible ASCII characters.")
    scope = [str(request.user.pk), str(request.method), request.path, given]
    return hashlib.sha256(json.dumps(scope).encode()).hexdigest()


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
