"""Ranges of sort keys: which part of a partition a path has to read."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from pynamodb.expressions.condition import Condition
from pynamodb.expressions.operand import Path as Attribute

from ivent_site.dynamodb.constraints import Constraint
from ivent_site.dynamodb.rows import sort_text

# The most bytes that a partition key and a sort key take.
HASH_BYTES: Final = 2048
RANGE_BYTES: Final = 1024
# After the '#' that ends a moment in a sort key: every key of the moment is before it.
_AFTER: Final = "$"


@dataclass(frozen=True, slots=True)
class KeyRange:
    """The keys from `lower` to `upper`, both included, or those that begin with `prefix`."""

    lower: str | None = None
    upper: str | None = None
    prefix: str | None = None

    @property
    def is_empty(self) -> bool:
        """Whether no key can be in it: DynamoDB refuses to be asked for such a range."""
        if self.lower is None or self.upper is None:
            return self.upper == ""
        return self.lower > self.upper

    @property
    def is_bounded(self) -> bool:
        """Whether it is less than the whole partition."""
        return (self.lower, self.upper, self.prefix) != (None, None, None)

    def narrowed(self, lower: str | None = None, upper: str | None = None) -> "KeyRange":
        """The part of it between two more bounds."""
        if self.prefix is not None:
            # The highest character ends everything that begins with the prefix.
            bounds = KeyRange(self.prefix, self.prefix + "\U0010ffff")
            return bounds.narrowed(lower, upper)
        lowest = max((key for key in (self.lower, lower) if key is not None), default=None)
        highest = min((key for key in (self.upper, upper) if key is not None), default=None)
        return replace(self, lower=lowest, upper=highest)

    def condition(self, attribute_name: str) -> Condition | None:
        """As a key condition on the attribute."""
        attribute = Attribute(attribute_name)
        if self.prefix is not None:
            return attribute.startswith(self.prefix)
        if self.lower and self.upper:
            return attribute.between(self.lower, self.upper)
        if self.lower:
            return attribute >= self.lower
        if self.upper:
            return attribute <= self.upper
        return None


def is_possible(value: Any, most: int = HASH_BYTES) -> bool:
    """Whether DynamoDB takes the value as a key: what it refuses cannot be there."""
    if not isinstance(value, str):
        return value is not None and (not isinstance(value, int) or abs(value) < 10**38)
    try:
        return 0 < len(value.encode()) <= most
    except UnicodeEncodeError:
        return False


def moments_range(constraints: Iterable[Constraint]) -> tuple[KeyRange, set[Constraint]]:
    """The keys `sort_key(moment, id)` that the constraints allow, and which it answers exactly."""
    found, answered = KeyRange(), set()
    for constraint in constraints:
        bounds = _moment_bounds(constraint)
        if bounds is not None:
            found = found.narrowed(*bounds)
            answered.add(constraint)
    return found, answered


def _moment_bounds(constraint: Constraint) -> tuple[str | None, str | None] | None:
    if constraint.name == "isnull":
        return (None, None) if constraint.values == (False,) else None
    if not all(isinstance(value, datetime) for value in constraint.values):
        return None
    texts = [sort_text(value) for value in constraint.values]
    match constraint.name:
        case "exact":
            return texts[0], texts[0] + _AFTER
        case "gt":
            return texts[0] + _AFTER, None
        case "gte":
            return texts[0], None
        case "lt":
            return None, texts[0]
        case "lte":
            return None, texts[0] + _AFTER
        case "range":
            return texts[0], texts[1] + _AFTER
    return None


def ids_range(constraints: Iterable[Constraint]) -> tuple[KeyRange, set[Constraint]]:
    """The keys that are primary keys, as above; what excludes its own bound is not exact."""
    found, answered = KeyRange(), set()
    for constraint in constraints:
        bounds = _id_bounds(constraint)
        if bounds is not None:
            found = found.narrowed(*bounds)
            if constraint.name not in ("gt", "lt"):
                answered.add(constraint)
    return found, answered


def _id_bounds(constraint: Constraint) -> tuple[Any, Any] | None:
    if constraint.name == "isnull":
        return (None, None) if constraint.values == (False,) else None
    # What cannot be a key is compared in Python.
    if not all(isinstance(v, str) and is_possible(v, RANGE_BYTES - 4) for v in constraint.values):
        return None
    match constraint.name:
        case "exact":
            return constraint.values * 2  # type: ignore[return-value]
        case "gt" | "gte":
            return constraint.values[0], None
        case "lt" | "lte":
            return None, constraint.values[0]
        case "range":
            return constraint.values  # type: ignore[return-value]
        case "startswith":
            return constraint.values[0], constraint.values[0] + "\U0010ffff"
    return None
