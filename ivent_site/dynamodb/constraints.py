"""What a query's conditions say about single fields of its own model, for certain."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import lookups
from django.db.models.expressions import Col
from django.db.models.functions import ExtractYear
from django.db.models.lookups import YearLookup
from django.db.models.sql.where import AND, WhereNode

from ivent_site.dynamodb.predicates import scalar_of, values_of

_SINGLE = (
    lookups.Exact,
    lookups.GreaterThan,
    lookups.GreaterThanOrEqual,
    lookups.LessThan,
    lookups.LessThanOrEqual,
    lookups.StartsWith,
    lookups.IStartsWith,
)


@dataclass(frozen=True, slots=True, eq=False)
class Constraint:
    """One lookup that every matching row fulfils; `values` are its right-hand side.

    `name` is exact, in, gt, gte, lt, lte, range, startswith, istartswith, isnull, or empty
    for what no key can answer.
    """

    field: str
    name: str
    values: tuple[Any, ...] = ()


def constraints(where: WhereNode, base_alias: str | None, connection: Any) -> list[Constraint]:
    """The constraints that hold together; one without a name stands for each other condition."""
    return [
        _constraint(leaf, base_alias, connection) or Constraint("", "") for leaf in _leaves(where)
    ]


def _leaves(node: Any) -> Iterator[Any]:
    """The parts of the outermost AND."""
    if isinstance(node, WhereNode) and not node.negated:
        if node.connector == AND or len(node.children) == 1:
            for child in node.children:
                yield from _leaves(child)
            return
    yield node


def _constraint(leaf: Any, base_alias: str | None, connection: Any) -> Constraint | None:
    if isinstance(leaf, YearLookup) and isinstance(leaf.lhs, ExtractYear):
        return _year(leaf, base_alias, connection)
    field = _field(getattr(leaf, "lhs", None), base_alias)
    if field is None or _is_expression(leaf.rhs):
        return None
    if isinstance(leaf, lookups.IsNull):
        return Constraint(field, "isnull", (bool(leaf.rhs),))
    if isinstance(leaf, lookups.In):
        return Constraint(field, "in", tuple(values_of(leaf)))
    if isinstance(leaf, lookups.Range) and not any(map(_is_expression, leaf.rhs)):
        return Constraint(field, "range", tuple(leaf.rhs))
    if isinstance(leaf, _SINGLE):
        return Constraint(field, leaf.lookup_name, (scalar_of(leaf.rhs),))
    return None


def _year(leaf: Any, base_alias: str | None, connection: Any) -> Constraint | None:
    """`__year` comparisons as the bounds that Django itself turns them into."""
    field = _field(leaf.lhs.lhs, base_alias)
    if field is None or not isinstance(leaf.rhs, int) or leaf.lhs.tzinfo is not None:
        return None
    if not 1 < leaf.rhs < 9999:  # noqa: PLR2004 - beyond, the bounds are no dates in every zone
        return None
    first, last = leaf.year_lookup_bounds(connection, leaf.rhs)
    match leaf.lookup_name:
        case "exact":
            return Constraint(field, "range", (first, last))
        case "gt":
            return Constraint(field, "gt", (last,))
        case "gte":
            return Constraint(field, "gte", (first,))
        case "lt":
            return Constraint(field, "lt", (first,))
        case "lte":
            return Constraint(field, "lte", (last,))
    return None


def _field(left: Any, base_alias: str | None) -> str | None:
    if isinstance(left, Col) and left.alias in (base_alias, None):
        return left.target.attname
    return None


def _is_expression(value: Any) -> bool:
    """Whether the value differs from row to row."""
    return hasattr(value, "as_sql") and not hasattr(value, "get_compiler")
