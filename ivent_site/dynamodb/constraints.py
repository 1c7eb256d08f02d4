"""What a query's conditions say about single fields of its own model, for certain."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import MAXYEAR
from typing import Any

from django.db.models import lookups
from django.db.models.expressions import Col
from django.db.models.functions import ExtractYear
from django.db.models.lookups import YearLookup
from django.db.models.sql.where import AND, WhereNode

from ivent_site.dynamodb.expressions import Evaluator
from ivent_site.dynamodb.predicates import is_expression, scalar_of, values_of

_SINGLE = (
    lookups.Exact,
    lookups.GreaterThan,
    lookups.GreaterThanOrEqual,
    lookups.LessThan,
    lookups.LessThanOrEqual,
    lookups.StartsWith,
    lookups.IStartsWith,
    lookups.IContains,
)


@dataclass(frozen=True, slots=True, eq=False)
class Constraint:
    """One lookup that every matching row fulfils; `values` are its right-hand side.

    `name` is exact, in, gt, gte, lt, lte, range, startswith, istartswith, icontains, isnull, or
    empty for what no key can answer.
    """

    field: str
    name: str
    values: tuple[Any, ...] = ()


def constraints(
    where: WhereNode, base_alias: str | None, evaluator: Evaluator, connection: Any
) -> list[Constraint]:
    """The constraints that hold together; one without a name stands for each other condition."""
    return [
        _constraint(leaf, base_alias, evaluator)
        or _year(leaf, base_alias, connection)
        or Constraint("", "")
        for leaf in _leaves(where)
    ]


def _leaves(node: Any) -> Iterator[Any]:
    """The parts of the outermost AND."""
    is_where = isinstance(node, WhereNode) and not node.negated
    if is_where and (node.connector == AND or len(node.children) == 1):
        for child in node.children:
            yield from _leaves(child)
    else:
        yield node


def _constraint(leaf: Any, base_alias: str | None, evaluator: Evaluator) -> Constraint | None:
    field = _field(getattr(leaf, "lhs", None), base_alias)
    if field is None or is_expression(leaf.rhs):
        return None
    if isinstance(leaf, lookups.IsNull):
        return Constraint(field, "isnull", (bool(leaf.rhs),))
    if isinstance(leaf, lookups.In | lookups.Range):
        values = tuple(values_of(leaf, evaluator))
        found = Constraint(field, "in" if isinstance(leaf, lookups.In) else "range", values)
        return None if any(map(is_expression, values)) else found
    if isinstance(leaf, _SINGLE):
        return Constraint(field, leaf.lookup_name, (scalar_of(leaf.rhs, evaluator),))
    return None


def _year(leaf: Any, base_alias: str | None, connection: Any) -> Constraint | None:
    """`__year` comparisons as the bounds that Django itself turns them into."""
    if not isinstance(leaf, YearLookup) or not isinstance(leaf.lhs, ExtractYear):
        return None
    field = _field(leaf.lhs.lhs, base_alias)
    if field is None or not isinstance(leaf.rhs, int) or leaf.lhs.tzinfo is not None:
        return None
    if not 1 < leaf.rhs < MAXYEAR:
        # The bounds would be no dates in some time zone.
        return None
    first, last = leaf.year_lookup_bounds(connection, leaf.rhs)
    bounds = {
        "exact": ("range", (first, last)),
        "gt": ("gt", (last,)),
        "gte": ("gte", (first,)),
        "lt": ("lt", (first,)),
        "lte": ("lte", (last,)),
    }
    return Constraint(field, *bounds[leaf.lookup_name])


def _field(left: Any, base_alias: str | None) -> str | None:
    if isinstance(left, Col) and left.alias in (base_alias, None):
        return left.target.attname
    return None
