"""What a walk does to its chunks: claim the next, note what was sent, leave it to others."""

import logging
from collections.abc import Iterable, Mapping
from typing import Final

from pynamodb.exceptions import PutError, TransactWriteError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action
from pynamodb.transactions import TransactWrite

from ivent_site import metrics
from notifications.enums import ChunkState
from notifications.ledger.change import CONDITION_FAILED, TakenError, change
from notifications.ledger.chunk import Chunk, chunk_of, packed, prefix, row_of
from notifications.ledger.reading import chunk_get
from notifications.tables import ChunkRow

logger = logging.getLogger(__name__)

# What the log says when only SES's events can tell what became of mails.
BECAME_UNKNOWN: Final = "Mails are of unknown outcome."
# What the next claim does not commit.
_DOUBTFUL = frozenset(
    {ChunkState.UNKNOWN, ChunkState.RESENDING, ChunkState.PARKED, ChunkState.LEFT}
)


def claim(
    *,
    announcement_id: str,
    shard: str,
    after: Chunk | None,
    ids: Iterable[str],
    last: str,
    owner: str,
    until: float,
    end: bool = False,
) -> Chunk:
    """The chunk that follows `after`, now the owner's; TakenError if it is another's.

    `after` of the same owner is committed by it; of another owner whose lease is over, it
    becomes unknown in the same transaction.
    """
    abandoned = after is not None and after.state == ChunkState.CLAIMED and after.owner != owner
    row = ChunkRow(
        announcement_id,
        prefix(shard) + (after.last if after else ""),
        # As UUIDs' bytes, without an object for each: this is the way of every recipient.
        ids=bytes.fromhex("".join(ids).replace("-", "")),
        last=last,
        owner=owner,
        until=until,
        end=end or None,
        doubt=abandoned or (after is not None and after.state in _DOUBTFUL) or None,
    )
    free = ChunkRow.key.does_not_exist()
    try:
        if after is not None and abandoned:
            _take_over(row, after, free)
            _tell_unknown(after)
        else:
            row.save(condition=free)
    except (PutError, TransactWriteError) as err:
        if err.cause_response_code not in CONDITION_FAILED:
            raise
        # A claim whose reply was lost looks like another's when the client repeats it.
        found = chunk_get(announcement_id, row.key)
        if found is None or found.owner != owner:
            raise TakenError(row.key) from err
        return found
    return chunk_of(row)


def _take_over(row: ChunkRow, after: Chunk, free: Condition) -> None:
    with TransactWrite(connection=ChunkRow._get_connection().connection) as transaction:
        transaction.update(
            row_of(after),
            actions=[ChunkRow.state.set(ChunkState.UNKNOWN)],
            condition=_owned(after) & (ChunkRow.until == after.until),
        )
        transaction.save(row, condition=free)


def retake(chunk: Chunk, *, owner: str, until: float) -> Chunk:
    """The released chunk, claimed anew for its rest; TakenError if another was faster."""
    return change(
        chunk,
        [ChunkRow.state.remove(), ChunkRow.owner.set(owner), ChunkRow.until.set(until)],
        condition=ChunkRow.state == ChunkState.RELEASED,
        done=lambda found: found.owner == owner and found.state == ChunkState.CLAIMED,
    )


def note(
    chunk: Chunk,
    *,
    progress: int,
    until: float,
    seen: Iterable[str] = (),
    refused: Mapping[str, str] | None = None,
) -> Chunk:
    """The owner's chunk with its lease prolonged, and whom it has surely dealt with.

    These are the first `progress` of it, and `seen` behind them; some of them `refused`.
    TakenError if it is no longer the owner's.
    """
    return change(
        chunk,
        [ChunkRow.until.set(until), *_dealt_with(chunk, progress, seen, refused)],
        condition=_owned(chunk),
    )


def refuse(chunk: Chunk, refused: Mapping[str, str]) -> Chunk:
    """The chunk with who did not get it and why, besides who was known not to."""
    return change(
        chunk, [ChunkRow.refused.set({**chunk.refused, **refused})], condition=_owned(chunk)
    )


def leave(
    chunk: Chunk,
    state: ChunkState,
    *,
    progress: int,
    seen: Iterable[str] = (),
    refused: Mapping[str, str] | None = None,
) -> Chunk:
    """The owner's chunk, left as SETTLED, RELEASED or UNKNOWN; TakenError if it is another's.

    The rest is as in `note`.
    """
    left = change(
        chunk,
        [ChunkRow.state.set(state), *_dealt_with(chunk, progress, seen, refused)],
        condition=_owned(chunk),
        done=lambda found: found.owner == chunk.owner and found.state == state,
    )
    if state is ChunkState.UNKNOWN:
        _tell_unknown(left)
    return left


def _dealt_with(
    chunk: Chunk, progress: int, seen: Iterable[str], refused: Mapping[str, str] | None
) -> list[Action]:
    actions: list[Action] = [ChunkRow.progress.set(progress)]
    if strays := packed(seen):
        actions.append(ChunkRow.seen.add(strays))
    if refused:
        actions.append(ChunkRow.refused.set({**chunk.refused, **refused}))
    return actions


def _owned(chunk: Chunk) -> Condition:
    owned: Condition = ChunkRow.state.does_not_exist() & (ChunkRow.owner == chunk.owner)
    return owned


def _tell_unknown(chunk: Chunk) -> None:
    mails = len(chunk.unproven)
    metrics.count(unknown=mails)
    logger.warning(BECAME_UNKNOWN, extra={"chunk": chunk.key, "mails": mails})
