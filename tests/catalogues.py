"""The texts that the code asks to be translated: of the modules, and of the templates."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.template import engines
from django.template.base import Template
from django.templatetags.i18n import BlockTranslateNode, TranslateNode

APPS = ("ivent_site", "events", "subscriptions", "notifications")
_SINGULAR = {"_", "gettext", "gettext_lazy", "gettext_noop"}
_PLURAL = {"ngettext", "ngettext_lazy"}


class Message(NamedTuple):
    """A text, and its plural, as they stand in the code."""

    singular: str
    plural: str | None = None


def messages_in_code() -> dict[Message, str]:
    """Every text that is to be translated, and one file that has it."""
    found: dict[Message, str] = {}
    for app in APPS:
        for path in sorted((settings.BASE_DIR / app).rglob("*")):
            if path.suffix == ".py":
                messages = _of_module(path)
            elif path.suffix in {".html", ".txt"} and "templates" in path.parts:
                messages = _of_template(path)
            else:
                continue
            for message in messages:
                found.setdefault(message, str(path.relative_to(settings.BASE_DIR)))
    return found


def _of_module(path: Path) -> Iterator[Message]:
    for node in ast.walk(ast.parse(path.read_text())):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        texts = [str(each.value) for each in node.args if isinstance(each, ast.Constant)]
        if name in _SINGULAR and texts:
            yield Message(texts[0])
        elif name in _PLURAL and len(texts) > 1:
            yield Message(texts[0], texts[1])


def _of_template(path: Path) -> Iterator[Message]:
    template = Template(path.read_text(), engine=engines["django"].engine)  # type: ignore[attr-defined]
    for node in template.nodelist.get_nodes_by_type(TranslateNode):
        assert isinstance(node, TranslateNode)
        if isinstance(node.filter_expression.var.literal, str):
            # As the tag looks it up.
            yield Message(node.filter_expression.var.literal.replace("%", "%%"))
    for node in template.nodelist.get_nodes_by_type(BlockTranslateNode):
        assert isinstance(node, BlockTranslateNode)
        singular, _ = node.render_token_list(node.singular)
        plural = node.render_token_list(node.plural)[0] if node.plural else None
        yield Message(singular, plural)
