"""Django expressions as Python functions of a record.

A record holds, for each table alias of the query, the values of one row by `attname`, or
None where a joined row is missing. NULL is None and spreads as in SQL.
"""

import operator
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from functools import singledispatchmethod
from types import MappingProxyType
from typing import Any, Final

from django.db import NotSupportedError
from django.db.models import Expression, Lookup
from django.db.models.expressions import (
    Col,
    CombinedExpression,
    ExpressionWrapper,
    OrderBy,
    Ref,
    Value,
)
from django.db.models.fields import DateTimeField
from django.db.models.functions import Coalesce, Extract
from django.db.models.functions.datetime import TruncBase
from django.db.models.sql import Query
from django.db.models.sql.where import WhereNode
from django.utils import timezone

Record = Mapping[str, Mapping[str, Any] | None]
Evaluate = Callable[[Record], Any]

_ARITHMETIC: Final[dict[str, Callable[[Any, Any], Any]]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
}
_EXTRACT: Final[dict[str, Callable[[Any], Any]]] = {
    **{
        part: operator.attrgetter(part)
        for part in ("year", "month", "day", "hour", "minute", "second")
    },
    "quarter": lambda moment: (moment.month + 2) // 3,
    "week": lambda moment: moment.isocalendar().week,
    "iso_year": lambda moment: moment.isocalendar().year,
    # Sunday is 1.
    "week_day": lambda moment: moment.isoweekday() % 7 + 1,
    "iso_week_day": lambda moment: moment.isoweekday(),
}
_TRUNCATE: Final[dict[str, Callable[[date], date]]] = {
    "year": lambda day: day.replace(month=1, day=1),
    "quarter": lambda day: day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1),
    "month": lambda day: day.replace(day=1),
    "week": lambda day: day - timedelta(days=day.weekday()),
    "day": lambda day: day,
    "date": lambda day: day,
}


class Evaluator:
    """Makes the functions; what it cannot make raises NotSupportedError."""

    def __init__(
        self,
        normalizers: Mapping[str, Callable[[str], str]],
        using: str,
        folds: Mapping[str, Callable[[str], str]] = MappingProxyType({}),
    ) -> None:
        # How the searchable fields of the query's own model compare beginnings of texts, and parts.
        self.normalizers = normalizers
        self.folds = folds
        self._using = using
        self._results: dict[Query, list[Any]] = {}

    def run(self, query: Query) -> list[Any]:
        """The first column of a subquery's results; the planner and the filter share one run."""
        if query not in self._results:
            runnable = query.clone()
            if not query.has_select_fields:
                runnable.clear_select_clause()
                runnable.add_fields(["pk"])
            rows = runnable.get_compiler(self._using).results_iter()
            self._results[query] = [row[0] for row in rows]
        return self._results[query]

    @singledispatchmethod
    def make(self, expression: Any) -> Evaluate:
        """The function that computes the expression."""
        raise NotSupportedError(f"{type(expression).__name__} is not served: {expression!r}.")

    @make.register
    def _(self, expression: Col) -> Evaluate:
        alias, name = expression.alias, expression.target.attname

        def value(record: Record) -> Any:
            row = record[alias]
            return None if row is None else row[name]

        return value

    @make.register
    def _(self, expression: Value) -> Evaluate:
        value = expression.value
        return lambda _: value

    @make.register(Ref)
    @make.register(OrderBy)
    @make.register(ExpressionWrapper)
    def _(self, expression: Expression) -> Evaluate:
        return self.make(expression.get_source_expressions()[0])

    @make.register
    def _(self, expression: CombinedExpression) -> Evaluate:
        compute = _ARITHMETIC.get(expression.connector)
        if compute is None:
            raise NotSupportedError(f"The operator {expression.connector} is not served.")
        left, right = self.make(expression.lhs), self.make(expression.rhs)

        def value(record: Record) -> Any:
            one, other = left(record), right(record)
            return None if one is None or other is None else compute(one, other)

        return value

    @make.register
    def _(self, expression: Coalesce) -> Evaluate:
        sources = [self.make(source) for source in expression.get_source_expressions()]
        return lambda record: next(
            (value for source in sources if (value := source(record)) is not None), None
        )

    @make.register
    def _(self, expression: Extract) -> Evaluate:
        source = self.make(expression.lhs)
        part = _EXTRACT.get(expression.lookup_name)
        if part is None:
            raise NotSupportedError(f"Extracting {expression.lookup_name} is not served.")
        local = _local(expression)
        return lambda record: None if (moment := source(record)) is None else part(local(moment))

    @make.register
    def _(self, expression: TruncBase) -> Evaluate:
        source, kind = self.make(expression.lhs), expression.kind
        if kind not in _TRUNCATE:
            raise NotSupportedError(f"Truncating to {kind} is not served.")
        local = _local(expression)
        zone = expression.tzinfo or timezone.get_current_timezone()
        aware = isinstance(expression.output_field, DateTimeField)

        def value(record: Record) -> Any:
            moment = source(record)
            if moment is None:
                return None
            moment = local(moment)
            day = _TRUNCATE[kind](moment.date() if isinstance(moment, datetime) else moment)
            return timezone.make_aware(datetime.combine(day, time()), zone) if aware else day

        return value

    @make.register(Lookup)
    @make.register(WhereNode)
    def _(self, expression: Any) -> Evaluate:
        # Imported here: predicates are made of expressions, and expressions of predicates.
        from ivent_site.dynamodb.predicates import predicate

        return predicate(expression, self)


def _local(expression: Any) -> Callable[[Any], Any]:
    """Moments in the zone that the expression names; dates as they are."""
    zone = expression.tzinfo or timezone.get_current_timezone()
    return lambda moment: moment.astimezone(zone) if isinstance(moment, datetime) else moment
