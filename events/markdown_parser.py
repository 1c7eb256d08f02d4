"""The Markdown that descriptions are written in, with links that work in an e-mail.

Only what starts with a scheme or with “www.” becomes a link by itself, and e-mail addresses do:
README.md is a file, and the domain of a stranger besides. An image would tell its host who reads,
so a link to it takes its place.
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import Final

from linkify_it import LinkifyIt
from linkify_it.main import Match
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from events.validators import URL_CHARS, without_unsafe

SCHEMES: Final = frozenset({"http", "https", "mailto", "tel"})
# Where the rule notes the targets of all links, for `markdown_links`.
_TARGETS: Final = "targets"
# “[^1]: Note” is a footnote and “[name](optional)” is no link.
_TARGET: Final = re.compile(r"#|.*[:/]|.*\.\w")
_WWW: Final = "www."
# Entities such as &#13; bring them back.
_BLANKS: Final = str.maketrans(dict.fromkeys("\t\n\r\f", " "))
_PHONE: Final = r"\+?[0-9](?:[0-9().-]*[0-9])?"


def markdown_tokens(markdown: str) -> list[Token]:
    """The blocks, of clean text, with links that have a label and lead somewhere, and no images."""
    return parser().parse(without_unsafe(markdown))


def markdown_links(markdown: str) -> list[str]:
    """Where the text leads, also where an e-mail cannot link to."""
    env: dict[str, list[str]] = {}
    parser().parse(without_unsafe(markdown), env)
    return env.get(_TARGETS, [])


@cache
def parser() -> MarkdownIt:
    """CommonMark with tables, strikethrough, and a line break wherever the author made one."""
    result = _Parser("commonmark", {"html": False, "linkify": True, "breaks": True})
    result.enable(["linkify", "table", "strikethrough"]).disable("html_block")
    result.core.ruler.push("links", _links)
    linkify = result.linkify = _Links()
    host, end = linkify.re["src_domain"], linkify.re["src_host_terminator"]
    address = rf"(?:{host}\.){{1,10}}{host}{linkify.re['src_port']}{end}{linkify.re['src_path']}"
    linkify.set({"fuzzy_link": False})
    linkify.add("//", None).add("ftp:", None)
    linkify.add(_WWW, {"validate": _Tail(address).length})
    linkify.add("tel:", {"validate": _Tail(_PHONE).length})
    return result


class _Links(LinkifyIt):  # type: ignore[misc]  # it brings no types
    def match_at_start(self, text: str) -> Match | None:
        """Markdown asks at “://”, and goes on behind what is found: so it has to reach there."""
        found = super().match_at_start(text)
        return found if found and found.last_index > text.find("://") else None


class _Parser(MarkdownIt):
    def normalizeLink(self, url: str) -> str:  # noqa: N802 - the library's name
        is_www = url[: len(_WWW)].lower() == _WWW
        return super().normalizeLink(f"https://{url}" if is_www else url)

    def validateLink(self, url: str) -> bool:  # noqa: N802 - the library's name
        return super().validateLink(url) and _TARGET.match(url) is not None

    def normalizeLinkText(self, link: str) -> str:  # noqa: N802 - the library's name
        """As written: decoded, it would be no address any more."""
        return link


class _Tail:
    """What may follow a prefix that makes a link."""

    def __init__(self, pattern: str) -> None:
        self._pattern = re.compile(pattern, re.IGNORECASE)

    def length(self, text: str, pos: int) -> int:
        # Cut, or a text of prefixes would be read to its end from each of them.
        found = self._pattern.match(text[pos : pos + URL_CHARS])
        return len(found[0]) if found else 0


def _links(state: StateCore) -> None:
    targets = state.env.setdefault(_TARGETS, [])
    for token in state.tokens:
        if token.children:
            tokens = [*_without_images(token.children)]
            targets += [_target(each) for each in tokens if each.type == "link_open"]
            token.children = _checked(tokens)


def _without_images(tokens: list[Token]) -> Iterator[Token]:
    """The tokens, and for an image its alternative text, which links to it outside of a link."""
    linked = False
    for token in tokens:
        if token.type != "image":
            linked = token.type == "link_open" or (linked and token.type != "link_close")
            yield token
            continue
        words = (each.content or " " * each.type.endswith("break") for each in token.children or ())
        label = _text("".join(words))
        if linked:
            yield label
        else:
            yield Token("link_open", "a", 1, attrs={"href": token.attrs.get("src", "")})
            yield label
            yield Token("link_close", "a", -1)


def _checked(tokens: list[Token]) -> list[Token]:
    """The tokens, with a label for each link; what an e-mail cannot link to is named instead."""
    result: list[Token] = []
    begin = 0
    for token in tokens:
        if token.type in {"text", "code_inline"}:
            token.content = without_unsafe(token.content.translate(_BLANKS))
        if token.type == "link_open":
            begin = len(result)
        result.append(token)
        if token.type == "link_close":
            result[begin:] = _checked_link(result[begin:])
    return result


def _checked_link(link: list[Token]) -> list[Token]:
    target = _target(link[0])
    content, label = link[1:-1], "".join(token.content for token in link)
    if target.partition(":")[0].lower() in SCHEMES:
        return link if label.strip() else [link[0], _text(target), link[-1]]
    if target in ("", label) or target.startswith("#"):
        return content
    return [*content, _text(f" ({target})" if label.strip() else target)]


def _target(link: Token) -> str:
    return str(link.attrs.get("href", ""))


def _text(content: str) -> Token:
    return Token("text", "", 0, content=content)
