"""Aggregates: counted or found by the keys alone where they can be, else over the records."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, Final

from django.db import NotSupportedError
from django.db.models import Avg, Count, Max, Min, Sum
from django.db.models.expressions import Star
from django.db.models.functions import Coalesce

from ivent_site.dynamodb.expressions import Evaluate, Record
from ivent_site.dynamodb.planner import PathPlan
from ivent_site.dynamodb.predicates import Predicate
from ivent_site.dynamodb.reader import CappedError, count_path, read_path
from ivent_site.dynamodb.records import values_of_row
from ivent_site.dynamodb.selecting import Selector, is_partial
from ivent_site.dynamodb.store import READ_CAP

_REDUCE: Final[dict[type, Callable[[list[Any]], Any]]] = {
    Count: len,
    Min: min,
    Max: max,
    Sum: sum,
    Avg: lambda values: sum(values) / len(values),
}


def aggregate_row(selector: Selector, expressions: Sequence[Any]) -> tuple[Any, ...]:
    """The one row of a query that selects aggregates only."""
    by_keys = _by_keys(selector, expressions)
    if by_keys is not None:
        return by_keys
    records = selector.records()
    return tuple(_over(expression, records, selector) for expression in expressions)


def aggregate_rows(
    expressions: Sequence[Any], rows: Sequence[tuple[Any, ...]], columns: dict[str, int]
) -> tuple[Any, ...]:
    """The aggregates over the rows of an inner query, which names its columns."""
    return tuple(_over_rows(expression, rows, columns) for expression in expressions)


def _over_rows(expression: Any, rows: Sequence[tuple[Any, ...]], columns: dict[str, int]) -> Any:
    source = _plain(expression).get_source_expressions()[0]
    if isinstance(source, Star):
        return len(rows)
    column = columns.get(getattr(source, "refs", ""))
    if column is None:
        raise NotSupportedError(f"{expression} over a slice is not served.")
    return _reduce(expression, [row[column] for row in rows])


def _by_keys(selector: Selector, expressions: Sequence[Any]) -> tuple[Any, ...] | None:
    """The answer without reading the rows, if the sort keys alone can give it."""
    plan = selector.exact_plan
    if plan is None:
        return None
    if all(_is_row_count(expression) for expression in expressions):
        return (_count(selector, plan),) * len(expressions)
    if all(_is_extreme(expression, plan, selector) for expression in expressions):
        return tuple(_extreme(expression, plan, selector) for expression in expressions)
    return None


def _is_row_count(expression: Any) -> bool:
    return (
        isinstance(expression, Count)
        and expression.filter is None
        and isinstance(expression.get_source_expressions()[0], Star)
    )


def _count(selector: Selector, plan: PathPlan) -> int:
    found = count_path(plan)
    if found > READ_CAP and not is_partial(selector.query):
        raise CappedError(selector.model._meta.label)
    return min(found, READ_CAP)


def _is_extreme(expression: Any, plan: PathPlan, selector: Selector) -> bool:
    return (
        isinstance(expression, Min | Max)
        and expression.filter is None
        and selector.is_order(expression.get_source_expressions()[0], plan)
    )


def _extreme(expression: Any, plan: PathPlan, selector: Selector) -> Any:
    """The value of the first row, from the one end or the other."""
    towards = replace(plan, descending=isinstance(expression, Max))
    row = next(iter(read_path(towards, page_size=1)), None)
    if row is None:
        return None
    return values_of_row(selector.model, row)[expression.get_source_expressions()[0].target.attname]


def _over(expression: Any, records: Sequence[Record], selector: Selector) -> Any:
    if isinstance(expression, Coalesce):
        # An aggregate with a default.
        first, *others = expression.get_source_expressions()
        found = _over(first, records, selector)
        return found if found is not None else selector.evaluator.make(others[0])({})
    aggregate = _plain(expression)
    if aggregate.filter is not None:
        chosen: Predicate = selector.evaluator.make(aggregate.filter)
        records = [record for record in records if chosen(record)]
    source = aggregate.get_source_expressions()[0]
    if isinstance(source, Star):
        return len(records)
    value: Evaluate = selector.evaluator.make(source)
    return _reduce(aggregate, [value(record) for record in records])


def _plain(expression: Any) -> Any:
    if type(expression) not in _REDUCE:
        raise NotSupportedError(f"The aggregate {expression} is not served.")
    return expression


def _reduce(aggregate: Any, values: list[Any]) -> Any:
    values = [value for value in values if value is not None]
    if aggregate.distinct:
        values = list(dict.fromkeys(values))
    if not values and not isinstance(aggregate, Count):
        return None
    return _REDUCE[type(aggregate)](values)
