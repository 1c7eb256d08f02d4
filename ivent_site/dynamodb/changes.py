"""The ORM's writes: inserts, and changes of rows that a query finds.

What an index finds may be a moment old, so rows are read again by key, consistently, and
the query decides on what is read then. Each write is on condition that the row is still so.
"""

from collections.abc import Callable, Iterable
from functools import reduce
from typing import TYPE_CHECKING, Any, Final

from django.db.models import Field
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.operand import Path, Value

from ivent_site.dynamodb.operations import (
    ConflictError,
    Item,
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
    is_free = Path(store.row._hash_key_attribute().attr_name).does_not_exist()
    connection.write(put_operation(row, is_free))


def update(
    connection: "DatabaseWrapper",
    store: Store,
    selector: Selector,
    change: Callable[[Row, dict[str, Any]], None],
) -> int:
    """Change every row that matches; how many there were."""

    def write(row: Row, record: dict[str, Any]) -> None:
        before = row.serialize()
        unchanged = _is_still(row, before)
        change(row, record)
        connection.write(put_operation(row, unchanged))

    return _each(connection, store, selector, write)


def delete(connection: "DatabaseWrapper", store: Store, selector: Selector) -> int:
    """Delete every row that matches; how many there were."""

    def write(row: Row, _: dict[str, Any]) -> None:
        connection.write(delete_operation(row, _is_still(row, row.serialize())))

    return _each(connection, store, selector, write)


def _each(
    connection: "DatabaseWrapper",
    store: Store,
    selector: Selector,
    write: Callable[[Row, dict[str, Any]], None],
) -> int:
    found = selector.candidates()
    if selector.capped:
        raise CappedError(store.row.__name__)
    rows = [row for row, _ in found if row is not None]
    fresh = found if isinstance(selector.plan, KeysPlan) else _again(connection, selector, rows)
    return sum(
        _write_one(connection, store, selector, write, row, record)
        for row, record in fresh
        if row is not None
    )


def _write_one(  # noqa: PLR0913 - the parts of one step
    connection: "DatabaseWrapper",
    store: Store,
    selector: Selector,
    write: Callable[[Row, dict[str, Any]], None],
    row: Row,
    record: dict[str, Any],
) -> bool:
    for _ in range(ATTEMPTS):
        try:
            write(row, record)
        except ConflictError:
            if not connection.autocommit:
                raise
            current = _again(connection, selector, [row])
            if not current:
                return False
            ((row, record),) = current  # type: ignore[assignment]
        else:
            return True
    raise ConflictError(f"{store.row.__name__}: others kept changing the row.")


def _again(
    connection: "DatabaseWrapper", selector: Selector, rows: Iterable[Row]
) -> list[Candidate]:
    """Those of the rows that match now."""
    pk, store = selector.model._meta.pk.attname, selector.store
    own = [selector.candidate(row) for row in rows if item_key(row) in selector.own]
    keys = [getattr(row, pk) for row in rows]
    fresh = [selector.candidate(row) for row in read_keys(store, keys, selector.own)]
    current = [*fresh, *own]
    selector.follow(current)
    return [pair for pair in current if selector.matches(pair[1])]


def _is_still(row: Row, item: Item) -> Condition:
    """The condition that the stored row has just these values."""
    parts: list[Condition] = []
    for name, attribute in row.get_attributes().items():
        path, value = Path(attribute.attr_name), item.get(attribute.attr_name)
        if value is None or "NULL" in value:
            parts.append(path.does_not_exist())
        else:
            parts.append(path == Value(value))
    return reduce(lambda one, other: one & other, parts)
