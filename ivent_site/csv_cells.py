"""Cells of CSV files that no spreadsheet takes for a formula.

https://owasp.org/www-community/attacks/CSV_Injection
"""

from typing import Final

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
_TEXT: Final = "'"


def cell_safe(text: str) -> str:
    """The text with an apostrophe in front if it begins like a formula, or like one of these."""
    return _TEXT + text if text.lstrip(_TEXT).startswith(_FORMULA) else text


def cell_plain(text: str) -> str:
    """The text as it was before `cell_safe`."""
    return text.removeprefix(_TEXT) if text.lstrip(_TEXT).startswith(_FORMULA) else text
