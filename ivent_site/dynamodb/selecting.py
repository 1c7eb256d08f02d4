"""The records of a query: planned, read under the cap, filtered, joined and put in order."""

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from itertools import islice
from operator import itemgetter
from typing import TYPE_CHECKING, Any, cast

from django.db import NotSupportedError
from django.db.models import Model
from django.db.models.expressions import Col, OrderBy, Ref
from django.db.models.sql import Query

from ivent_site.dynamodb.constraints import constraints
from ivent_site.dynamodb.expressions import Evaluator
from ivent_site.dynamodb.joins import follow, joins_of
from ivent_site.dynamodb.operations import ItemKey, Operation
from ivent_site.dynamodb.planner import KeysPlan, Ordering, PathPlan, plan
from ivent_site.dynamodb.predicates import never, predicate
from ivent_site.dynamodb.reader import CappedError, read_keys, read_plan
from ivent_site.dynamodb.records import values_of_row
from ivent_site.dynamodb.rows import Row
from ivent_site.dynamodb.store import READ_CAP, Path, StaticStore, Store, store_of

if TYPE_CHECKING:
    from ivent_site.dynamodb.base import DatabaseWrapper

# The row that a record was made of stands beside the values of the aliases.
Candidate = tuple[Row | None, dict[str, Any]]


