"""Counts the calls to DynamoDB, for tests of what a page or a service costs."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

from pynamodb.connection import Connection


@contextmanager
def dynamodb_calls() -> Iterator[Counter[str]]:
    """The calls within the block by operation: `assert calls == {"Query": 2}`.

    Of every thread. Operations are named as AWS names them: GetItem, BatchGetItem, Query,
    PutItem, DeleteItem, TransactWriteItems, Scan…
    """
    calls: Counter[str] = Counter()
    dispatch = Connection.dispatch

    def counted(self: Connection, operation_name: str, operation_kwargs: dict[str, Any]) -> Any:
        calls[operation_name] += 1
        return dispatch(self, operation_name, operation_kwargs)

    with mock.patch.object(Connection, "dispatch", counted):
        yield calls
