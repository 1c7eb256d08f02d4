"""Whom an announcement is for: the confirmed of a shard who asked for its topics."""

from dataclasses import dataclass

from subscriptions.selectors import Recipient, shard_recipients

CHUNK_SIZE = 50
# Queries that one chunk may take when few want the topics; it then is a short one.
QUERIES_MAX = 20


@dataclass(frozen=True, slots=True)
class Stretch:
    """Who to mail up to and with `last`; `end` when nobody comes after it."""

    recipients: tuple[Recipient, ...]
    last: str
    end: bool


def wants(recipient: Recipient, topics: frozenset[str]) -> bool:
    """Whether the announcement is for this person: no topics means all, on either side."""
    return not topics or not recipient.topics or not topics.isdisjoint(recipient.topics)


def next_stretch(
    shard: str, *, after: str, topics: frozenset[str], size: int = CHUNK_SIZE
) -> Stretch:
    """The next `size` who want it, behind `after`: one Query if everybody does."""
    found: list[Recipient] = []
    for _ in range(QUERIES_MAX):
        # One more than can be had tells whether anybody follows.
        page = shard_recipients(shard=shard, after=after, limit=size + 1)
        for recipient in page:
            after = recipient.id
            if wants(recipient, topics):
                found.append(recipient)
            if len(found) == size:
                end = len(page) <= size and recipient is page[-1]
                return Stretch(tuple(found), after, end)
        if len(page) <= size:
            return Stretch(tuple(found), after, end=True)
    return Stretch(tuple(found), after, end=False)
