"""Entries of a search by parts: one item for each place in a text where a match may begin.

An entry's key is its text's first characters, then the text from that place on and the id of
the row it belongs to. So a Query for a beginning finds every row that contains it, whatever
the number of rows.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final, TypeVar

from pynamodb.attributes import UnicodeAttribute

from ivent_site.dynamodb.rows import Row, sort_key

# The characters of the partition key: what is searched for has at least as many.
PART_INITIAL: Final = 2
# What a key holds of a text: with four bytes each and the id it stays below DynamoDB's 1,024.
PART_CHARS: Final = 200

PartRowT = TypeVar("PartRowT", bound="PartRow")


class PartRow(Row):
    """The base of an entry's row; its table has no other kind."""

    initial = UnicodeAttribute(hash_key=True)
    key = UnicodeAttribute(range_key=True)
    # The id of the row that is found, and its whole folded text.
    owner = UnicodeAttribute()
    text = UnicodeAttribute()

    def match(self, texts: Sequence[str], parts: Callable[[str], Iterable[str]]) -> bool:
        """Whether its row has a part that begins with each text, and this is the least of those
        that begin with the first of them: so each row is found once.
        """
        own = [part_key(part) for part in parts(self.text)]
        first, *others = ([part for part in own if part.startswith(text)] for text in texts)
        return all(others) and self.key == sort_key(min(first, default=""), self.owner)


def part_rows(
    row: type[PartRowT], *, owner: str, text: str, parts: Iterable[str]
) -> Iterator[PartRowT]:
    """The entries of a row's folded text, one for each of its parts."""
    for part in dict.fromkeys(map(part_key, parts)):
        yield row(part[:PART_INITIAL], sort_key(part, owner), owner=owner, text=text)


def part_key(text: str) -> str:
    """What of a text is part of a key."""
    return text[:PART_CHARS]
