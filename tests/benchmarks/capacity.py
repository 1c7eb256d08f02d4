"""DynamoDB's own arithmetic: how large an item is, and how many units a call consumes.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html
"""

from base64 import b64decode
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from math import ceil
from typing import Any, Final

WRITE_BYTES, READ_BYTES = 1024, 4096
_CONTAINER_BYTES, _ELEMENT_BYTES = 3, 1

Value = Mapping[str, Any]
Item = Mapping[str, Value]


def item_bytes(item: Item) -> int:
    """The size of an item: names and values."""
    return sum(len(name.encode()) + _value_bytes(value) for name, value in item.items())


def read_units(size: int, *, consistent: bool) -> float:
    """What reading so many bytes in one Query or GetItem consumes."""
    return max(1, ceil(size / READ_BYTES)) * (1 if consistent else 0.5)


def write_units(old: Item, new: Item, *, transaction: bool = False) -> int:
    """What writing an item consumes in its table: by the larger of the two."""
    size = max(item_bytes(old), item_bytes(new))
    return max(1, ceil(size / WRITE_BYTES)) * (2 if transaction else 1)


@dataclass(frozen=True, slots=True)
class Index:
    """A secondary index: its keys, and what it holds besides (None: everything)."""

    keys: tuple[str, ...]
    holds: frozenset[str] | None

    def project(self, item: Item) -> Item:
        """The item as the index holds it; empty if it is not in it."""
        if not all(key in item for key in self.keys):
            return {}
        if self.holds is None:
            return item
        return {name: value for name, value in item.items() if name in self.holds}

    def write_units(self, old: Item, new: Item) -> int:
        """What bringing the index up to date consumes."""
        before, after = self.project(old), self.project(new)
        if before == after:
            return 0
        moved = before and after and any(before[key] != after[key] for key in self.keys)
        # A changed key is a deletion and an insertion.
        return (
            write_units(before, {}) + write_units({}, after)
            if moved
            else write_units(before, after)
        )


def _value_bytes(value: Value) -> int:
    ((kind, content),) = value.items()
    return _BYTES[kind](content)


def _elements(sizes: Iterable[int]) -> int:
    return _CONTAINER_BYTES + sum(size + _ELEMENT_BYTES for size in sizes)


def _number_bytes(text: str) -> int:
    """One byte for two significant digits, and one more."""
    digits = text.lstrip("-").partition("e")[0].replace(".", "").strip("0")
    return ceil(len(digits) / 2) + 1 + text.startswith("-")


def _binary_bytes(content: bytes | str) -> int:
    return len(b64decode(content)) if isinstance(content, str) else len(content)


def _text_bytes(text: str) -> int:
    return len(text.encode())


_BYTES: Final[Mapping[str, Callable[[Any], int]]] = {
    "S": _text_bytes,
    "N": _number_bytes,
    "B": _binary_bytes,
    "BOOL": lambda _: 1,
    "NULL": lambda _: 1,
    "SS": lambda texts: sum(map(_text_bytes, texts)),
    "NS": lambda numbers: sum(map(_number_bytes, numbers)),
    "BS": lambda values: sum(map(_binary_bytes, values)),
    "L": lambda values: _elements(map(_value_bytes, values)),
    "M": lambda item: _elements([item_bytes({name: value}) for name, value in item.items()]),
}
