"""What Django asks of a database for each kind of query, answered from DynamoDB.

Django's own SQLCompiler still decides what is selected and how models are made of it; here
is only what would be SQL.
"""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from django.db import IntegrityError, NotSupportedError
from django.db.models import AutoField, Field
from django.db.models.expressions import Col, OrderBy
from django.db.models.fields.json import JSONField
from django.db.models.sql import compiler
from django.db.models.sql.constants import MULTI

from ivent_site.dynamodb import changes
from ivent_site.dynamodb.aggregates import aggregate_row, aggregate_rows
from ivent_site.dynamodb.paging import page_of, read_page_records
from ivent_site.dynamodb.periods import distinct_periods
from ivent_site.dynamodb.records import set_value
from ivent_site.dynamodb.selecting import Selector
from ivent_site.dynamodb.store import StaticStore, Store, store_of

Row = tuple[Any, ...]


class SQLCompiler(compiler.SQLCompiler):
    """Reads."""

    connection: Any
    query: Any

    def execute_sql(  # type: ignore[override]  # the stubs describe cursors
        self,
        result_type: str = MULTI,
        chunked_fetch: bool = False,  # noqa: ARG002, FBT001, FBT002 - Django's signature
        chunk_size: int = 100,  # noqa: ARG002 - Django's signature
    ) -> Any:
        """The rows as Django wants them: a list of chunks, or the first one, or None."""
        rows = self.rows()
        if result_type == MULTI:
            return [rows]
        return next(iter(rows), None)

    def rows(self) -> list[Row]:
        """The selected values of every result."""
        extra_select, order_by, group_by = self.pre_sql_setup()
        self._refuse_what_is_not_served(group_by)
        if self.query.is_empty():
            return []
        expressions = [expression for expression, _, _ in self.select]
        orders: list[Any] = [order for order, _ in order_by]
        selector = Selector(self.query, self.connection, orders)
        if any(expression.contains_aggregate for expression in expressions):
            return [aggregate_row(selector, expressions)]
        low, high = self.query.low_mark, self.query.high_mark
        if self.query.distinct and len(orders) == 1:
            periods = distinct_periods(selector, expressions)
            if periods is not None:
                in_order = sorted(periods, reverse=bool(orders[0].descending))
                return [(period,) for period in in_order][low:high]
        # With distinct(), what the order adds tells rows apart as well.
        expressions += [expression for expression, _, _ in extra_select]
        values = [selector.evaluator.make(expression) for expression in expressions]
        page = page_of(self.query)
        if page is not None:
            records: Iterable[dict[str, Any]] = read_page_records(selector, page)
        else:
            records = selector.records(None if self.query.distinct else high)
        rows: Iterable[Row] = (tuple(value(record) for value in values) for record in records)
        if self.query.distinct:
            rows = _distinct(rows)
        return [row[: self.col_count] for row in islice(rows, low, high)]

    def _refuse_what_is_not_served(self, group_by: Any) -> None:
        query, parts = self.query, vars(self)
        refused = {
            "a union, intersection or difference": query.combinator,
            "extra()": query.extra or query.extra_tables or query.extra_order_by,
            "grouping": group_by or parts["having"],
            "a window": parts["qualify"],
            "distinct() with fields": query.distinct_fields,
        }
        for what, is_asked in refused.items():
            if is_asked:
                raise NotSupportedError(f"{query.model._meta.label}: {what} is not served.")

    def compile(self, node: Any) -> tuple[str, tuple[Any, ...]]:
        """A text that tells expressions apart, which is all that Django's set-up needs."""
        if isinstance(node, Col):
            return f"{node.alias}.{node.target.column}", ()
        if isinstance(node, OrderBy):
            direction = "DESC" if node.descending else "ASC"
            return f"{self.compile(node.expression)[0]} {direction}", ()
        return repr(node), ()

    def get_converters(self, expressions: Iterable[Any]) -> dict[int, Any]:
        """Only what fields themselves convert; a JSONField's text is not stored as text."""
        return {
            position: (convert, expression)
            for position, expression in enumerate(expressions)
            if isinstance(expression, Col)
            and not isinstance(expression.target, JSONField)
            and (convert := expression.get_db_converters(self.connection))
        }

    def as_sql(self, *_: Any, **__: Any) -> Any:
        """There is none."""
        raise NotSupportedError("DynamoDB has no SQL.")


