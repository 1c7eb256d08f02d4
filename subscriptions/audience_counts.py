"""How many the confirmed are, by language and topics, without reading them.

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
from subscriptions.enums import SubscriptionStatus
from subscriptions.tables import AUDIENCE_PARTITION, AudienceRow, SubscriptionRow

RECOUNT_ATTEMPTS: Final = 5


class Place(NamedTuple):
    """Where somebody confirmed is counted: the shard, and the wish, "LOCALE|topic,topic"."""

    shard: str
    wish: str

    @property
    def key(self) -> str:
        """The range key of the number."""
        return f"{self.shard}#{sha256(self.wish.encode()).hexdigest()[:24]}"


@dataclass(frozen=True)
class AudienceCounts:
    """Who would get an event. `numbers` is by language and topics; no topics means all."""

    numbers: Counter[tuple[str, frozenset[str]]]

    @property
    def total(self) -> int:
        """All who are confirmed."""
        return self.numbers.total()

    def who_chose(self, topic: str) -> int:
        """Those who named the topic."""
        return sum(n for (_, chosen), n in self.numbers.items() if topic in chosen)

    def of(self, topics: Collection[str]) -> dict[str, int]:
        """By language, who gets an event with these topics; no topics reach everybody."""
        wanted = frozenset(topics)
        found = Counter[str]()
        for (locale, chosen), number in self.numbers.items():
            if number and (not wanted or not chosen or not wanted.isdisjoint(chosen)):
                found[locale] += number
        return dict(found)


def audience_counts() -> AudienceCounts:
    """The numbers as they are: one Query."""
    numbers = Counter[tuple[str, frozenset[str]]]()
    for row in _rows():
        locale, _, topics = row.wish.partition("|")
        numbers[locale, frozenset(filter(None, topics.split(",")))] += int(row.number)
    return AudienceCounts(numbers)


def place_of(row: SubscriptionRow) -> Place | None:
    """Where the subscription is counted; None if it is not confirmed."""
    if row.status != SubscriptionStatus.CONFIRMED:
        return None
    return Place(row.home_shard, _wish(row))


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
        found = Counter(Place(shard, _wish(row)) for row in SubscriptionRow.by_shard.query(shard))
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


def _wish(row: SubscriptionRow) -> str:
    return f"{row.locale}|{','.join(sorted(row.topics))}"
