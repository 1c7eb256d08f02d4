"""Decides a condition expression in Python, on an item that is still to be written."""

import operator
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any, Final

from django.db import NotSupportedError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.operand import Path, Value

_COMBINE: Final[dict[str, Callable[[Iterable[bool]], bool]]] = {
    "AND": all,
    "OR": any,
    "NOT": lambda parts: not all(parts),
}
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
    name, values = condition.operator, condition.values
    if name in _COMBINE:
        return _COMBINE[name](holds(part, item) for part in values)
    if name in ("attribute_exists", "attribute_not_exists"):
        return (_operand(values[0], item) is None) is (name == "attribute_not_exists")
    if name in _COMPARE:
        return _compared(name, values[0], values[1], item)
    if name == "IN":
        return any(_compared("=", values[0], other, item) for other in values[1:])
    raise NotSupportedError(
        f"{name} cannot be decided on an item written earlier in the same block."
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