class Selector:
    """Finds the records of one query."""

    def __init__(
        self, query: Query, connection: "DatabaseWrapper", order_by: Sequence[OrderBy] = ()
    ) -> None:
        self.query = query
        self.connection = connection
        self.order_by = order_by
        self.model = cast("type[Model]", query.model)
        self.store = store_of(self.model)
        self.alias = query.get_initial_alias()
        store = self.store if isinstance(self.store, Store) else Store(row=Row)
        self.evaluator = Evaluator(store.normalizers, connection.alias, store.folds)
        # Made before anything is read, so that what is not served costs nothing.
        is_empty = isinstance(self.store, StaticStore) and self.store.is_empty
        self.joins = [] if is_empty else joins_of(query)
        self._decide = never if is_empty else predicate(query.where, self.evaluator)
        self._order_values = [self.evaluator.make(order.expression) for order in order_by]
        # Whether a read that reached the cap was cut off: allowed to partial queries only.
        self.capped = False

    @cached_property
    def plan(self) -> KeysPlan | PathPlan:
        """How the rows are read; NotSupportedError where nothing declared serves the query."""
        store = self.store
        if isinstance(store, StaticStore):
            raise TypeError("A static store is not planned.")
        found = constraints(self.query.where, self.alias, self.evaluator, self.connection)
        return plan(self.model, store, found, self.ordering)

    @cached_property
    def exact_plan(self) -> PathPlan | None:
        """The plan, if its keys alone answer the query: rows need not be looked at."""
        if isinstance(self.store, StaticStore) or self.own or not isinstance(self.plan, PathPlan):
            return None
        # Of the entries of a search more than one may belong to a row.
        return self.plan if self.plan.exact and not self.plan.texts else None

    def is_order(self, expression: Any, plan: PathPlan) -> bool:
        """Whether the expression is the column that the plan's path is in the order of."""
        return (
            isinstance(plan.path, Path)
            and isinstance(expression, Col)
            and expression.alias == self.alias
            and expression.target.attname == plan.path.order
        )

    @cached_property
    def ordering(self) -> Ordering:
        """The order wanted, if it is one of the model's own fields."""
        parts = []
        for order in self.order_by:
            expression = order.expression
            while isinstance(expression, Ref):
                expression = expression.get_source_expressions()[0]
            if (
                not isinstance(expression, Col)
                or expression.alias != self.alias
                or order.nulls_first
                or order.nulls_last
            ):
                return None
            parts.append((expression.target.attname, bool(order.descending)))
        return parts

    @cached_property
    def own(self) -> dict[ItemKey, Operation]:
        """What the open block has written to the model's table."""
        if isinstance(self.store, StaticStore):
            return {}
        return {op.key: op for op in self.connection.pending.of_row(self.store.row)}

    @cached_property
    def _needed(self) -> list[str]:
        """The inner joins that conditions look at. Others may miss: a log outlives its author."""
        looked_at = _aliases([self.query.where])
        return [join.alias for join in self.joins if join.is_inner and join.alias in looked_at]

    def matches(self, record: dict[str, Any]) -> bool:
        """Whether the record fulfils the query's conditions."""
        if any(record[alias] is None for alias in self._needed):
            return False
        return self._decide(record) is True

    def follow(self, candidates: Iterable[Candidate]) -> None:
        """Add what the query joins."""
        follow(self.joins, [record for _, record in candidates], self.fetch)

    def records(self, high: int | None = None) -> list[dict[str, Any]]:
        """The matching records in order, the first `high` of them, with what they join."""
        return [record for _, record in self.candidates(high)]

    def candidates(self, high: int | None = None) -> list[Candidate]:
        """The same, each beside its row."""
        looked_at = _aliases([self.query.where, *self.order_by])
        early = any(join.alias in looked_at for join in self.joins)
        in_order = self._comes_in_order()
        found: Iterable[Candidate] = self._read(high if in_order and not early else None)
        written = [self.candidate(row) for row in _written(self.own)]
        if early:
            found = list(found)
            self.follow([*found, *written])
        stored = (pair for pair in found if self.matches(pair[1]))
        chosen = list(islice(stored, high) if in_order else stored)
        chosen += (pair for pair in written if self.matches(pair[1]))
        if written or not in_order:
            self._sort(chosen)
        chosen = chosen[:high]
        if not early:
            self.follow(chosen)
        return chosen

    def fetch(self, model: type[Model], primary_keys: list[Any]) -> dict[Any, dict[str, Any]]:
        """Values of a model's rows by primary key."""
        store, pk = store_of(model), model._meta.pk.attname
        if isinstance(store, StaticStore):
            return {values[pk]: values for values in store.records()}
        own = {op.key: op for op in self.connection.pending.of_row(store.row)}
        rows = [*read_keys(store, primary_keys, own, consistent=False), *_written(own)]
        return {values[pk]: values for values in (values_of_row(model, row) for row in rows)}

    def _read(self, want: int | None) -> Iterator[Candidate]:
        if isinstance(self.store, StaticStore):
            for values in self.store.records():
                yield None, {self.alias: values}
            return
        for count, row in enumerate(read_plan(self.plan, self.own, want)):
            if count == READ_CAP:
                if not is_partial(self.query):
                    raise CappedError(self.model._meta.label)
                self.capped = True
                break
            yield self.candidate(row)

    def candidate(self, row: Row) -> Candidate:
        """A row as a record."""
        return row, {self.alias: values_of_row(self.model, row)}

    def _comes_in_order(self) -> bool:
        if not self.order_by:
            return True
        if isinstance(self.store, StaticStore):
            return False
        return isinstance(self.plan, PathPlan) and self.plan.ordered

    def _sort(self, candidates: list[Candidate]) -> None:
        for order, value in reversed([*zip(self.order_by, self._order_values, strict=True)]):
            descending = bool(order.descending)
            # NULL is less than any value, unless the order says otherwise.
            nulls_last = bool(order.nulls_last) or (descending and not order.nulls_first)
            valued = [(value(pair[1]), pair) for pair in candidates]
            filled = [each for each in valued if each[0] is not None]
            empty = [pair for found, pair in valued if found is None]
            try:
                filled.sort(key=itemgetter(0), reverse=descending)
            except TypeError as err:
                raise NotSupportedError(f"{order.expression} has no order.") from err
            in_order = [pair for _, pair in filled]
            candidates[:] = in_order + empty if nulls_last else empty + in_order


def _aliases(expressions: Iterable[Any]) -> set[str | None]:
    """The aliases whose columns the expressions look at."""
    gen_cols: Any = getattr(Query, "_gen_cols")  # noqa: B009 - the stubs do not know it
    return {col.alias for col in gen_cols(expressions, include_external=True)}


def _written(own: dict[ItemKey, Operation]) -> list[Row]:
    return [op.row.from_raw_data(item) for op in own.values() if (item := op.item) is not None]


_PARTIAL = "_ivent_partial"


def allow_partial(query: Query) -> None:
    """Let the query, and those made from it, end at the read cap instead of being refused."""
    setattr(query, _PARTIAL, True)


def is_partial(query: Query) -> bool:
    """Whether the query may end at the read cap."""
    return getattr(query, _PARTIAL, False)
