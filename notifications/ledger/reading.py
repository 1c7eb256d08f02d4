"""Chunks as they are now. What others may change at the same moment is read consistently."""

import uuid
from collections.abc import Iterable

from notifications.ledger.chunk import Chunk, chunk_of, prefix
from notifications.tables import ChunkRow

# Chunks that are held at once when a shard is read: DynamoDB would answer a megabyte of them.
_PAGE = 250


def last_chunk(announcement_id: str, shard: str) -> Chunk | None:
    """Where the walk of the shard has got to; None if it has not begun."""
    rows = ChunkRow.query(
        announcement_id,
        ChunkRow.key.startswith(prefix(shard)),
        scan_index_forward=False,
        limit=1,
        consistent_read=True,
    )
    row = next(iter(rows), None)
    return chunk_of(row) if row else None


def chunk_get(announcement_id: str, key: str) -> Chunk | None:
    """The chunk as it is now."""
    try:
        return chunk_of(ChunkRow.get(announcement_id, key, consistent_read=True))
    except ChunkRow.DoesNotExist:
        return None


def shard_chunks(announcement_id: str, shard: str) -> Iterable[Chunk]:
    """Every chunk of the shard, in the order of the walk."""
    rows = ChunkRow.query(
        announcement_id,
        ChunkRow.key.startswith(prefix(shard)),
        consistent_read=True,
        page_size=_PAGE,
    )
    return map(chunk_of, rows)


def chunks_from(announcement_id: str, *, shard: str, limit: int) -> list[Chunk]:
    """The first chunks of this shard and those behind it: one Query up to a thousand of them."""
    rows = ChunkRow.query(
        announcement_id, ChunkRow.key >= prefix(shard), limit=limit, page_size=limit
    )
    return [chunk_of(row) for row in rows]


def chunk_with(announcement_id: str, shard: str, id_: str) -> tuple[Chunk, Chunk | None] | None:
    """The chunk in which the subscriber was claimed, and its successor: two reads, or one.

    None if there is no such chunk (yet).
    """
    rows = ChunkRow.query(
        announcement_id,
        # The key says after whom the run begins, so a run's first has a greater id than its key.
        ChunkRow.key.between(prefix(shard), prefix(shard) + _before(id_)),
        scan_index_forward=False,
        limit=1,
        consistent_read=True,
    )
    row = next(iter(rows), None)
    if row is None:
        return None
    chunk = chunk_of(row)
    if id_ not in chunk.ids:
        return None
    return chunk, chunk_get(announcement_id, prefix(shard) + chunk.last)


def _before(id_: str) -> str:
    """The last possible id before this one."""
    return str(uuid.UUID(int=uuid.UUID(id_).int - 1))
