"""Header fields as mail programs read them back: ASCII, in lines of at most 78 characters.

EmailMessage folds headers itself and loses spaces between encoded words
(https://github.com/python/cpython/issues/144156), so text is encoded here as a whole (RFC 2047),
or not at all, and then folded at the single spaces between its words.
"""

import re
from email.header import Header, decode_header, make_header
from textwrap import TextWrapper
from typing import Final

# RFC 2047 allows 76 characters in a line with encoded words, RFC 5322 recommends 78 elsewhere.
LINE_CHARS: Final = 76
# Words short enough to fold between, with single spaces: a parser has nothing to normalise. Without
# “=”, of which some expect an encoded word.
_PLAIN: Final = re.compile(r"[!-<>-~]{1,60}(?: [!-<>-~]{1,60})*")
_ATOM: Final = r"[A-Za-z0-9!#$%&'*+/?^_`{|}~-]{1,60}"
_ATOMS: Final = re.compile(f"{_ATOM}(?: {_ATOM})*")
# Mail programs disagree about backslashes in quoted strings.
_QUOTABLE: Final = re.compile(r'[^\\"]+')


def encoded(text: str, *, name: str) -> str:
    """Text as the value of the header `name`, in one line; plain ASCII stays as it is."""
    return text if _PLAIN.fullmatch(text) else _encoded_words(text, name)


def mailbox(display_name: str, address: str) -> str:
    """The name and the address for “From”, in one line; the address alone if there is no name."""
    if not display_name:
        return address
    if _ATOMS.fullmatch(display_name):
        phrase = display_name
    elif _PLAIN.fullmatch(display_name) and _QUOTABLE.fullmatch(display_name):
        phrase = f'"{display_name}"'
    else:
        phrase = _encoded_words(display_name, "From")
    return f"{phrase} <{address}>"


def folded(name: str, value: str) -> str:
    """The header field with a value from `encoded` or `mailbox`, in lines that end with CRLF."""
    wrapper = TextWrapper(
        width=LINE_CHARS,
        initial_indent=f"{name}: ",
        subsequent_indent=" ",
        break_long_words=False,
        break_on_hyphens=False,
    )
    return "\r\n".join(wrapper.wrap(value)) + "\r\n"


def decoded(value: str) -> str:
    """The text of a folded value, as a reader sees it."""
    unfolded = value.replace("\r\n", "").replace("\n", "")
    return str(make_header(decode_header(unfolded)))


def _encoded_words(text: str, name: str) -> str:
    header = Header(text, "utf-8", maxlinelen=LINE_CHARS, header_name=name)
    return header.encode(linesep="")
