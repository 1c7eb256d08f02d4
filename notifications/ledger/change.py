"""One conditional update of a chunk, which tells a lost reply from a lost race."""

from collections.abc import Callable, Sequence

from pynamodb.exceptions import UpdateError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from notifications.ledger.chunk import Chunk, chunk_of, row_of
from notifications.ledger.reading import chunk_get

CONDITION_FAILED = frozenset({"ConditionalCheckFailedException", "TransactionCanceledException"})


class TakenError(Exception):
    """Another worker holds the place or the chunk. No retry helps: it goes on instead."""


def change(
    chunk: Chunk,
    actions: Sequence[Action],
    *,
    condition: Condition,
    done: Callable[[Chunk], bool] | None = None,
) -> Chunk:
    """The chunk after the update. `done` tells whether a repeated update had been made before."""
    row = row_of(chunk)
    try:
        row.update(actions=[*actions], condition=condition)
    except UpdateError as err:
        if err.cause_response_code not in CONDITION_FAILED:
            raise
        found = chunk_get(chunk.announcement_id, chunk.key)
        if found is None or done is None or not done(found):
            raise TakenError(chunk.key) from err
        return found
    return chunk_of(row)
