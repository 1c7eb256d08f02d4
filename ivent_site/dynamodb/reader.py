"""Reads rows as a plan says: items by key, or key ranges merged in order."""

import heapq
from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import islice
from operator import attrgetter
from typing import Any, Final

from django.db import NotSupportedError

from ivent_site.dynamodb.errors import told_as_djangos
from ivent_site.dynamodb.keys import is_possible
from ivent_site.dynamodb.operations import ItemKey, Operation
from ivent_site.dynamodb.parts import PartRow, part_key
from ivent_site.dynamodb.planner import KeysPlan, PathPlan
from ivent_site.dynamodb.records import is_of_row
from ivent_site.dynamodb.rows import Row
from ivent_site.dynamodb.store import READ_CAP, AccessPath, Parts, Store

# Rows per call where most of them may be left out: two calls reach the cap.
FILTERED_PAGE: Final = 1000
# BatchGetItem takes a hundred keys.
_BATCH: Final = 100
# Entries read for each row that is wanted: a row may have several that match.
_ENTRIES: Final = 4


class CappedError(NotSupportedError):
    """The query would read more rows than one query may; narrow it, or page through it."""

    def __init__(self, what: str) -> None:
        super().__init__(f"{what}: more than {READ_CAP} rows to read for one query.")


def read_plan(
    plan: KeysPlan | PathPlan, own: dict[ItemKey, Operation], want: int | None
) -> Iterator[Row]:
    """The rows of the plan, without those that the open block itself has written.

    `want` is how many matching rows are needed; it chooses the size of the calls.
    """
    if isinstance(plan, KeysPlan):
        return read_keys(plan.store, plan.primary_keys, own)
    rows = read_path(plan, page_size=_page_size(plan, want))
    return (row for row in rows if item_key(row) not in own) if own else rows


def read_keys(
    store: Store,
    primary_keys: Iterable[Any],
    own: dict[ItemKey, Operation],
    *,
    consistent: bool = True,
) -> Iterator[Row]:
    """The rows with these primary keys that are there, in no order."""
    keys: dict[ItemKey, tuple[Any, ...]] = {}
    for primary_key in primary_keys:
        key = store.key(primary_key)
        if not all(map(is_possible, key)):
            continue
        keys[store.row.Meta.table_name, *store.row._serialize_keys(*key)] = key
    wanted = [key for serialized, key in keys.items() if serialized not in own]
    if len(wanted) > READ_CAP:
        raise CappedError(store.row.__name__)
    if len(wanted) == 1:
        rows: Iterable[Row] = _read_one(store.row, wanted[0], consistent=consistent)
    else:
        items = [key if len(key) > 1 else key[0] for key in wanted]
        rows = store.row.batch_get(items, consistent_read=consistent) if items else ()
    return _told(row for row in rows if is_of_row(row))


def _read_one(row: type[Row], key: tuple[Any, ...], *, consistent: bool) -> Iterator[Row]:
    hash_key, range_key = (*key, None)[:2]
    with suppress(row.DoesNotExist):
        yield row.get(hash_key, range_key, consistent_read=consistent)


def _told(rows: Iterable[Row]) -> Iterator[Row]:
    with told_as_djangos():
        yield from rows


def read_places(plan: PathPlan, *, want: int | None) -> Iterator[tuple[str, Row | None]]:
    """What `read_path` gives for `want` rows, each with its place in the order of the path.

    None stands for what was read and does not belong to the result.
    """
    if isinstance(plan.path, Parts):
        return read_parts(plan, plan.path, want=want if plan.exact else None)
    page_size = want if plan.exact or want is None else max(want, FILTERED_PAGE)
    position = position_of(plan)
    return ((position(row), row) for row in read_path(plan, page_size=page_size))


def read_path(plan: PathPlan, *, page_size: int | None = None) -> Iterator[Row]:
    """The rows of the plan's partitions, in the order of their sort keys."""
    if plan.keys.is_empty:
        return iter(())
    if isinstance(plan.path, Parts):
        return (row for _, row in read_parts(plan, plan.path, want=None) if row is not None)
    streams: list[Iterator[Row]] = [
        plan.store.row.query(
            partition_key(partition),
            plan.keys.condition(_sort_attribute(plan.store.row, plan.path).attr_name),
            index_name=plan.path.index,
            consistent_read=plan.path.index is None,
            scan_index_forward=not plan.descending,
            page_size=page_size,
        )
        for partition in plan.partitions
    ]
    if _is_of_keys(plan):
        streams = [_whole(plan.store.row, stream, page_size) for stream in streams]
    if len(streams) == 1:
        return _told(streams[0])
    return _told(heapq.merge(*streams, key=position_of(plan), reverse=plan.descending))