class SQLInsertCompiler(compiler.SQLInsertCompiler, SQLCompiler):
    """Inserts: each object a put on condition that its key is free."""

    query: Any

    def execute_sql(  # type: ignore[override]  # Django's own insert differs as well
        self, returning_fields: Iterable[Any] | None = None
    ) -> list[Row]:
        """The values of `returning_fields` of each object."""
        if self.query.on_conflict is not None:
            raise NotSupportedError("Inserting with a conflict rule is not served.")
        store = writable(self.query.model)
        return [
            tuple(values[field.attname] for field in returning_fields or ())
            for values in [self._insert(store, obj) for obj in self.query.objs]
        ]

    def _insert(self, store: Store, obj: Any) -> dict[str, Any]:
        values = {
            field: self.prepare_value(field, self.pre_save_val(field, obj))
            for field in self.query.fields
        }
        pk = self.query.model._meta.pk
        if values.get(pk) is None:
            if not isinstance(pk, AutoField):
                raise IntegrityError(f"{self.query.model._meta.label} has no primary key value.")
            values[pk] = self.connection.ops.new_auto_key()
        changes.insert(self.connection, store, values, pk)
        return {field.attname: value for field, value in values.items()}


class SQLUpdateCompiler(compiler.SQLUpdateCompiler, SQLCompiler):
    """Updates: each matching row is read, changed, and put if nobody changed it meanwhile."""

    query: Any

    def execute_sql(self, result_type: str) -> int:  # type: ignore[override]  # noqa: ARG002 - Django's signature
        """How many rows were updated."""
        if not self.query.values or self.query.is_empty():
            return 0
        if self.query.related_updates:
            raise NotSupportedError("Updating a parent model's fields is not served.")
        writable(self.query.model)
        selector = Selector(self.query, self.connection)
        new_values = {
            field: self._new_value(selector, field, v) for field, _, v in self.query.values
        }

        def change(row: Any, record: dict[str, Any]) -> None:
            values = {field: value(record) for field, value in new_values.items()}
            for field, value in values.items():
                set_value(row, field, field.get_db_prep_save(value, connection=self.connection))

        return changes.update(selector, change)

    def _new_value(self, selector: Selector, field: "Field[Any, Any]", value: Any) -> Any:
        """The function that computes the field's new value from the old record."""
        if field.primary_key:
            raise NotSupportedError("A primary key is not updated: insert, then delete.")
        if hasattr(value, "resolve_expression"):
            value = value.resolve_expression(self.query, allow_joins=False, for_save=True)
            return selector.evaluator.make(value)
        if hasattr(value, "prepare_database_save"):
            value = value.prepare_database_save(field)
        return lambda _: value


class SQLDeleteCompiler(compiler.SQLDeleteCompiler, SQLCompiler):
    """Deletes: exactly the rows that match when they are read by key."""

    query: Any

    def execute_sql(self, result_type: str) -> int:  # type: ignore[override]  # noqa: ARG002 - Django's signature
        """How many rows were deleted."""
        store = store_of(self.query.model)
        if self.query.is_empty() or (isinstance(store, StaticStore) and store.is_empty):
            return 0
        writable(self.query.model)
        return changes.delete(Selector(self.query, self.connection))


class SQLAggregateCompiler(compiler.SQLAggregateCompiler, SQLCompiler):
    """Aggregates over a slice, or over distinct rows."""

    query: Any
    elide_empty: bool

    def execute_sql(self, result_type: str = MULTI, *_: Any, **__: Any) -> Any:  # type: ignore[override]
        """One row."""
        inner = self.query.inner_query.get_compiler(self.using, elide_empty=self.elide_empty)
        rows = inner.rows()
        expressions = list(self.query.annotation_select.values())
        self.col_count = len(expressions)
        row = aggregate_rows(expressions, rows, inner.annotation_col_map)
        return [[row]] if result_type == MULTI else row


def writable(model: Any) -> Store:
    """The model's store; NotSupportedError if it has no table."""
    store = store_of(model)
    if isinstance(store, StaticStore):
        raise NotSupportedError(f"{model._meta.label} is static: it is not written.")
    return store


def _distinct(rows: Iterable[Row]) -> Iterator[Row]:
    try:
        yield from dict.fromkeys(rows)
    except TypeError as err:
        raise NotSupportedError("Rows with JSON values are not told apart.") from err
