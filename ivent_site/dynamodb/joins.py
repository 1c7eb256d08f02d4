"""Rows of other models that a query follows by foreign keys: one BatchGetItem per relation."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import NotSupportedError
from django.db.models import ForeignKey, Model
from django.db.models.sql import Query
from django.db.models.sql.constants import INNER
from django.db.models.sql.datastructures import BaseTable

# Reads rows of a model by primary key: their values by primary key.
Fetch = Callable[[type[Model], list[Any]], dict[Any, dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class Join:
    """A forward step from one alias to another; an inner one wants the other row to be there."""

    alias: str
    parent: str
    attname: str
    model: Any
    is_inner: bool


def joins_of(query: Query) -> list[Join]:
    """The steps that the query takes, each after the one that it starts from."""
    joins = []
    for alias, table in query.alias_map.items():
        if isinstance(table, BaseTable) or not query.alias_refcount[alias]:
            continue
        field = table.join_field
        if not isinstance(field, ForeignKey) or not field.target_field.primary_key:
            raise NotSupportedError(
                f"{query.get_meta().label}: only foreign keys to primary keys are followed,"
                f" not {field}."
            )
        is_inner = table.join_type == INNER
        joins.append(Join(alias, table.parent_alias, field.attname, field.related_model, is_inner))
    return joins


def follow(joins: Sequence[Join], records: Sequence[dict[str, Any]], fetch: Fetch) -> None:
    """Add the joined rows to the records; where one is missing, None."""
    for join in joins:
        wanted = {
            key
            for record in records
            if record[join.parent] and (key := record[join.parent][join.attname]) is not None
        }
        found = fetch(join.model, list(wanted)) if wanted else {}
        for record in records:
            parent = record[join.parent]
            record[join.alias] = found.get(parent[join.attname]) if parent else None
