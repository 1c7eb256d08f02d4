"""The ORM's writes: inserts, and changes of rows that a query finds.

What an index finds may be a moment old, so rows are read again by key, consistently, and
the query decides on what is read then. Each write is on condition that the row is still so.
"""

import operator
from collections.abc import Callable, Iterable
from functools import reduce
from typing import TYPE_CHECKING, Any, Final, cast

from django.db.models import Field
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.operand import Path, Value

from ivent_site.dynamodb.operations import (
    ConflictError,
    delete_operation,
    put_operation,
)
from ivent_site.dynamodb.planner import KeysPlan
from ivent_site.dynamodb.reader import CappedError, item_key, read_keys
from ivent_site.dynamodb.records import set_value
from ivent_site.dynamodb.rows import Row
from ivent_site.dynamodb.selecting import Candidate, Selector
from ivent_site.dynamodb.store import Store

if TYPE_CHECKING:
    from ivent_site.dynamodb.base import DatabaseWrapper

Write = Callable[[Row, dict[str, Any]], None]

# Outside a block, a row that someone else has changed is read and changed again.
ATTEMPTS: Final = 20


def insert(
    connection: "DatabaseWrapper",
    store: Store,
    values: dict["Field[Any, Any]", Any],
    pk: "Field[Any, Any]",
) -> None:
    """Put a new row; IntegrityError (now, or at the block's end) if its key is taken."""
    row = store.row()
    key_names = filter(None, (store.row._hash_keyname, store.row._range_keyname))
    for name, part in zip(key_names, store.key(values[pk]), strict=True):
        setattr(row, name, part)
    for field, value in values.items():
        set_value(row, field, value)
    hash_attribute = store.row._hash_key_attribute()  # type: ignore[no-untyped-call]
    is_free = Path(hash_attribute.attr_name).does_not_exist()
    connection.write(put_operation(row, is_free))


def update(selector: Selector, change: Write) -> int:
    """Change every row that matches; how many there were."""

    def write(row: Row, record: dict[str, Any]) -> None:
        unchanged = _is_still(row)
        change(row, record)
        selector.connection.write(put_operation(row, unchanged))

    return _each(selector, write)


def delete(selector: Selector) -> int:
    """Delete every row that matches; how many there were."""

    def write(row: Row, _: dict[str, Any]) -> None:
        selector.connection.write(delete_operation(row, _is_still(row)))

    return _each(selector, write)


def _each(selector: Selector, write: Write) -> int:
    found = selector.candidates()
    if selector.capped:
        raise CappedError(selector.model._meta.label)
    if not isinstance(selector.plan, KeysPlan):
        found = _again(selector, [row for row, _ in found if row is not None])
    return sum(
        _is_written(selector, write, row, record) for row, record in found if row is not None
    )


def _is_written(selector: Selector, write: Write, row: Row, record: dict[str, Any]) -> bool:
    """Whether the row was written; if others changed it so that it matches no more, it was not."""
    for _ in range(ATTEMPTS):
        try:
            write(row, record)
        except ConflictError:
            if not selector.connection.autocommit:
                raise
            current = _again(selector, [row])
            if not current:
                return False
            row, record = cast("tuple[Row, dict[str, Any]]", current[0])
        else:
            return True
    raise ConflictError(f"{selector.model._meta.label}: others kept changing the row.")


def _again(selector: Selector, rows: Iterable[Row]) -> list[Candidate]:
    """Those of the rows that match now."""
    pk, store = selector.model._meta.pk.attname, cast("Store", selector.store)
    own = [selector.candidate(row) for row in rows if item_key(row) in selector.own]
    keys = [getattr(row, pk) for row in rows]
    fresh = [selector.candidate(row) for row in read_keys(store, keys, selector.own)]
    current = [*fresh, *own]
    selector.follow(current)
    return [pair for pair in current if selector.matches(pair[1])]


def _is_still(row: Row) -> Condition:
    """The condition that the stored row has just the values of this one."""
    item = row.serialize()
    parts: list[Condition] = []
    for attribute in row.get_attributes().values():
        path, value = Path(attribute.attr_name), item.get(attribute.attr_name)
        parts.append(path.does_not_exist() if value is None else path == Value(value))
    return reduce(operator.and_, parts)
