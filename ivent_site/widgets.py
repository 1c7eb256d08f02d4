"""What forms are made of, beyond Django's and unfold's."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django import forms
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from unfold.widgets import UnfoldAdminSelect2Widget, UnfoldAdminSelectWidget

if TYPE_CHECKING:
    _Base = forms.Select
else:
    _Base = object


class ManyOptions(_Base):
    """A select of hundreds: beside it, Django renders a template for each option.

    Of a page with all time zones that was three quarters of the work.
    """

    def render(
        self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None
    ) -> SafeString:
        context = self.get_context(name, value, attrs)
        groups, context["widget"]["optgroups"] = context["widget"]["optgroups"], []
        empty: str = self._render(self.template_name, context, renderer)  # type: ignore[attr-defined]  # not in its stubs
        html = "".join(_group(label, options) for label, options, _index in groups)
        # Both parts have been escaped.
        return mark_safe(empty.replace("</select>", f"{html}</select>", 1))  # noqa: S308


class SelectOfMany(ManyOptions, forms.Select):
    """A plain one."""


class AdminSelectOfMany(ManyOptions, UnfoldAdminSelectWidget):  # type: ignore[misc]  # unfold is untyped
    """The admin's."""


class AdminSearchOfMany(ManyOptions, UnfoldAdminSelect2Widget):  # type: ignore[misc]  # as above
    """The admin's, in which one types what to find."""


def _group(label: str | None, options: Iterable[dict[str, Any]]) -> SafeString:
    html = format_html_join(
        "\n",
        '<option value="{}"{}>{}</option>',
        ((each["value"], flatatt(each["attrs"]), each["label"]) for each in options),
    )
    return format_html('<optgroup label="{}">{}</optgroup>', label, html) if label else html
