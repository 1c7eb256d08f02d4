"""Whom an announcement is for: the confirmed of a shard who asked for its topics."""

from collections import Counter, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, Self

from notifications.enums import AnnouncementKind
from notifications.tables import AnnouncementRow
from subscriptions.enums import Frequency
from subscriptions.selectors import Recipient, shard_recipients, still_confirmed

CHUNK_SIZE = 50
# Of several languages: as many as one call for each of them takes.
CHUNK_MAX: Final = 200
# Queries that one chunk may take when few want the topics; it then is a short one.
QUERIES_MAX = 20
# Whoever leaves is mailed no later than this: so old may be what was read ahead.
FRESH_S: Final = 1.0
# New rules of a zone may have moved a slot since; the next one is days away.
_MOVED_MAX: Final = timedelta(days=1)
_NEVER: Final = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Stretch:
    """Who to mail up to and with `last`; `end` when nobody comes after it."""

    recipients: tuple[Recipient, ...]
    last: str
    end: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Readers:
    """Whom of the confirmed an announcement is for.

    No topics are for everybody, and no frequency is for either. `slot` is that of a digest: who
    gave it up gets it once more, for the events that were left to it; and so does who gave up an
    earlier one, behind `follows`, that never went out.
    """

    topics: frozenset[str]
    frequency: Frequency | None = None
    slot: datetime | None = None
    follows: datetime | None = None

    @classmethod
    def of(cls, row: AnnouncementRow) -> Self:
        """Those of the announcement."""
        topics, digest_at = frozenset(row.event["topics"]), row.digest_at
        if row.kind == AnnouncementKind.DIGEST:
            return cls(
                topics=topics,
                frequency=Frequency.WEEKLY,
                slot=digest_at,
                follows=row.digest_follows or _NEVER,
            )
        return cls(topics=topics, frequency=Frequency.AT_ONCE if digest_at else None)

    def include(self, recipient: Recipient) -> bool:
        """Whether the announcement is for this person, who may want all topics, too."""
        if self.frequency is not None and recipient.frequency != self.frequency:
            last = recipient.last_digest_at
            if self.slot is None or last is None:
                return False
            if last < self.slot and (self.follows is None or last <= self.follows + _MOVED_MAX):
                return False
        wanted = recipient.topics
        return not self.topics or not wanted or not self.topics.isdisjoint(wanted)


def still_wanting(row: AnnouncementRow, ids: Sequence[str]) -> list[Recipient]:
    """Those of the ids who are confirmed right now, and want what the announcement tells."""
    readers = Readers(topics=frozenset(row.event["topics"]))
    return [each for each in still_confirmed(ids) if readers.include(each)]


class Audience:
    """The readers of one shard, in order. `now` is in Unix seconds.

    A Query reads as many as may be mailed within a second, at least a chunk; what is left over
    is of use for the next chunk as long as it is fresh.
    """

    def __init__(
        self,
        shard: str,
        *,
        readers: Readers,
        letter_of: Callable[[Recipient], str],
    ) -> None:
        self._shard = shard
        self._readers = readers
        self._letter_of = letter_of
        self._ahead: deque[Recipient] = deque()
        # Up to whom everybody was taken, and read.
        self._after = self._read = ""
        self._end = False
        self._read_at = 0.0

    def next_stretch(self, *, after: str, size: int, now: float) -> Stretch:
        """The next who want it, behind `after`: `size` of them, or CHUNK_SIZE of one letter."""
        if after != self._after or now - self._read_at >= FRESH_S:
            self._ahead.clear()
            self._read, self._end = after, False
        taken: list[Recipient] = []
        letters: Counter[str] = Counter()
        queries = 0
        while True:
            while self._ahead:
                recipient = self._ahead.popleft()
                taken.append(recipient)
                letter = self._letter_of(recipient)
                letters[letter] += 1
                if letters[letter] == CHUNK_SIZE or len(taken) == size:
                    return self._stretch(taken)
            if self._end or queries == QUERIES_MAX:
                return self._stretch(taken)
            self._read_on(size, now)
            queries += 1

    def _read_on(self, size: int, now: float) -> None:
        # One more than can be had tells whether anybody follows.
        page = shard_recipients(shard=self._shard, after=self._read, limit=size + 1)
        self._read_at = now
        self._end = len(page) <= size
        if page:
            self._read = page[-1].id
        self._ahead.extend(filter(self._readers.include, page))

    def _stretch(self, taken: list[Recipient]) -> Stretch:
        self._after = taken[-1].id if self._ahead else self._read
        return Stretch(tuple(taken), self._after, self._end and not self._ahead)
