"""A query's conditions as Python functions with SQL's three values: True, False, None."""

import operator
from collections.abc import Callable
from typing import Any, Final

from django.db import NotSupportedError
from django.db.models import Lookup, lookups
from django.db.models.expressions import Col, ExpressionList
from django.db.models.fields.json import DataContains
from django.db.models.sql import Query
from django.db.models.sql.where import AND, OR, XOR, NothingNode, WhereNode

from ivent_site.dynamodb.expressions import Evaluate, Evaluator, Record

Predicate = Callable[[Record], bool | None]
Compare = Callable[[Any, Any], bool]


def _folded(compare: Compare) -> Compare:
    return lambda one, other: compare(str(one).casefold(), str(other).casefold())


def _contains(text: Any, part: Any) -> bool:
    return str(part) in str(text)


def _holds_all(values: Any, parts: Any) -> bool:
    """What `contains` means for a JSON list: each of the parts, or the one, is in it."""
    wanted = parts if isinstance(parts, list) else [parts]
    return isinstance(values, list) and all(part in values for part in wanted)


def _starts_with(text: Any, part: Any) -> bool:
    return str(text).startswith(str(part))


def _ends_with(text: Any, part: Any) -> bool:
    return str(text).endswith(str(part))


# By class and not by name, for the name means something else for a JSON field.
_COMPARE: Final[dict[type, Compare]] = {
    lookups.Exact: operator.eq,
    lookups.IExact: _folded(operator.eq),
    lookups.GreaterThan: operator.gt,
    lookups.GreaterThanOrEqual: operator.ge,
    lookups.LessThan: operator.lt,
    lookups.LessThanOrEqual: operator.le,
    lookups.Contains: _contains,
    lookups.IContains: _folded(_contains),
    lookups.StartsWith: _starts_with,
    lookups.IStartsWith: _folded(_starts_with),
    lookups.EndsWith: _ends_with,
    DataContains: _holds_all,
    lookups.IEndsWith: _folded(_ends_with),
}


def predicate(node: Any, evaluator: Evaluator) -> Predicate:
    """The function that decides the node; NotSupportedError names what it cannot."""
    for kind, make in _MAKERS.items():
        if isinstance(node, kind):
            return make(node, evaluator)
    value = evaluator.make(node)
    return lambda record: None if (found := value(record)) is None else bool(found)


def never(_: Record) -> bool:
    """The condition that no record fulfils."""
    return False


def _combined(node: WhereNode, evaluator: Evaluator) -> Predicate:
    children = [predicate(child, evaluator) for child in node.children]
    combine = {AND: _all, OR: _any, XOR: _odd}[node.connector]
    if not children:
        return lambda _: True

    def decide(record: Record) -> bool | None:
        found = combine(child(record) for child in children)
        if node.negated:
            return None if found is None else not found
        return found

    return decide


def _all(values: Any) -> bool | None:
    unknown = False
    for value in values:
        if value is None:
            unknown = True
        elif not value:
            return False
    return None if unknown else True


def _any(values: Any) -> bool | None:
    unknown = False
    for value in values:
        if value is None:
            unknown = True
        elif value:
            return True
    return None if unknown else False


def _odd(values: Any) -> bool | None:
    # As Django writes XOR where SQL has none: at least one, and an odd number of them.
    return sum(value is True for value in values) % 2 == 1


def _is_null(lookup: Any, evaluator: Evaluator) -> Predicate:
    value, wanted = evaluator.make(lookup.lhs), bool(lookup.rhs)
    return lambda record: (value(record) is None) is wanted


def _comparison(lookup: Any, evaluator: Evaluator) -> Predicate:
    compare = next((_COMPARE[cls] for cls in type(lookup).__mro__ if cls in _COMPARE), None)
    if compare is None:
        raise NotSupportedError(
            f"The lookup {lookup.lookup_name} of {lookup.lhs.output_field} is not served."
        )
    left = evaluator.make(lookup.lhs)
    right = _operand(lookup.rhs, evaluator)
    if isinstance(lookup, lookups.IStartsWith) and isinstance(lookup.lhs, Col):
        normalize = evaluator.normalizers.get(lookup.lhs.target.attname)
        if normalize:
            compare = lambda text, part: normalize(text).startswith(normalize(str(part)))  # noqa: E731 - one more of them
    if isinstance(lookup, lookups.IContains) and isinstance(lookup.lhs, Col):
        fold = evaluator.folds.get(lookup.lhs.target.attname)
        if fold:
            compare = lambda text, part: fold(str(part)) in fold(text)  # noqa: E731 - one more of them

    def decide(record: Record) -> bool | None:
        one, other = left(record), right(record)
        return None if one is None or other is None else compare(one, other)

    return decide


def _in(lookup: Any, evaluator: Evaluator) -> Predicate:
    left, operands = evaluator.make(lookup.lhs), _operands(lookup, evaluator)

    def decide(record: Record) -> bool | None:
        value = left(record)
        if value is None:
            # Not even unknown values are equal to one of none.
            return None if operands else False
        others = (operand(record) for operand in operands)
        return _any(None if other is None else value == other for other in others)

    return decide


def _between(lookup: Any, evaluator: Evaluator) -> Predicate:
    left, (low, high) = evaluator.make(lookup.lhs), _operands(lookup, evaluator)

    def decide(record: Record) -> bool | None:
        value, least, most = left(record), low(record), high(record)
        above = None if value is None or least is None else value >= least
        below = None if value is None or most is None else value <= most
        return _all((above, below))

    return decide


def _operands(lookup: Any, evaluator: Evaluator) -> list[Evaluate]:
    return [_operand(value, evaluator) for value in values_of(lookup, evaluator)]


def _operand(value: Any, evaluator: Evaluator) -> Evaluate:
    if is_expression(value):
        return evaluator.make(value)
    constant = scalar_of(value, evaluator)
    return lambda _: constant


def values_of(lookup: Any, evaluator: Evaluator) -> list[Any]:
    """The values on the right of an `in` or `range`; a subquery is run for them, once."""
    if isinstance(lookup.rhs, ExpressionList):
        return lookup.rhs.get_source_expressions()
    if isinstance(lookup.rhs, Query):
        return evaluator.run(lookup.rhs)
    # Django leaves None out of what it lists for IN.
    is_in = isinstance(lookup, lookups.In)
    return [value for value in lookup.rhs if not (is_in and value is None)]


def scalar_of(value: Any, evaluator: Evaluator) -> Any:
    """The value on the right of a comparison; a subquery is run for it, once."""
    return next(iter(evaluator.run(value)), None) if isinstance(value, Query) else value


def is_expression(value: Any) -> bool:
    """Whether the value may differ from row to row."""
    return hasattr(value, "resolve_expression") and not isinstance(value, Query)


# In this order: the first kind that a node is of makes its function.
_MAKERS: Final[dict[type, Callable[[Any, Evaluator], Predicate]]] = {
    WhereNode: _combined,
    NothingNode: lambda _, __: never,
    lookups.IsNull: _is_null,
    lookups.In: _in,
    lookups.Range: _between,
    Lookup: _comparison,
}
