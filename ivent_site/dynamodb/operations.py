"""One write of one item, and how a later write of the same item joins it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, cast

from django.db import IntegrityError, NotSupportedError
from pynamodb.exceptions import AttributeNullError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.operand import Path
from pynamodb.expressions.update import Action

from ivent_site.dynamodb.conditions import holds
from ivent_site.dynamodb.rows import Row

Item = dict[str, dict[str, Any]]
ItemKey = tuple[str, Any, Any]


class ConflictError(IntegrityError):
    """A condition failed: nothing was written. A retry helps after reading again."""


class Kind(StrEnum):
    """The names that TransactWriteItems gives its parts."""

    PUT = "Put"
    DELETE = "Delete"
    CHECK = "ConditionCheck"
    UPDATE = "Update"


@dataclass(frozen=True, slots=True)
class Operation:
    """A write as it will be sent: serialized at once, so later changes of the row do not count."""

    kind: Kind
    row: type[Row]
    hash_key: Any
    range_key: Any
    condition: Condition | None
    # The attributes without the key; of a put only.
    attributes: Item | None = None
    # What is added to each number, and the texts beside them; of an addition only.
    sums: Mapping[str, int] | None = None
    texts: Mapping[str, str] | None = None
    # Of any other update.
    actions: Sequence[Action] | None = None

    @property
    def key(self) -> ItemKey:
        """What tells items apart."""
        return (self.row.Meta.table_name, self.hash_key, self.range_key)

    @property
    def item(self) -> Item | None:
        """The item as it will be; None if it will not be there."""
        if self.attributes is None:
            return None
        kwargs = self.row._get_connection().get_operation_kwargs(
            self.hash_key, range_key=self.range_key, key="Item", attributes=self.attributes
        )
        return cast("Item", kwargs["Item"])

    def kwargs(self, *, return_old: bool = False) -> dict[str, Any]:
        """What the API call says of this write."""
        return self.row._get_connection().get_operation_kwargs(
            self.hash_key,
            range_key=self.range_key,
            key="Item" if self.kind is Kind.PUT else "Key",
            attributes=self.attributes,
            actions=self.actions if self.sums is None else _actions(self.sums, self.texts or {}),
            condition=self.condition,
            return_values_on_condition_failure="ALL_OLD" if return_old else None,
        )

    def then(self, later: "Operation") -> "Operation":
        """Both as one: the later outcome, under the condition that this one had.

        The later condition is about the item as this write leaves it, so it is decided here.
        A check leaves the item as it is in the table: there both conditions must hold.
        """
        if Kind.UPDATE in {self.kind, later.kind}:
            return self._summed(later)
        if self.kind is Kind.CHECK:
            both = self.condition if later.condition is None else self.condition & later.condition
            return replace(later, condition=both)
        if later.condition is not None and not holds(later.condition, self.item):
            raise ConflictError(f"The condition of a write to {later.key[0]} failed.")
        return self if later.kind is Kind.CHECK else replace(later, condition=self.condition)

    def _summed(self, later: "Operation") -> "Operation":
        if self.sums is None or later.sums is None:
            raise NotSupportedError(f"An item of {self.key[0]} is updated, and written otherwise.")
        sums = Counter(self.sums)
        sums.update(later.sums)
        return replace(self, sums=dict(sums))


def put_operation(row: Row, condition: Condition | None) -> Operation:
    """The full put of a row, its index keys in order."""
    row.set_index_keys()
    try:
        (hash_key,), kwargs = row._get_save_args(condition=condition)
    except AttributeNullError as err:
        raise IntegrityError(f"{type(row).__name__}: {err}") from err
    attributes = {k: v for k, v in kwargs["attributes"].items() if "NULL" not in v}
    return Operation(Kind.PUT, type(row), hash_key, kwargs.get("range_key"), condition, attributes)


def delete_operation(row: Row, condition: Condition | None) -> Operation:
    """The removal of a row."""
    return Operation(
        Kind.DELETE, type(row), *row._get_hash_range_key_serialized_values(), condition
    )


def check_operation(row: type[Row], keys: tuple[Any, ...], condition: Condition) -> Operation:
    """A condition on an item that is not written."""
    hash_key, range_key = row._serialize_keys(*keys)
    return Operation(Kind.CHECK, row, hash_key, range_key, condition)


def add_operation(
    row: type[Row], keys: tuple[Any, ...], sums: Mapping[str, int], texts: Mapping[str, str]
) -> Operation:
    """Numbers added to those of an item, which is made if it is not there."""
    hash_key, range_key = row._serialize_keys(*keys)
    return Operation(Kind.UPDATE, row, hash_key, range_key, None, sums=sums, texts=texts)


def update_operation(
    row: type[Row], keys: tuple[Any, ...], actions: Sequence[Action], condition: Condition
) -> Operation:
    """Some attributes of an item changed, whatever the others are."""
    hash_key, range_key = row._serialize_keys(*keys)
    return Operation(Kind.UPDATE, row, hash_key, range_key, condition, actions=actions)


def _actions(sums: Mapping[str, int], texts: Mapping[str, str]) -> list[Action]:
    added = [Path([name]).add(number) for name, number in sums.items()]
    return added + [Path([name]).set(text) for name, text in texts.items()]
