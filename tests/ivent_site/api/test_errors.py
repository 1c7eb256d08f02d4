import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError
from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.db import DataError, OperationalError
from django.http import Http404
from pynamodb.exceptions import GetError, QueryError
from rest_framework.exceptions import Throttled, ValidationError

from ivent_site.api.errors import FieldError, exception_handler
from ivent_site.dynamodb.writes import ConflictError


def client_error(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "no"}}, "GetItem")


@pytest.mark.parametrize(
    ("exc", "status", "code"),
    [
        (Http404(), 404, "not_found"),
        (PermissionDenied(), 403, "permission_denied"),
        (ConflictError("events: a condition failed"), 409, "conflict"),
        (RequestDataTooBig(), 413, "too_large"),
        (SuspiciousOperation(), 400, "parse_error"),
        (OperationalError(), 503, "unavailable"),
        (ConnectTimeoutError(endpoint_url="x"), 503, "unavailable"),
        (GetError("", client_error("ThrottlingException")), 503, "unavailable"),
        (QueryError("", ConnectTimeoutError(endpoint_url="x")), 503, "unavailable"),
        (Throttled(wait=7), 429, "throttled"),
    ],
)
def test_each_error_has_its_status_and_the_one_shape(exc, status, code):
    response = exception_handler(exc, {})
    assert response is not None
    [error] = response.data["errors"]
    assert (response.status_code, error["field"], error["code"]) == (status, None, code)
    assert error["message"]
    assert ("Retry-After" in response.headers) is (status in (429, 503))


@pytest.mark.parametrize(
    "exc", [ZeroDivisionError(), DataError(), GetError("", client_error("ValidationException"))]
)
def test_a_fault_of_ours_is_not_hidden(exc):
    assert exception_handler(exc, {}) is None


def test_a_message_says_nothing_of_the_inside():
    response = exception_handler(ConflictError("ivent-local-events: a condition failed"), {})
    assert response is not None
    assert "ivent-local" not in str(response.data)


@pytest.mark.parametrize(
    ("detail", "errors"),
    [
        ({"a": ["x", "y"]}, [("a", "x"), ("a", "y")]),
        ({"a": {0: ["x"], 2: ["y"]}}, [("a", "x"), ("a", "y")]),
        ({"a": {"b": "x"}}, [("a", "x")]),
        ({"non_field_errors": ["x"]}, [(None, "x")]),
        (["x"], [(None, "x")]),
        ("x", [(None, "x")]),
    ],
)
def test_errors_are_told_by_the_outermost_field(detail, errors):
    response = exception_handler(ValidationError(detail), {})
    assert response is not None
    found = [(error["field"], error["message"]) for error in response.data["errors"]]
    assert found == errors


def test_a_field_error_names_its_code():
    response = exception_handler(FieldError("limit", "odd", "Give another."), {})
    assert response is not None
    assert response.data == {
        "errors": [{"field": "limit", "code": "odd", "message": "Give another."}]
    }
