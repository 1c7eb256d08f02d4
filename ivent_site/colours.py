"""Colours that people choose, and whether text on them can be read.

https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio
"""

import re
from typing import Final

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

WHITE: Final = "#ffffff"
BLACK: Final = "#000000"
# WCAG's AA for text of any size.
CONTRAST_MIN: Final = 4.5
# Below it, the standard's curve is a straight line.
_DARK: Final = 0.04045
_COLOUR: Final = re.compile(r"#[0-9a-fA-F]{6}")


def validate_colour(text: str) -> None:
    """A colour as "#rrggbb"."""
    if not is_colour(text):
        raise ValidationError(_("Give a colour as #rrggbb."), code="invalid_colour")


def is_colour(text: str) -> bool:
    """Whether it is "#rrggbb"."""
    return _COLOUR.fullmatch(text) is not None


def validate_readable(text: str) -> None:
    """A colour on which white text can be read, and which can be read on white."""
    validate_colour(text)
    if contrast(text, WHITE) < CONTRAST_MIN:
        message = _("White text on this colour cannot be read by everybody: choose a darker one.")
        raise ValidationError(message, code="contrast")


def text_on(colour: str) -> str:
    """Black or white, whichever is read better on the colour: one of them always is."""
    return max((WHITE, BLACK), key=lambda text: contrast(colour, text))


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours, from 1 to 21."""
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: str) -> float:
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    linear = [
        part / 12.92 if part <= _DARK else ((part + 0.055) / 1.055) ** 2.4
        for part in (red, green, blue)
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
