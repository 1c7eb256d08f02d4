"""Decides a condition expression in Python, on an item that is still to be written."""

import operator
from collections.abc import Callable
from decimal import Decimal
from typing import Any, Final

from django.db import NotSupportedError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.operand import Path, Value

_COMPARE: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "=": operator.eq,
    "<>": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def holds(condition: Condition, item: dict[str, dict[str, Any]] | None) -> bool:
    """Whether DynamoDB would find the condition true on the item (None: there is no item)."""
    left, *rest = condition.values
    match condition.operator:
        case "AND":
            return holds(left, item) and holds(rest[0], item)
        case "OR":
            return holds(left, item) or holds(rest[0], item)
        case "NOT":
            return not holds(left, item)
        case "attribute_exists":
            return _operand(left, item) is not None
        case "attribute_not_exists":
            return _operand(left, item) is None
        case "IN":
            return any(_compared("=", left, other, item) for other in rest)
        case comparison if comparison in _COMPARE:
            return _compared(comparison, left, rest[0], item)
    raise NotSupportedError(
        f"{condition.operator} cannot be decided on an item written earlier in the same block."
    )


def _compared(comparison: str, left: Any, right: Any, item: dict[str, Any] | None) -> bool:
    one, other = _operand(left, item), _operand(right, item)
    if one is None or other is None or one.keys() != other.keys():
        return comparison == "<>"
    ((kind, value),) = one.items()
    (against,) = other.values()
    if kind == "N":
        value, against = Decimal(value), Decimal(against)
    return _COMPARE[comparison](value, against)


def _operand(operand: Any, item: dict[str, Any] | None) -> dict[str, Any] | None:
    """The typed value ({"S": …}) that an operand stands for; None if there is none."""
    if isinstance(operand, Value):
        (value,) = operand.values
        return value  # type: ignore[no-any-return]
    if not isinstance(operand, Path) or len(operand.path) != 1:
        raise NotSupportedError(f"{operand} cannot be decided before the block is committed.")
    return (item or {}).get(operand.path[0])
