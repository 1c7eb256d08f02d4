"""The errors of reading, told as Django's own."""

from collections.abc import Iterator
from contextlib import contextmanager

from botocore.exceptions import BotoCoreError, ClientError
from django.db import DataError, OperationalError
from pynamodb.exceptions import PynamoDBException

INVALID = frozenset({"ValidationException", "SerializationException"})


@contextmanager
def told_as_djangos() -> Iterator[None]:
    """DataError for a request that DynamoDB finds wrong, else OperationalError, for a later try."""
    try:
        yield
    except PynamoDBException as err:
        kind = DataError if err.cause_response_code in INVALID else OperationalError
        raise kind(f"DynamoDB: {err}") from err
    except (BotoCoreError, ClientError) as err:
        raise OperationalError(f"DynamoDB: {err}") from err
