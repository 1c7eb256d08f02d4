"""What subscribers are searched by: parts of their name and address, folded.

A match may begin at each word of the name, of the address' local part and of its domain (but
for the last one, such as "com"), and wherever a name or local part has three more characters.
Each such place is an entry, written in the transaction that writes the subscriber and only
when the name or address changes: eight to twenty entries for most, never more than PARTS_MAX,
at two write units each. A name that repeats the address adds none.

Entries for the beginnings of words alone would cost a third of it, and would miss "ana" in
"mariana.silva@example.com".
"""

import re
import unicodedata
from collections.abc import Iterator
from contextlib import suppress
from itertools import chain
from typing import Final

from subscriptions.addresses import address_pasted

# A change of name removes and writes as many in one transaction, which takes a hundred items.
PARTS_MAX: Final = 40
# One of the words that are searched for has this many characters.
SEARCH_MIN: Final = 2
# Inside a word a match needs this many characters from where it begins.
_INFIX: Final = 3
_ACCENTS: Final = re.compile("[\u0300-\u036f]")
# Letters that Unicode does not take for another one with an accent.
_LETTERS: Final = str.maketrans(
    {"ı": "i", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "ħ": "h", "þ": "th", "æ": "ae", "œ": "oe"}
)
_ASCII_LABEL: Final = re.compile(r"\bxn--[a-z0-9-]+", re.ASCII | re.IGNORECASE)


def search_fold(text: str) -> str:
    """The text as it is compared: without case, accents and punctuation, its words apart."""
    text = _ASCII_LABEL.sub(_label_in_unicode, text)
    for _ in range(2):
        # Some capitals become letters with an accent.
        text = _ACCENTS.sub("", unicodedata.normalize("NFKD", text)).casefold()
    kept = "".join(char if _is_kept(char) else " " for char in text.translate(_LETTERS))
    return " ".join(kept.split()).lstrip("@ ")


def search_text(*, name: str, email: str) -> str:
    """The text that `search_parts` takes apart: the folded name and address, a line each."""
    return f"{search_fold(name)}\n{search_fold(email)}"


def search_words(text: str) -> list[str]:
    """What a search asks for, folded: all of them must be found; none if they are too short."""
    words = [folded for word in address_pasted(text).split() if (folded := search_fold(word))]
    return words if max(map(len, words), default=0) >= SEARCH_MIN else []


def search_parts(text: str) -> list[str]:
    """The text from each place where a match may begin; the beginnings of words come first."""
    name, _, address = text.partition("\n")
    local, _, domain = address.partition("@")
    of_address = dict.fromkeys(
        chain(
            _from(address, _words(local)),
            _from(domain, _words(domain.rpartition(" ")[0])),
            _from(address, _inside(local)),
        )
    )
    of_name = chain(_from(name, _words(name)), _from(name, _inside(name)))
    more = [part for part in of_name if not any(each.startswith(part) for each in of_address)]
    return list(dict.fromkeys([*of_address, *more]))[:PARTS_MAX]


def _from(text: str, places: Iterator[int]) -> Iterator[str]:
    return (text[place:] for place in places)


def _words(text: str) -> Iterator[int]:
    return (found.start() for found in re.finditer(r"[^ ]+", text))


def _inside(text: str) -> Iterator[int]:
    return (place for place in range(len(text) - _INFIX + 1) if text[place] != " ")


def _is_kept(char: str) -> bool:
    # Marks that are no accents, such as a vowel in Devanagari, belong to their word.
    return char.isalnum() or char == "@" or unicodedata.category(char)[0] == "M"


def _label_in_unicode(found: "re.Match[str]") -> str:
    with suppress(UnicodeError):
        return found[0].encode("ascii").decode("idna")
    return found[0]
