"""Chunks in doubt even after they were resent: a person resends them once more, or leaves them."""

from datetime import UTC, datetime
from functools import partial
from typing import Final

from django.db import transaction

from ivent_site.dynamodb import writes
from ivent_site.dynamodb.writes import ConflictError
from notifications import ledger
from notifications.announcements import (
    PARKED_KEYS,
    PARKED_SHOWN,
    SETTLE_AT,
    folded_shards,
    shard_fold,
)
from notifications.enums import AnnouncementState, ChunkState
from notifications.ledger import Chunk
from notifications.tables import AnnouncementRow

_OPEN: Final = frozenset(
    {AnnouncementState.DONE, AnnouncementState.SENDING, AnnouncementState.PAUSED}
)


def parked_chunks(row: AnnouncementRow) -> list[Chunk]:
    """The first chunks that wait for a person: resend them once more, or leave them."""
    keys = [key for sums in folded_shards(row).values() for key in sums.get(PARKED_KEYS, ())]
    found = (ledger.chunk_get(row.id, key) for key in sorted(keys)[:PARKED_SHOWN])
    return [chunk for chunk in found if chunk and chunk.state == ChunkState.PARKED]


def parked_resend(row: AnnouncementRow, key: str) -> None:
    """Have a parked chunk resent once more: the next sweep sends it, to who still wants it.

    The announcement is being sent again, if it was done, and the shard is to be summed anew.
    ConflictError, at the latest at the end of the transaction, if somebody else has decided, or
    the announcement was stopped.
    """
    shard = key.partition(".")[0]
    before = folded_shards(row).get(shard)
    if before is None or row.state not in _OPEN:
        raise ConflictError(key)
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
    unchanged = (AnnouncementRow.state == row.state) & (path == before)
    with transaction.atomic():
        writes.update(AnnouncementRow, row.event_id, row.id, actions=actions, condition=unchanged)
        ledger.unpark(row.id, key, ChunkState.UNKNOWN)
    if row.state == AnnouncementState.DONE:
        row.state = AnnouncementState.SENDING.value


def parked_leave(row: AnnouncementRow, key: str) -> None:
    """Leave a parked chunk as it is, by a person's decision. ConflictError as of parked_resend."""
    with transaction.atomic():
        ledger.unpark(row.id, key, ChunkState.LEFT)
        transaction.on_commit(partial(shard_fold, row, key.partition(".")[0]))
