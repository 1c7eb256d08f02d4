"""Characters that people paste without seeing them, and what they are called."""

import unicodedata
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

JOINERS: Final = frozenset("\u200c\u200d")
# Blanks, line ends, marks and formats; and what has no width though Unicode counts it among
# letters and accents: fillers, variation selectors and the grapheme joiner.
_CATEGORIES: Final = frozenset({"Cc", "Cf", "Zs", "Zl", "Zp"})
_WITHOUT_WIDTH: Final = frozenset(
    [
        *"\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0",
        *(chr(code) for code in range(0xFE00, 0xFE10)),
        *(chr(code) for code in range(0xE0100, 0xE01F0)),
    ]
)
_WHITE_CONTROLS: Final = frozenset("\t\n\v\f\r\x85")
_DIRECTIONAL: Final = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
# With their article, as they stand in a sentence.
_NAMES: Final[dict[str, Any]] = {
    " ": gettext_lazy("a space"),
    "\t": gettext_lazy("a tab"),
    **dict.fromkeys("\n\v\f\r\x85\u2028\u2029", gettext_lazy("a line break")),
    **dict.fromkeys("\xa0\u2007\u202f", gettext_lazy("a no-break space")),
    "\xad": gettext_lazy("a soft hyphen"),
    "\u200b": gettext_lazy("a zero-width space"),
    "\u200c": gettext_lazy("a zero-width non-joiner"),
    "\u200d": gettext_lazy("a zero-width joiner"),
    "\u2060": gettext_lazy("a word joiner"),
    "\ufeff": gettext_lazy("a byte order mark"),
    "\u3000": gettext_lazy("an ideographic space"),
    **dict.fromkeys(_DIRECTIONAL, gettext_lazy("a text direction mark")),
}


def is_invisible(character: str) -> bool:
    """Whether people cannot see it, or see a blank."""
    return unicodedata.category(character) in _CATEGORIES or character in _WITHOUT_WIDTH


def is_blank(character: str) -> bool:
    """Whether it means nothing around a text: any of them but control characters."""
    if unicodedata.category(character) == "Cc":
        return character in _WHITE_CONTROLS
    return is_invisible(character)


def first_invisible(text: str) -> int | None:
    """The place of the first one; None if there is none."""
    # Nearly every text is plain, and a large file has many.
    if text.isascii() and text.isprintable() and " " not in text:
        return None
    return next((place for place, each in enumerate(text) if is_invisible(each)), None)


def name_of(character: str) -> str:
    """What it is called, with its article, in the language of the reader."""
    if character in _NAMES:
        return str(_NAMES[character])
    return _("an invisible character (%(code)s)") % {"code": f"U+{ord(character):04X}"}
