"""A chunk as the rest of the project sees it, and as its row holds it."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from notifications.enums import SUPPRESSED, ChunkState
from notifications.refusals import is_resendable
from notifications.tables import ChunkRow

_ID_BYTES = 16
# Of which nobody has a walk or a resend under way, once their shard has ended.
_AT_REST = frozenset({ChunkState.CLAIMED, ChunkState.SETTLED, ChunkState.PARKED, ChunkState.LEFT})


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """A contiguous run of a shard's subscribers. `until` is in Unix seconds; it is 0 where nobody
    who is unproven was in doubt.
    """

    announcement_id: str
    key: str
    ids: tuple[str, ...]
    last: str
    owner: str
    until: float
    end: bool
    state: ChunkState
    progress: int
    seen: frozenset[str]
    refused: Mapping[str, str]
    doubt: bool
    rejected: frozenset[str] = frozenset()
    tried: frozenset[str] = frozenset()
    again: Mapping[str, str] = field(default_factory=dict)
    walked_until: float | None = None

    @property
    def undelivered(self) -> frozenset[str]:
        """Who got nothing: refused at once, or by SES after it had accepted the mail."""
        return self.rejected.intersection(self.ids) | self.refused.keys()

    @property
    def proven(self) -> frozenset[str]:
        """Who has surely been mailed, whatever is not known of the others."""
        return (self.seen | frozenset(self.ids[: self.progress])) - self.refused.keys()

    @property
    def unproven(self) -> tuple[str, ...]:
        """Who neither has surely been mailed nor was refused, at once or later."""
        settled = self.proven | self.undelivered
        return tuple(each for each in self.ids if each not in settled)

    @property
    def untried(self) -> tuple[str, ...]:
        """Who of the unproven may be sent to once more."""
        return tuple(each for each in self.unproven if each not in self.tried)

    @property
    def refusals(self) -> dict[str, str]:
        """Whom SES refused, and why."""
        return {id_: reason for id_, reason in self.refused.items() if reason != SUPPRESSED}

    @property
    def resendable(self) -> dict[str, str]:
        """Whom of the refused a person may have sent to once more, and why they were refused."""
        if self.state not in _AT_REST:
            return {}
        return {id_: reason for id_, reason in self.refusals.items() if is_resendable(reason)}


def chunk_of(row: ChunkRow) -> Chunk:
    """The chunk that the row holds."""
    ids: Any = row.ids or b""
    return Chunk(
        announcement_id=row.announcement,
        key=row.key,
        ids=tuple(
            _unpacked(ids[start : start + _ID_BYTES]) for start in range(0, len(ids), _ID_BYTES)
        ),
        last=row.last,
        owner=row.owner,
        until=float(row.until),
        end=bool(row.end),
        state=ChunkState(row.state or ChunkState.CLAIMED),
        progress=int(row.progress or 0),
        seen=frozenset(map(_unpacked, row.seen or ())),
        refused=row.refused or {},
        doubt=bool(row.doubt),
        rejected=frozenset(map(_unpacked, row.rejected or ())),
        tried=frozenset(map(_unpacked, row.tried or ())),
        again=row.again or {},
        walked_until=None if row.walked_until is None else float(row.walked_until),
    )


def row_of(chunk: Chunk) -> ChunkRow:
    """A row with the chunk's key and nothing else, to be updated."""
    return ChunkRow(chunk.announcement_id, chunk.key)


def prefix(shard: str) -> str:
    """How the keys of the shard's chunks begin."""
    return f"{shard}."


def packed(ids: Iterable[str]) -> set[bytes]:
    """The ids as a row holds a set of them."""
    return {uuid.UUID(each).bytes for each in ids}


def _unpacked(value: bytes) -> str:
    text = value.hex()
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))
