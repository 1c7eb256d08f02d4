"""A mail before any transport has made it its own.

A letter is the same for everybody of one language and time zone; what differs from reader
to reader are a few values, which stand in it as marks, and a few headers.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from typing import Final

# Control characters are refused in everything people enter, so no text can hold a mark.
_OPEN, _CLOSE = "\x02", "\x03"
LEAVE_URL: Final = "leave_url"
PREFERENCES_URL: Final = "preferences_url"
CONFIRM_URL: Final = "confirm_url"


def mark(name: str) -> str:
    """What stands in a letter for the value of this name."""
    return f"{_OPEN}{name}{_CLOSE}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """An .ics file and the METHOD it declares."""

    content: bytes
    method: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """Subject and bodies with marks, the attached calendar, and headers that all copies share."""

    language: str
    subject: str
    text: str
    html: str
    calendar: Calendar | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """One copy of a letter. `tags` come back with every event of SES about it."""

    subscriber_id: str
    to: str
    letter: Letter
    values: Mapping[str, str]
    headers: Mapping[str, str]
    tags: Mapping[str, str]

    @property
    def text(self) -> str:
        """The plain text, complete; ValueError if a mark has no value."""
        return self._filled(self.letter.text, self.values)

    @property
    def html(self) -> str:
        """The HTML, complete; ValueError if a mark has no value."""
        return self._filled(
            self.letter.html, {name: escape(value) for name, value in self.values.items()}
        )

    @staticmethod
    def _filled(body: str, values: Mapping[str, str]) -> str:
        for name, value in values.items():
            body = body.replace(mark(name), value)
        if _OPEN in body or _CLOSE in body:
            raise ValueError("A mark of the letter has no value.")
        return body