def read_parts(
    plan: PathPlan, path: Parts, *, want: int | None
) -> Iterator[tuple[str, Row | None]]:
    """The rows of a search's entries, in their order, each row once; None for other entries.

    One Query for `want` rows, unless most entries belong to rows that came before, and a
    BatchGetItem.
    """
    at_once = min(want or _BATCH, _BATCH)
    if plan.keys.is_empty:
        return
    with told_as_djangos():
        entries = path.entries.query(
            plan.partitions[0],
            plan.keys.condition("key"),
            scan_index_forward=not plan.descending,
            page_size=FILTERED_PAGE if want is None else _ENTRIES * at_once,
        )
        while some := _some(entries, plan, path, at_once):
            wanted = [owner for _, owner in some if owner is not None]
            keys = [_only_key(plan.store, owner) for owner in wanted]
            rows = plan.store.row.batch_get(keys) if keys else ()
            found = {_table_key(row): row for row in rows}
            for place, owner in some:
                yield place, None if owner is None else found.get(_only_key(plan.store, owner))


def _some(
    entries: Iterator[PartRow], plan: PathPlan, path: Parts, most: int
) -> list[tuple[str, str | None]]:
    """The next entries' places, up to so many that belong to the result, whose owners are named."""
    some: list[tuple[str, str | None]] = []
    belonging = 0
    texts = [part_key(text) for text in plan.texts]
    for entry in islice(entries, READ_CAP + 1):
        belongs = entry.match(texts, path.parts)
        some.append((entry.key, entry.owner if belongs else None))
        belonging += belongs
        if belonging == most:
            break
    return some


def _only_key(store: Store, primary_key: Any) -> Any:
    key = store.key(primary_key)
    return key if len(key) > 1 else key[0]


def _is_of_keys(plan: PathPlan) -> bool:
    index = plan.store.row._indexes.get(plan.path.index or "")
    return index is not None and index.Meta.projection.projection_type == "KEYS_ONLY"


def _whole(row: type[Row], keys: Iterator[Row], page_size: int | None) -> Iterator[Row]:
    """The rows of an index' keys, in their order; those deleted since are left out."""
    at_once = min(page_size or _BATCH, _BATCH)
    while some := list(islice(keys, at_once)):
        wanted = [_table_key(each) for each in some]
        found = {_table_key(each): each for each in row.batch_get(wanted)}
        yield from (found[key] for key in wanted if key in found)


def _table_key(row: Row) -> Any:
    key = [getattr(row, name) for name in (row._hash_keyname, row._range_keyname) if name]
    return tuple(key) if len(key) > 1 else key[0]


def count_path(plan: PathPlan) -> int:
    """How many rows the plan's key ranges hold, at most one more than the cap: no row is sent."""
    if plan.keys.is_empty:
        return 0
    found = 0
    with told_as_djangos():
        for partition in plan.partitions:
            found += _count_partition(plan, partition, READ_CAP + 1 - found)
            if found > READ_CAP:
                break
    return found


def _count_partition(plan: PathPlan, partition: Any, most: int) -> int:
    # Model.count() would go on to the end of the partition, whatever its limit.
    row, found, start = plan.store.row, 0, None
    while found < most:
        page = row._get_connection().query(
            partition_key(partition),
            plan.keys.condition(_sort_attribute(row, plan.path).attr_name),
            index_name=plan.path.index,
            consistent_read=plan.path.index is None,
            exclusive_start_key=start,
            limit=most - found,
            select="COUNT",
        )
        found += page["Count"]
        start = page.get("LastEvaluatedKey")
        if start is None:
            break
    return found


def partition_key(partition: Any) -> Any:
    """The hash key of a partition: its parts joined."""
    return "#".join(map(str, partition)) if isinstance(partition, tuple) else partition


def position_of(plan: PathPlan) -> Any:
    """The function that tells a row's place in the order of the path: its sort key."""
    attribute = _sort_attribute(plan.store.row, plan.path)
    names: dict[str, str] = plan.store.row._dynamo_to_python_attrs  # type: ignore[attr-defined]
    return attrgetter(names.get(attribute.attr_name, attribute.attr_name))


def item_key(row: Row) -> ItemKey:
    """What the row's item is known by."""
    return (row.Meta.table_name, *row._get_hash_range_key_serialized_values())


def _sort_attribute(row: type[Row], path: AccessPath) -> Any:
    if path.index is None:
        return row._range_key_attribute()  # type: ignore[no-untyped-call]
    attributes = row._indexes[path.index].Meta.attributes.values()
    return next(attribute for attribute in attributes if attribute.is_range_key)


def _page_size(plan: PathPlan, want: int | None) -> int:
    if want is None or not plan.ordered:
        return READ_CAP + 1
    return want if plan.exact else max(want, FILTERED_PAGE)
