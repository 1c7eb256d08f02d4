"""Every error of the API has one shape, and names the field.

{"errors": [{"field": "starts_at" | null, "code": "invalid", "message": "..."}]}
"""

from collections.abc import Iterator
from typing import Any

from botocore.exceptions import BotoCoreError
from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.db import OperationalError
from django.http import Http404, UnreadablePostError
from pynamodb.exceptions import PynamoDBException
from rest_framework import exceptions, status
from rest_framework.response import Response
from rest_framework.settings import api_settings

from ivent_site.dynamodb.writes import ConflictError

RETRY_AFTER_S = 2

_THROTTLED = frozenset(
    {
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "ThrottlingException",
        "InternalServerError",
        "ServiceUnavailable",
    }
)


class FieldError(exceptions.ValidationError):
    """400 for one field, or for the request as a whole if `field` is None."""

    def __init__(self, field: str | None, code: str, message: str) -> None:
        super().__init__({field or api_settings.NON_FIELD_ERRORS_KEY: [message]}, code=code)


class Conflict(exceptions.APIException):
    """409: somebody else was first. A retry helps after reading again."""

    status_code = status.HTTP_409_CONFLICT
    default_detail = "Somebody else has changed this meanwhile: read it again, then retry."
    default_code = "conflict"


class PreconditionFailed(exceptions.APIException):
    """412: the header's condition does not hold, and nothing was done. Read again, then retry."""

    status_code = status.HTTP_412_PRECONDITION_FAILED
    default_code = "precondition_failed"

    def __init__(self, header: str) -> None:
        message = "The condition does not hold for what is there now: read it again, then retry."
        super().__init__({header: [message]}, self.default_code)


class PayloadTooLarge(exceptions.APIException):
    """413: the body is longer than the API takes."""

    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_detail = "The body is too long."
    default_code = "too_large"


class Unavailable(exceptions.APIException):
    """503 with Retry-After: a retry of the same request helps."""

    status_code = status.HTTP_503_SERVICE_UNAVAILABLE
    default_detail = "The service is busy: retry in a moment."
    default_code = "unavailable"
    wait = RETRY_AFTER_S


# The first that fits counts.
_REPLIES: tuple[tuple[tuple[type[Exception], ...], type[exceptions.APIException]], ...] = (
    ((Http404,), exceptions.NotFound),
    ((PermissionDenied,), exceptions.PermissionDenied),
    ((ConflictError,), Conflict),
    ((RequestDataTooBig,), PayloadTooLarge),
    ((SuspiciousOperation, UnreadablePostError), exceptions.ParseError),
    ((OperationalError, BotoCoreError), Unavailable),
)


def exception_handler(exc: Exception, context: dict[str, Any]) -> Response | None:
    """The reply to an exception of a view; None for what is a fault of ours."""
    # DRF's views import our parsers, and those this module.
    from rest_framework.views import exception_handler as drf_exception_handler

    exc = _translated(exc)
    response = drf_exception_handler(exc, context)
    if response is not None and isinstance(exc, exceptions.APIException):
        response.data = {"errors": list(_flat(None, exc.detail))}
    return response


def _translated(exc: Exception) -> Exception:
    if isinstance(exc, PynamoDBException) and _is_passing(exc):
        return Unavailable()
    for kinds, reply in _REPLIES:
        if isinstance(exc, kinds):
            return reply()
    return exc


def _is_passing(exc: PynamoDBException) -> bool:
    return exc.cause_response_code in _THROTTLED or isinstance(exc.cause, BotoCoreError)


def _flat(field: str | None, detail: Any) -> Iterator[dict[str, Any]]:
    """The parts of a DRF detail, under the name of their outermost field."""
    if isinstance(detail, dict):
        for name, part in detail.items():
            is_field = field is None and name != api_settings.NON_FIELD_ERRORS_KEY
            yield from _flat(str(name) if is_field else field, part)
    elif isinstance(detail, list | tuple):
        for part in detail:
            yield from _flat(field, part)
    else:
        yield {"field": field, "code": getattr(detail, "code", "invalid"), "message": str(detail)}
