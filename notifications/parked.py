"""Chunks in doubt even after they were resent: a person resends them once more, or leaves them."""

from datetime import UTC, datetime

from pynamodb.exceptions import TransactWriteError
from pynamodb.transactions import TransactWrite

from notifications import ledger
from notifications.announcements import (
    PARKED_KEYS,
    PARKED_SHOWN,
    SETTLE_AT,
    folded_shards,
    shard_fold,
)
from notifications.enums import AnnouncementState, ChunkState
from notifications.ledger import Chunk, TakenError
from notifications.tables import AnnouncementRow


def parked_chunks(row: AnnouncementRow) -> list[Chunk]:
    """The first chunks that wait for a person: resend them once more, or leave them."""
    keys = [key for sums in folded_shards(row).values() for key in sums.get(PARKED_KEYS, ())]
    found = (ledger.chunk_get(row.id, key) for key in sorted(keys)[:PARKED_SHOWN])
    return [chunk for chunk in found if chunk and chunk.state == ChunkState.PARKED]


def parked_resend(row: AnnouncementRow, key: str) -> None:
    """Have a parked chunk resent once more: the next sweep sends it, to who still wants it.

    The announcement is being sent again, if it was done, and the shard is to be summed anew.
    TakenError if somebody else has decided, or the announcement was stopped.
    """
    shard = key.partition(".")[0]
    before = folded_shards(row).get(shard)
    if before is None:
        raise TakenError(key)
    unknown = before["unknown"] + before["parked"]
    doubtful = {**before, "unknown": unknown, "parked": 0, SETTLE_AT: 0}
    path = AnnouncementRow.shards[shard]
    actions = [
        path.set(doubtful),
        AnnouncementRow.queued_at.remove(),
        AnnouncementRow.updated_at.set(datetime.now(UTC)),
    ]
    if row.state == AnnouncementState.DONE:
        actions.append(AnnouncementRow.state.set(AnnouncementState.SENDING))
    elif row.state not in {AnnouncementState.SENDING, AnnouncementState.PAUSED}:
        raise TakenError(key)
    try:
        with TransactWrite(connection=AnnouncementRow._get_connection().connection) as together:
            unchanged = (AnnouncementRow.state == row.state) & (path == before)
            together.update(row, actions=actions, condition=unchanged)
            ledger.unpark(together, row.id, key)
    except TransactWriteError as err:
        if err.cause_response_code != "TransactionCanceledException":
            raise
        raise TakenError(key) from err


def parked_leave(row: AnnouncementRow, key: str) -> None:
    """Leave a parked chunk as it is, by a person's decision. TakenError as of parked_resend."""
    chunk = ledger.chunk_get(row.id, key)
    if chunk is None or chunk.state != ChunkState.PARKED:
        raise TakenError(key)
    ledger.resolve(chunk, ChunkState.LEFT)
    shard_fold(row, key.partition(".")[0])
