"""Turns a query's conditions and order into one declared way of reading, or refuses.

There is never a scan: what no path serves raises NotSupportedError with the paths there are.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from django.db import NotSupportedError
from django.db.models import Model

from ivent_site.dynamodb.constraints import Constraint
from ivent_site.dynamodb.keys import RANGE_BYTES, KeyRange, ids_range, is_possible, moments_range
from ivent_site.dynamodb.parts import PART_CHARS, PART_INITIAL
from ivent_site.dynamodb.store import AccessPath, Parts, Path, Prefix, Store

# The order wanted: (attname, descending) of each part; None where a part is no plain field.
Ordering = Sequence[tuple[str, bool]] | None


@dataclass(frozen=True, kw_only=True)
class KeysPlan:
    """Read single items by their primary keys."""

    store: Store
    primary_keys: tuple[Any, ...]


@dataclass(frozen=True, kw_only=True)
class PathPlan:
    """Read key ranges of some partitions, merged in the order of their sort keys."""

    store: Store
    path: AccessPath
    partitions: tuple[Any, ...]
    keys: KeyRange
    descending: bool
    # Whether the rows come in the order that is wanted.
    ordered: bool
    # Whether the keys alone decide: every row that is read matches.
    exact: bool
    # Of a search by parts: the folded texts that all must be there, the one looked up first.
    texts: tuple[str, ...] = ()

    @property
    def rank(self) -> tuple[bool, ...]:
        """Better plans are greater: a search, chosen partitions, the right order, bounds."""
        return (
            not isinstance(self.path, Path),
            not self.is_fan_out,
            self.ordered,
            self.keys.is_bounded,
        )

    @property
    def is_fan_out(self) -> bool:
        """Whether the path's partitions are read because the query chooses none."""
        return isinstance(self.path, Path) and self.partitions == self.path.partitions


def plan(
    model: type[Model], store: Store, found: Sequence[Constraint], ordering: Ordering
) -> KeysPlan | PathPlan:
    """The best way to read all rows that fulfil the constraints."""
    primary_keys = _chosen(model._meta.pk.attname, found)
    if primary_keys is not None:
        return KeysPlan(store=store, primary_keys=primary_keys)
    plans = [
        candidate
        for path in store.paths
        if (
            candidate := _path_plan(model, store, path, found, ordering)
            if isinstance(path, Path)
            else _prefix_plan(store, path, found, ordering)
            if isinstance(path, Prefix)
            else _parts_plan(store, path, found, ordering)
        )
    ]
    if not plans:
        raise NotSupportedError(
            f"No path of {model._meta.label} serves this query: it would scan the table."
            f" Filter by the primary key, or by: {'; '.join(map(str, store.paths)) or '(none)'}."
        )
    return max(plans, key=lambda candidate: candidate.rank)


def _chosen(field: str, found: Sequence[Constraint]) -> tuple[Any, ...] | None:
    """The values that the field may have, if the query lists them."""
    listed = [c.values for c in found if c.field == field and c.name in ("exact", "in")]
    if not listed:
        return None
    first, *others = listed
    values = dict.fromkeys(v for v in first if all(v in other for other in others))
    return tuple(value for value in values if is_possible(value))


def _path_plan(
    model: type[Model],
    store: Store,
    path: Path,
    found: Sequence[Constraint],
    ordering: Ordering,
) -> PathPlan | None:
    parts = [_chosen(name, found) for name in path.fields]
    if None not in parts:
        chosen = tuple(product(*parts))  # type: ignore[arg-type]
        partitions = chosen if len(parts) > 1 else tuple(value for (value,) in chosen)
        used = [c for c in found if c.field in path.fields and c.name in ("exact", "in")]
    elif path.partitions:
        partitions, used = path.partitions, []
    else:
        return None
    pk = model._meta.pk.attname
    on_order = [c for c in found if c.field == path.order]
    keys, answered = (ids_range if path.order == pk else moments_range)(on_order)
    descending = bool(ordering) and ordering[0][1]  # type: ignore[index]
    return PathPlan(
        store=store,
        path=path,
        partitions=partitions,
        keys=keys,
        descending=descending,
        ordered=_is_order(ordering, (path.order, pk)),
        exact=all(c in used or c in answered or _is_sure(c, pk) for c in found),
    )


def _is_sure(constraint: Constraint, pk: str) -> bool:
    """Whether it holds for every row."""
    return (constraint.field, constraint.name, constraint.values) == (pk, "isnull", (False,))


def _is_order(ordering: Ordering, native: tuple[str, str]) -> bool:
    """Whether rows in the native order, or its reverse, are in the order wanted."""
    if ordering is None:
        return False
    if not ordering:
        return True
    names = tuple(dict.fromkeys(name for name, _ in ordering))
    # After the primary key nothing is left to decide.
    names = names[: names.index(native[1]) + 1] if native[1] in names else names
    directions = {descending for _, descending in ordering[: len(names)]}
    return names == tuple(dict.fromkeys(native))[: len(names)] and len(directions) == 1


def _prefix_plan(
    store: Store, path: Prefix, found: Sequence[Constraint], ordering: Ordering
) -> PathPlan | None:
    used = [
        c
        for c in found
        if c.field == path.field and c.name in ("istartswith", "startswith", "exact")
    ]
    texts = [(path.normalize(str(c.values[0])), c) for c in used if c.values[0] is not None]
    texts = [(text, c) for text, c in texts if len(text) >= path.initial]
    if not texts:
        return None
    text, constraint = max(texts, key=lambda pair: len(pair[0]))
    # In the key '#' begins the id, so a text with one may find a shorter text.
    answers = constraint.name == "istartswith" and "#" not in text
    return PathPlan(
        store=store,
        path=path,
        partitions=(text[: path.initial],) if is_possible(text, RANGE_BYTES) else (),
        keys=KeyRange(prefix=text),
        descending=False,
        ordered=ordering == (),
        exact=answers and list(found) == [constraint],
    )


def _parts_plan(
    store: Store, path: Parts, found: Sequence[Constraint], ordering: Ordering
) -> PathPlan | None:
    used = [c for c in found if c.field == path.field and c.name == "icontains"]
    texts = sorted((path.fold(str(c.values[0])) for c in used), key=len, reverse=True)
    if not texts or len(texts[0]) < PART_INITIAL:
        return None
    return PathPlan(
        store=store,
        path=path,
        partitions=(texts[0][:PART_INITIAL],),
        keys=KeyRange(prefix=texts[0][:PART_CHARS]),
        descending=False,
        ordered=ordering == (),
        exact=used == list(found),
        texts=tuple(texts),
    )
