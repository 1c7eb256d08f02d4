"""Descriptions are Markdown; readers get safe HTML or readable plain text."""

import re
from collections.abc import Iterable, Sequence
from typing import Final
from urllib.parse import unquote

import nh3
from markdown_it.token import Token
from markdown_it.tree import SyntaxTreeNode

from events.markdown_parser import SCHEMES, markdown_tokens, parser
from events.validators import without_unsafe

_TAGS = {
    *("p", "br", "hr", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre", "code"),
    *("ul", "ol", "li", "strong", "em", "s", "a"),
    *("table", "thead", "tbody", "tr", "th", "td"),
}
LOWEST_HEADING = 6
# No text can hold it: control characters are taken away.
_STRUCK: Final = "\x00"
_AROUND_STRUCK: Final = re.compile(rf" *(?:{_STRUCK} *)+(?=([,.;:!?)]?))")
_WEB: Final = re.compile(r"^https?://|/$", re.IGNORECASE)


def description_html(markdown: str) -> str:
    """HTML that is safe to embed: no raw HTML, no images, no scripts, no odd link schemes."""
    tokens = markdown_tokens(markdown)
    for token in tokens:
        if token.type.startswith("heading"):
            # The first level is the title's, on whatever page or in whatever mail this stands.
            token.tag = f"h{min(int(token.tag[1]) + 1, LOWEST_HEADING)}"
    return nh3.clean(
        parser().renderer.render(tokens, parser().options, {}),
        tags=_TAGS,
        attributes={"a": {"href", "title"}, "ol": {"start"}},
        url_schemes={*SCHEMES},
        link_rel="noopener nofollow",
    )


def description_text(markdown: str) -> str:
    """The same as plain text: links as “text (URL)”, and without what is struck out."""
    tokens = markdown_tokens(markdown)
    for token in tokens:
        if token.children:
            token.content, token.children = _inline(token.children), []
    return _blocks(SyntaxTreeNode(tokens).children)


def _blocks(nodes: list[SyntaxTreeNode]) -> str:
    return "\n\n".join(filter(None, map(_block, nodes)))


def _block(node: SyntaxTreeNode) -> str:  # noqa: PLR0911 - one for each kind of block
    match node.type:
        case "paragraph" | "heading" | "th" | "td":
            return "".join(inline.content for inline in node.children)
        case "bullet_list":
            return _lines(_item("• ", item) for item in node.children)
        case "ordered_list":
            first = int(node.attrs.get("start", 1))
            return _lines(_item(f"{n}. ", item) for n, item in enumerate(node.children, first))
        case "blockquote":
            return _indented("> ", _blocks(node.children), "> ")
        case "fence" | "code_block":
            # A line “-- ” would begin the signature, which mail programs hide.
            return "\n".join(line.rstrip() for line in node.content.splitlines()).rstrip("\n")
        case "hr":
            return "-" * 20
        case "table" | "thead" | "tbody":
            return _lines(map(_block, node.children))
        case "tr":
            return " | ".join(map(_block, node.children))
        case _:
            return _blocks(node.children)


def _item(mark: str, item: SyntaxTreeNode) -> str:
    tight = all(child.hidden for child in item.children if child.type == "paragraph")
    text = ("\n" if tight else "\n\n").join(filter(None, map(_block, item.children)))
    return _indented(mark, text, " " * len(mark))


def _lines(blocks: Iterable[str]) -> str:
    return "\n".join(filter(None, blocks))


def _indented(first: str, text: str, rest: str) -> str:
    """The text behind a mark; nothing if all of it was struck out."""
    if not text:
        return ""
    head, *others = text.split("\n")
    return "\n".join([first + head, *((rest + line).rstrip() for line in others)])


def _inline(tokens: Sequence[Token]) -> str:
    """What stands in a line: no tree, for emphasis may be nested deeper than Python goes."""
    parts: list[str] = []
    links: list[tuple[int, Token]] = []
    struck: list[int] = []
    for token in tokens:
        match token.type:
            case "text" | "code_inline":
                parts.append(token.content)
            case "softbreak" | "hardbreak":
                parts.append("\n")
            case "link_open":
                links.append((len(parts), token))
            case "link_close":
                begin, link = links.pop()
                parts[begin:] = [_link("".join(parts[begin:]), link)]
            case "s_open":
                struck.append(len(parts))
            case "s_close":
                # Plain text cannot strike: “~~19:00~~ 20:00” would name two times.
                parts[struck.pop() :] = [_STRUCK]
    return _without_struck("".join(parts))


def _without_struck(text: str) -> str:
    if _STRUCK not in text:
        return text
    lines = (line for line in text.split("\n") if line != _STRUCK)
    return _lines(_AROUND_STRUCK.sub(_gap, line).strip(" ") for line in lines)


def _gap(found: re.Match[str]) -> str:
    """The one space that stays between the words around; none before punctuation."""
    is_before_mark = found[1] and found[0].endswith(_STRUCK)
    return " " if " " in found[0] and not is_before_mark else ""


def _link(label: str, link: Token) -> str:
    """The label and where it leads, unless the label says it."""
    target = str(link.attrs.get("href", ""))
    scheme, _colon, rest = target.partition(":")
    is_web = scheme.lower() in {"http", "https"}
    shown = target if is_web else without_unsafe(unquote(rest.partition("?")[0])).strip()
    plain = label if is_web else label.removeprefix(f"{scheme}:")
    if not label.strip(f"{_STRUCK} \n"):
        return _STRUCK
    if link.info == "auto":
        return plain
    bare = _digits if scheme.lower() == "tel" else _bare
    if bare(plain) != bare(shown):
        return f"{label} ({shown})"
    # With its scheme, for mail programs to make a link of it.
    return shown if is_web else plain


def _bare(address: str) -> str:
    return _WEB.sub("", unquote(address))


def _digits(number: str) -> str:
    return "".join(char for char in number if char.isdigit() or char in "+*#")
