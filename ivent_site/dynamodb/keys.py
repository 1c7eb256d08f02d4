"""Ranges of sort keys: which part of a partition a path has to read."""

from collections.abc import Callable, Iterable
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
# The highest character ends everything that begins with a text.
_LAST: Final = "\U0010ffff"
# After the '#' that ends a moment in a sort key: every key of the moment is before it.
_AFTER: Final = "$"

Bounds = tuple[str | None, str | None]


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
            bounds = KeyRange(self.prefix, self.prefix + _LAST)
            return bounds.narrowed(lower, upper)
        lowest = max((key for key in (self.lower, lower) if key is not None), default=None)
        highest = min((key for key in (self.upper, upper) if key is not None), default=None)
        return replace(self, lower=lowest, upper=highest)

    def beyond(self, place: str, *, descending: bool) -> "KeyRange":
        """The part of it from a place in the order on, the place itself included."""
        return self.narrowed(upper=place) if descending else self.narrowed(lower=place)

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


def moments_range(constraints: Iterable[Constraint]) -> tuple[KeyRange, list[Constraint]]:
    """The keys `sort_key(moment, id)` that the constraints allow, and which it answers exactly."""
    return _range(constraints, _moment_bounds)


def ids_range(constraints: Iterable[Constraint]) -> tuple[KeyRange, list[Constraint]]:
    """The same of keys that are primary keys; what excludes its own bound is not exact."""
    found, answered = _range(constraints, _id_bounds)
    return found, [constraint for constraint in answered if constraint.name not in ("gt", "lt")]


def _range(
    constraints: Iterable[Constraint], bounds_of: Callable[[Constraint], Bounds | None]
) -> tuple[KeyRange, list[Constraint]]:
    found, answered = KeyRange(), []
    for constraint in constraints:
        if (constraint.name, constraint.values) == ("isnull", (False,)):
            # What has no value has no place in the index.
            answered.append(constraint)
        elif (bounds := bounds_of(constraint)) is not None:
            found = found.narrowed(*bounds)
            answered.append(constraint)
    return found, answered


def _moment_bounds(constraint: Constraint) -> Bounds | None:
    values = constraint.values
    if not values or not all(isinstance(value, datetime) for value in values):
        return None
    first, last = sort_text(values[0]), sort_text(values[-1])
    bounds: dict[str, Bounds] = {
        "exact": (first, first + _AFTER),
        "gt": (first + _AFTER, None),
        "gte": (first, None),
        "lt": (None, first),
        "lte": (None, first + _AFTER),
        "range": (first, last + _AFTER),
    }
    return bounds.get(constraint.name)


def _id_bounds(constraint: Constraint) -> Bounds | None:
    values = constraint.values
    # What cannot be a key is compared in Python.
    if not values or not all(
        isinstance(v, str) and is_possible(v, RANGE_BYTES - 4) for v in values
    ):
        return None
    first, last = values[0], values[-1]
    bounds: dict[str, Bounds] = {
        "exact": (first, first),
        "gt": (first, None),
        "gte": (first, None),
        "lt": (None, first),
        "lte": (None, first),
        "range": (first, last),
        "startswith": (first, first + _LAST),
    }
    return bounds.get(constraint.name)
