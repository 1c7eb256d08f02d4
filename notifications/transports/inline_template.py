"""A letter as a template inside the call: its marks are SES's variables, everything else is text.

https://docs.aws.amazon.com/ses/latest/dg/send-personalized-email-api.html
SES replaces {{name}} and escapes nothing, so the HTML part has variables of its own, with
escaped values. A variable without a value is accepted and the mail dropped later, so every
name is looked up before the call. Braces that people wrote would make variables, and a
backslash before one would hide it: such characters become values themselves.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from json import JSONEncoder
from typing import Final

from notifications.mails import MARK, Letter
from notifications.mime import UnmailableError

LETTERS_KEPT: Final = 64
# https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_ReplacementTemplate.html
DATA_CHARS_MAX: Final = 262_144
_IN_HTML: Final = "_html"
_LITERALS: Final = {"{": "open_brace", "}": "close_brace", "\\": "backslash"}
# Two in a row, or one that touches a mark.
_RISKY: Final = re.compile(r"[{}\\]{2,}|[{}\\](?=\x02)|(?<=\x03)[{}\\]")
_VARIABLE: Final = re.compile(r"\{\{([a-z_]+)\}\}")
_LEFT_OVER: Final = re.compile(r"\{\{|\}\}|[\x02\x03]")
_MARKUP: Final = re.compile("[&<>\"']")
# Not escaped: “\\u0416” is six bytes where “Ж” is two.
_json = JSONEncoder(ensure_ascii=False).encode


@dataclass(frozen=True, slots=True)
class InlineTemplate:
    """The parts of SES's TemplateContent, and the names that every recipient's data needs."""

    subject: str
    text: str
    html: str
    names: frozenset[str]
    literals: Mapping[str, str]

    def data(self, values: Mapping[str, str], markup: Mapping[str, str]) -> str:
        """ReplacementTemplateData for these values, of which some are markup in the HTML.

        UnmailableError if one is missing, or if they are more than SES takes.
        """
        data = {**self.literals, **values}
        for name, value in values.items():
            data[name + _IN_HTML] = escape(value) if _MARKUP.search(value) else value
        for name, value in markup.items():
            data[name + _IN_HTML] = value
        if not self.names <= data.keys():
            raise UnmailableError("A variable of the template has no value.")
        text = _json(data)
        if len(text) > DATA_CHARS_MAX:
            raise UnmailableError("The values are more than a bulk call can carry.")
        return text


@lru_cache(LETTERS_KEPT)
def inline_template(letter: Letter) -> InlineTemplate:
    """The letter's template; UnmailableError if something in it cannot be told from a variable."""
    subject, text = _template(letter.subject), _template(letter.text)
    html = _template(letter.html, suffix=_IN_HTML)
    names = frozenset(_VARIABLE.findall(subject + text + html))
    if _LEFT_OVER.search(_VARIABLE.sub("", f"{subject}\n{text}\n{html}")):
        raise UnmailableError("The template holds what is neither text nor a variable.")
    literals = {name: char for char, name in _LITERALS.items() if name in names}
    return InlineTemplate(subject, text, html, names, literals)


def _template(body: str, *, suffix: str = "") -> str:
    body = _RISKY.sub(lambda found: "".join(_variable(_LITERALS[c]) for c in found[0]), body)
    return MARK.sub(lambda found: _variable(found[1] + suffix), body)


def _variable(name: str) -> str:
    return "{{" + name + "}}"
