"""How many the confirmed are, by language, topics and frequency, without reading them.

The numbers change in the transaction that changes a subscription, so they are exact. They are
kept by shard, for a number that every change writes would have all changes wait for each other.
"""

from collections import Counter
from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from typing import Final, NamedTuple

from ivent_site.dynamodb.errors import told_as_djangos
from ivent_site.dynamodb.writes import ConflictError, add, delete
from subscriptions.enums import Frequency, SubscriptionStatus
from subscriptions.tables import AUDIENCE_PARTITION, AudienceRow, SubscriptionRow

RECOUNT_ATTEMPTS: Final = 5


class Wish(NamedTuple):
    """What people are counted by; no topics means all."""

    locale: str
    topics: frozenset[str]
    frequency: Frequency


class Place(NamedTuple):
    """Where somebody confirmed is counted: the shard, and the wish, as AudienceRow says it."""

    shard: str
    wish: str

    @property
    def key(self) -> str:
        """The range key of the number."""
        return f"{self.shard}#{sha256(self.wish.encode()).hexdigest()[:24]}"

    @property
    def frequency(self) -> Frequency:
        """How often they want mail."""
        return _wish(self.wish).frequency


@dataclass(frozen=True)
class AudienceCounts:
    """Who would get an event."""

    numbers: Counter[Wish]

    @property
    def total(self) -> int:
        """All who are confirmed."""
        return self.numbers.total()

    def who_chose(self, topic: str) -> int:
        """Those who named the topic."""
        return sum(number for wish, number in self.numbers.items() if topic in wish.topics)

    def of(self, topics: Collection[str], *, frequency: Frequency | None = None) -> dict[str, int]:
        """By language, who gets an event with these topics; no topics reach everybody.

        With a frequency only those who chose it.
        """
        wanted = frozenset(topics)
        found = Counter[str]()
        for wish, number in self.numbers.items():
            asked = not wanted or not wish.topics or not wanted.isdisjoint(wish.topics)
            if number and asked and frequency in (None, wish.frequency):
                found[wish.locale] += number
        return dict(found)


def audience_counts() -> AudienceCounts:
    """The numbers as they are: one Query."""
    numbers = Counter[Wish]()
    for row in _rows():
        numbers[_wish(row.wish)] += int(row.number)
    return AudienceCounts(numbers)


def place_of(row: SubscriptionRow) -> Place | None:
    """Where the subscription is counted; None if it is not confirmed."""
    if row.status != SubscriptionStatus.CONFIRMED:
        return None
    return _place(row.home_shard, row)


def audience_count(before: Place | None, after: Place | None) -> None:
    """Move somebody from one place to the other, within the caller's transaction."""
    if before != after:
        for place, number in ((before, -1), (after, 1)):
            if place is not None:
                _add(place, number)


def audience_recount(shard: str) -> int:
    """Put the numbers of a shard right by reading its subscribers; how many were wrong.

    ConflictError if subscriptions kept changing meanwhile: a retry helps. Reads the index,
    which on a busy table may be a moment behind.
    """
    for _ in range(RECOUNT_ATTEMPTS):
        kept = _kept(shard)
        found = Counter(_place(shard, row) for row in SubscriptionRow.by_shard.query(shard))
        if _kept(shard) == kept:
            return _correct(kept, found)
    raise ConflictError(f"The subscriptions of shard {shard} change too fast to be counted.")


def _correct(kept: Counter[Place], found: Counter[Place]) -> int:
    wrong = {place: found[place] - kept[place] for place in kept.keys() | found.keys()}
    for place, number in wrong.items():
        if number:
            _add(place, number)
        if not found[place]:
            _remove_empty(place)
    return sum(map(bool, wrong.values()))


def _add(place: Place, number: int) -> None:
    sums, texts = {"number": number}, {"wish": place.wish}
    add(AudienceRow, AUDIENCE_PARTITION, place.key, sums=sums, texts=texts)


def _remove_empty(place: Place) -> None:
    with suppress(ConflictError):
        row = AudienceRow(partition=AUDIENCE_PARTITION, key=place.key)
        delete(row, condition=AudienceRow.number == 0)


def _kept(shard: str) -> Counter[Place]:
    rows = _rows(f"{shard}#")
    return Counter({Place(shard, row.wish): int(row.number) for row in rows})


def _rows(begins: str = "") -> Iterator[AudienceRow]:
    condition = AudienceRow.key.startswith(begins) if begins else None
    with told_as_djangos():
        yield from AudienceRow.query(AUDIENCE_PARTITION, condition, consistent_read=True)


def _place(shard: str, row: SubscriptionRow) -> Place:
    # Who hears at once is counted under the key of before there was a choice.
    weekly = f"|{Frequency.WEEKLY}" if row.frequency == Frequency.WEEKLY else ""
    return Place(shard, f"{row.locale}|{','.join(sorted(row.topics))}{weekly}")


def _wish(text: str) -> Wish:
    locale, topics, frequency = (*text.split("|"), Frequency.AT_ONCE)[:3]
    return Wish(locale, frozenset(filter(None, topics.split(","))), Frequency(frequency))
