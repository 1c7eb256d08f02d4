"""Descriptions are Markdown; readers get safe HTML or readable plain text."""

from collections.abc import Sequence
from functools import cache

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markdown_it.tree import SyntaxTreeNode

from events.validators import without_unsafe

_TAGS = {
    *("p", "br", "hr", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre", "code"),
    *("ul", "ol", "li", "strong", "em", "s", "a"),
    *("table", "thead", "tbody", "tr", "th", "td"),
}
LOWEST_HEADING = 6
_SCHEMES = {"http", "https", "mailto"}


def description_html(markdown: str) -> str:
    """HTML that is safe to embed: no raw HTML, no images, no scripts, no odd link schemes."""
    tokens = _parser().parse(without_unsafe(markdown))
    for token in tokens:
        if token.type.startswith("heading"):
            # The first level is the title's, on whatever page or in whatever mail this stands.
            token.tag = f"h{min(int(token.tag[1]) + 1, LOWEST_HEADING)}"
    parser = _parser()
    return nh3.clean(
        parser.renderer.render(tokens, parser.options, {}),
        tags=_TAGS,
        attributes={"a": {"href", "title"}, "ol": {"start"}},
        url_schemes=_SCHEMES,
        link_rel="noopener nofollow",
    )


def description_text(markdown: str) -> str:
    """The same to be read as plain text; links as “text (URL)”."""
    tokens = _parser().parse(without_unsafe(markdown))
    for token in tokens:
        if token.children:
            token.content, token.children = _inline(token.children), []
    return _blocks(SyntaxTreeNode(tokens).children)


@cache
def _parser() -> MarkdownIt:
    # An image would tell its host who reads; its Markdown stays visible as a link.
    parser = MarkdownIt("commonmark", {"html": False, "linkify": True, "breaks": True})
    return parser.enable(["linkify", "table", "strikethrough"]).disable(["image", "html_block"])


def _blocks(nodes: list[SyntaxTreeNode]) -> str:
    return "\n\n".join(filter(None, map(_block, nodes)))


def _block(node: SyntaxTreeNode) -> str:  # noqa: PLR0911 - one for each kind of block
    match node.type:
        case "paragraph" | "heading" | "th" | "td":
            return "".join(inline.content for inline in node.children)
        case "bullet_list":
            return "\n".join(_item("• ", item) for item in node.children)
        case "ordered_list":
            first = int(node.attrs.get("start", 1))
            return "\n".join(_item(f"{n}. ", item) for n, item in enumerate(node.children, first))
        case "blockquote":
            return _indented("> ", _blocks(node.children), "> ")
        case "fence" | "code_block":
            return node.content.rstrip("\n")
        case "hr":
            return "-" * 20
        case "table" | "thead" | "tbody":
            return "\n".join(map(_block, node.children))
        case "tr":
            return " | ".join(map(_block, node.children))
        case _:
            return _blocks(node.children)


def _item(mark: str, item: SyntaxTreeNode) -> str:
    tight = all(child.hidden for child in item.children if child.type == "paragraph")
    text = ("\n" if tight else "\n\n").join(filter(None, map(_block, item.children)))
    return _indented(mark, text, " " * len(mark))


def _indented(first: str, text: str, rest: str) -> str:
    return first + text.replace("\n", "\n" + rest)


def _inline(tokens: Sequence[Token]) -> str:
    """What stands in a line: no tree, for emphasis may be nested deeper than Python goes."""
    parts: list[str] = []
    links: list[tuple[int, str]] = []
    for token in tokens:
        match token.type:
            case "text" | "code_inline":
                parts.append(token.content)
            case "softbreak" | "hardbreak":
                parts.append("\n")
            case "link_open":
                links.append((len(parts), str(token.attrs.get("href", ""))))
            case "link_close":
                begin, target = links.pop()
                label = "".join(parts[begin:])
                is_told = target.removeprefix("mailto:").endswith(label)
                parts[begin:] = [label if is_told else f"{label} ({target})"]
    return "".join(parts)
