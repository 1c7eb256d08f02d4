"""The sums of an announcement: whom it was for, and what became of them.

Always sent + refused + suppressed + unknown + parked = audience, of a shard as of the whole.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields
from itertools import chain, pairwise
from typing import Any, Self

from notifications.enums import SUPPRESSED, ChunkState
from notifications.ledger import Chunk
from notifications.refusals import DROPPED


@dataclass(frozen=True, slots=True, kw_only=True)
class Sums:
    """How many. `unknown` are those of whom nothing is certain yet, under way or in doubt."""

    audience: int = 0
    sent: int = 0
    refused: int = 0
    suppressed: int = 0
    unknown: int = 0
    parked: int = 0

    def __add__(self, other: "Sums") -> "Sums":
        mine, theirs = asdict(self), asdict(other)
        return Sums(**{name: mine[name] + theirs[name] for name in mine})

    @classmethod
    def from_map(cls, values: dict[str, Any]) -> Self:
        """The sums as a row holds them."""
        return cls(**{field.name: int(values.get(field.name, 0)) for field in fields(cls)})

    def as_map(self) -> dict[str, float]:
        """The sums as a row holds them."""
        return asdict(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShardTally:
    """The sums of one shard as the ledger has them. `doubtful` are its unknown chunks, `parked`
    the keys of those for a person to decide. `refusals` says how many were refused why.
    """

    sums: Sums
    ended: bool
    doubtful: tuple[Chunk, ...]
    parked: tuple[str, ...] = ()
    refusals: Mapping[str, int] = field(default_factory=dict)


def shard_tally(chunks: Iterable[Chunk], *, again: bool = False) -> ShardTally:
    """What the chunks of a shard, in the order of the walk, add up to.

    `again`: what was refused is to be sent once more where it may be, so that it is open.
    """
    sums = Sums()
    refusals: Counter[str] = Counter()
    doubtful: list[Chunk] = []
    parked: list[str] = []
    ended = False
    # One after the other: a large shard has more chunks than a small worker has memory.
    for chunk, successor in pairwise(chain(chunks, [None])):
        if chunk is None:
            continue
        sums += chunk_sums(chunk, committed=successor is not None and not successor.doubt)
        if chunk.undelivered:
            refusals += _refusals(chunk)
        if again and (waiting := chunk.resendable):
            sums += Sums(refused=-len(waiting), unknown=len(waiting))
            refusals -= Counter(waiting.values())
        if chunk.state in {ChunkState.UNKNOWN, ChunkState.RESENDING}:
            doubtful.append(chunk)
        elif chunk.state == ChunkState.PARKED:
            parked.append(chunk.key)
        ended = chunk.end
    return ShardTally(
        sums=sums,
        ended=ended,
        doubtful=tuple(doubtful),
        parked=tuple(parked),
        refusals=dict(refusals),
    )


def _refusals(chunk: Chunk) -> Counter[str]:
    dropped = chunk.undelivered - chunk.refused.keys()
    return Counter({**Counter(chunk.refusals.values()), DROPPED: len(dropped)})


def chunk_sums(chunk: Chunk, *, committed: bool) -> Sums:
    """The sums of one chunk; `committed` if another has been claimed behind it."""
    suppressed = sum(reason == SUPPRESSED for reason in chunk.refused.values())
    open_ = 0 if committed or chunk.state == ChunkState.SETTLED else len(chunk.unproven)
    parked = chunk.state in {ChunkState.PARKED, ChunkState.LEFT}
    undelivered = len(chunk.undelivered)
    return Sums(
        audience=len(chunk.ids),
        sent=len(chunk.ids) - undelivered - open_,
        refused=undelivered - suppressed,
        suppressed=suppressed,
        unknown=0 if parked else open_,
        parked=open_ if parked else 0,
    )
