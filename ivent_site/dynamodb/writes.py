"""Writing rows: what services, and the ORM, do to DynamoDB.

Inside `transaction.atomic()` the writes of the block become one TransactWriteItems when it
ends (a single one: a plain conditional write, at half the cost); outside they are done at
once. A block takes 100 items; two writes of one item become one. ConflictError, raised by
the write or by the end of the block, says that a condition failed and nothing was written.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any, TypeVar, cast

from django.db import DEFAULT_DB_ALIAS, connections
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from ivent_site.dynamodb.base import DatabaseWrapper
from ivent_site.dynamodb.commit import TransactionTooLargeError
from ivent_site.dynamodb.errors import told_as_djangos
from ivent_site.dynamodb.keys import is_possible
from ivent_site.dynamodb.operations import (
    ConflictError,
    add_operation,
    check_operation,
    delete_operation,
    put_operation,
    update_operation,
)
from ivent_site.dynamodb.rows import Row

__all__ = [
    "ConflictError",
    "TransactionTooLargeError",
    "add",
    "check",
    "delete",
    "get",
    "put",
    "update",
]

RowT = TypeVar("RowT", bound=Row)


def put(row: Row, *, condition: Condition | None = None) -> None:
    """Write the whole row, its index keys in order."""
    _connection().write(put_operation(row, condition))


def delete(row: Row, *, condition: Condition | None = None) -> None:
    """Remove the row; without a condition, removing what is not there is no error."""
    _connection().write(delete_operation(row, condition))


def check(row: type[Row], *keys: Any, condition: Condition) -> None:
    """Let the block succeed only if the condition holds on an item that it does not write."""
    _connection().write(check_operation(row, keys, condition))


def add(
    row: type[Row], *keys: Any, sums: Mapping[str, int], texts: Mapping[str, str] | None = None
) -> None:
    """Add to an item's numbers, by attribute; the item is made if it is not there.

    `texts` are attributes that the key decides: they are set beside the numbers. Together with
    other writes in a block it is done exactly once; alone, a lost reply may have it done twice.
    A block's own reads do not see it.
    """
    _connection().write(add_operation(row, keys, sums, texts or {}))


def update(row: type[Row], *keys: Any, actions: Sequence[Action], condition: Condition) -> None:
    """Change some attributes of an item, which a block may write only once.

    A block's own reads do not see it. It is for blocks: alone, a lost reply may look like a
    conflict.
    """
    _connection().write(update_operation(row, keys, actions, condition))


def get(row: type[RowT], *keys: Any) -> RowT | None:
    """The row as it is now: this block's own write of it, or a consistent read; None if absent."""
    if not all(map(is_possible, keys)):
        return None
    hash_key, range_key = row._serialize_keys(*keys)
    own = _connection().pending.find((row.Meta.table_name, hash_key, range_key))
    if own is not None:
        return None if own.item is None else cast("RowT", own.row.from_raw_data(own.item))
    with told_as_djangos(), suppress(row.DoesNotExist):
        return row.get(keys[0], keys[1] if len(keys) > 1 else None, consistent_read=True)
    return None


def _connection() -> DatabaseWrapper:
    return cast("DatabaseWrapper", connections[DEFAULT_DB_ALIAS])
