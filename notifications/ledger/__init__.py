"""The delivery ledger: who was claimed, by whom, and what became of them.

One conditional put decides everything: the put of the chunk that follows. Whoever owns the
last chunk commits it by putting the next one; whoever finds it abandoned puts the next one
and marks it unknown in the same transaction, so a chunk is never both. `doubt` on the
successor says which of the two it was, so that a reader of the successor alone knows.
Only this package touches ChunkRow.
"""

from notifications.ledger.change import TakenError
from notifications.ledger.chunk import Chunk
from notifications.ledger.reading import (
    chunk_get,
    chunk_with,
    chunks_from,
    last_chunk,
    shard_chunks,
)
from notifications.ledger.settling import (
    note_resent,
    record_rejected,
    record_seen,
    reopen,
    resolve,
    start_resend,
    unpark,
)
from notifications.ledger.walk import BECAME_UNKNOWN, claim, leave, note, refuse, retake

__all__ = [
    "BECAME_UNKNOWN",
    "Chunk",
    "TakenError",
    "chunk_get",
    "chunk_with",
    "chunks_from",
    "claim",
    "last_chunk",
    "leave",
    "note",
    "note_resent",
    "record_rejected",
    "record_seen",
    "refuse",
    "reopen",
    "resolve",
    "retake",
    "shard_chunks",
    "start_resend",
    "unpark",
]
