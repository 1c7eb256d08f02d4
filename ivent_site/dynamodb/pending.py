"""The writes of an open `atomic()` block, one per item, and its savepoints."""

from collections.abc import Iterator
from typing import Final

from ivent_site.dynamodb.commit import MAX_OPERATIONS, TransactionTooLargeError
from ivent_site.dynamodb.operations import ItemKey, Kind, Operation
from ivent_site.dynamodb.rows import Row

# They do not say what the item will be.
_UNTOLD: Final = frozenset({Kind.CHECK, Kind.UPDATE})


class PendingWrites:
    """What the block would write if it were committed now."""

    def __init__(self) -> None:
        self._operations: dict[ItemKey, Operation] = {}
        self._savepoints: dict[str, dict[ItemKey, Operation]] = {}

    def add(self, operation: Operation) -> None:
        """Join a write to the block; TransactionTooLargeError where one transaction ends."""
        earlier = self._operations.get(operation.key)
        if earlier is None and len(self._operations) == MAX_OPERATIONS:
            raise TransactionTooLargeError(
                f"A block takes {MAX_OPERATIONS} writes: one DynamoDB transaction holds no more."
            )
        self._operations[operation.key] = earlier.then(operation) if earlier else operation

    def find(self, key: ItemKey) -> Operation | None:
        """The write of an item, if the block has one; what does not tell the item is none."""
        operation = self._operations.get(key)
        return None if operation is None or operation.kind in _UNTOLD else operation

    def of_row(self, row: type[Row]) -> Iterator[Operation]:
        """The block's writes of one kind of row."""
        for operation in self._operations.values():
            if operation.row is row and operation.kind not in _UNTOLD:
                yield operation

    def take(self) -> list[Operation]:
        """All the writes; the block has none any more."""
        operations = list(self._operations.values())
        self.clear()
        return operations

    def clear(self) -> None:
        """Forget everything."""
        self._operations = {}
        self._savepoints = {}

    def save(self, savepoint: str) -> None:
        """Remember how far the block is."""
        self._savepoints[savepoint] = dict(self._operations)

    def restore(self, savepoint: str) -> None:
        """Go back to the savepoint."""
        self._operations = dict(self._savepoints[savepoint])

    def release(self, savepoint: str) -> None:
        """Keep what was written since."""
        self._savepoints.pop(savepoint, None)
