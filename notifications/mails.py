"""A mail before any transport has made it its own.

A letter is the same for everybody of one language; what differs from reader to reader, or from
time zone to time zone, are a few values, which stand in it as marks, and a few headers.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from html import escape
from typing import Final

# Control characters are refused in everything people enter, so no text can hold a mark.
_OPEN, _CLOSE = "\x02", "\x03"
LEAVE_URL: Final = "leave_url"
PREFERENCES_URL: Final = "preferences_url"
CONFIRM_URL: Final = "confirm_url"
WHEN: Final = "when"
WHEN_BEFORE: Final = "when_before"
EVENTS: Final = "events"


# Between them stands the name of a value.
MARK: Final = re.compile(f"{_OPEN}([a-z_]+){_CLOSE}")


def mark(name: str) -> str:
    """What stands in a letter for the value of this name."""
    return f"{_OPEN}{name}{_CLOSE}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """An .ics file and the METHOD it declares."""

    content: bytes
    method: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Letter:
    """Subject and bodies with marks, the attached calendar, and headers that all copies share.

    Equal only to itself, so that what is made of it can be kept for it.
    """

    language: str
    sender_name: str
    subject: str
    text: str
    html: str
    calendar: Calendar | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """One copy of a letter. `tags` come back with every event of SES about it.

    `markup` are values that are HTML in the HTML part; the others are escaped there.
    """

    subscriber_id: str
    to: str
    letter: Letter
    values: Mapping[str, str]
    headers: Mapping[str, str]
    tags: Mapping[str, str]
    markup: Mapping[str, str] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The plain text, complete; ValueError if a mark has no value."""
        return self._filled(self.letter.text, self.values)

    @property
    def html(self) -> str:
        """The HTML, complete; ValueError if a mark has no value."""
        escaped = {name: escape(value) for name, value in self.values.items()}
        return self._filled(self.letter.html, {**escaped, **self.markup})

    @staticmethod
    def _filled(body: str, values: Mapping[str, str]) -> str:
        for name, value in values.items():
            body = body.replace(mark(name), value)
        if _OPEN in body or _CLOSE in body:
            raise ValueError("A mark of the letter has no value.")
        return body


def in_order_of_letters(mails: Iterable[Mail]) -> list[Mail]:
    """The mails, those of one letter together: one call can send them."""
    groups: dict[Letter, list[Mail]] = {}
    for mail in mails:
        groups.setdefault(mail.letter, []).append(mail)
    return [mail for group in groups.values() for mail in group]
