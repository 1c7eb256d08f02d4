"""How far an announcement has got, how fast it goes, and whether anybody is on it."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Final

from django.conf import settings

from notifications import ledger
from notifications.announcements import SETTLE_AT, folded_shards, is_started, shard_names
from notifications.enums import AnnouncementState, ChunkState
from notifications.ledger import Chunk
from notifications.tables import AnnouncementRow
from notifications.tally import Sums, shard_tally

# About a megabyte: what one Query reads, of 50,000 recipients. A page about millions costs
# no more than one about thousands.
CHUNKS_MAX: Final = 1000
RATE_OVER_S: Final = 60
# The sweep comes once a minute.
SWEEP: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """The numbers of right now; `is_whole` unless too many chunks are open to read them all.

    `rate` is in mails a second. `silent_since` says that no worker is on it, and from when.
    `waiting` are among the unknown, and surely have not been sent to yet.
    """

    sums: Sums
    is_whole: bool = True
    shards: int
    shards_ended: int
    rate: float = 0
    silent_since: datetime | None = None
    settles_at: datetime | None = None
    waiting: int = 0

    @property
    def reached(self) -> int:
        """How many have had their turn."""
        return self.sums.audience - self.waiting


def progress_of(row: AnnouncementRow, *, now: datetime) -> Progress:
    """The announcement's progress: one Query, and none once every shard has ended."""
    folded = folded_shards(row)
    names = shard_names(int(row.shard_count))
    sums = sum((Sums.from_map(each) for each in folded.values()), start=Sums())
    open_ = [name for name in names if name not in folded]
    if not open_ or not is_started(row):
        doubts = [
            each[SETTLE_AT] for each in folded.values() if each.get(SETTLE_AT, 0) > now.timestamp()
        ]
        return Progress(
            sums=sums,
            shards=len(names),
            shards_ended=len(folded),
            settles_at=datetime.fromtimestamp(float(max(doubts)), UTC) if doubts else None,
        )
    chunks = ledger.chunks_from(row.id, shard=open_[0], limit=CHUNKS_MAX)
    walked = _by_shard([each for each in chunks if _shard(each) in {*open_}])
    sums = sum((shard_tally(each).sums for each in walked.values()), start=sums)
    is_whole = len(chunks) < CHUNKS_MAX
    return Progress(
        sums=sums,
        is_whole=is_whole,
        shards=len(names),
        shards_ended=len(folded),
        rate=_rate(row, sums, walked, now),
        silent_since=_silent_since(row, walked, now) if is_whole else None,
        waiting=sum(len(each.unproven) for each in chunks if each.state is ChunkState.RELEASED),
    )


def next_look(row: AnnouncementRow, *, now: datetime) -> datetime:
    """By when the sweep has shards that nobody walks queued again."""
    lately = timedelta(seconds=2 * settings.CHUNK_LEASE_S)
    queued_at: datetime | None = row.queued_at
    return (max(queued_at + lately, now) if queued_at else now) + SWEEP


def _by_shard(chunks: list[Chunk]) -> dict[str, list[Chunk]]:
    return {shard: [*some] for shard, some in groupby(chunks, key=_shard)}


def _shard(chunk: Chunk) -> str:
    return chunk.key.partition(".")[0]


def _claimed_at(chunk: Chunk) -> datetime:
    """When it was claimed, or last noted to be going on."""
    return datetime.fromtimestamp(chunk.until - settings.CHUNK_LEASE_S, UTC)


def _rate(row: AnnouncementRow, sums: Sums, walked: dict[str, list[Chunk]], now: datetime) -> float:
    """Of the last minute; of an announcement that is younger, since it started."""
    seconds = (now - row.started_at).total_seconds()
    if seconds <= RATE_OVER_S:
        return sums.audience / max(seconds, 1)
    since = now - timedelta(seconds=RATE_OVER_S)
    lately = (
        len(chunk.ids) for some in walked.values() for chunk in some if _claimed_at(chunk) >= since
    )
    return sum(lately) / RATE_OVER_S


def _silent_since(
    row: AnnouncementRow, walked: dict[str, list[Chunk]], now: datetime
) -> datetime | None:
    """Since when nobody has been on it; None if somebody is, or should be any moment."""
    if row.state not in {AnnouncementState.SENDING, AnnouncementState.STOPPING}:
        return None
    last = [some[-1] for some in walked.values()]
    if any(each.state == ChunkState.CLAIMED and each.until >= now.timestamp() for each in last):
        return None
    # When it was last resumed, too.
    signs = [row.started_at, row.updated_at, *(_claimed_at(each) for each in last)]
    if row.queued_at:
        signs.append(row.queued_at)
    latest = max(signs)
    return latest if now - latest > timedelta(seconds=settings.CHUNK_LEASE_S) else None
