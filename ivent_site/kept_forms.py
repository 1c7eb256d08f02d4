"""A form that comes back filled, to be looked at, instead of being saved.

The page of the form gets the fields by POST, with KEPT among them, and shows them unsaved. So it
works for every form, without a script, and nothing is stored anywhere.
"""

from collections.abc import Iterable
from typing import Any, Final

from django.contrib.admin import AdminSite
from django.forms import BaseForm
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _

KEPT: Final = "_kept"
UNDONE: Final = "undone"
SIGNED_OUT: Final = "signed_out"
NOTES: Final = {
    UNDONE: _("Your change was undone. It is still in the form, but not saved."),
    SIGNED_OUT: _("You were signed out, so nothing was saved. What you entered is in the form."),
}
# What a form's buttons add: none of it is content, and nothing is done by it again.
_BUTTONS: Final = frozenset({"csrfmiddlewaretoken", "confirmed", "publish", "test", KEPT})
_TEMPLATE: Final = "admin/kept_form.html"


class _Unsaved(BaseForm):
    """Mixed into a form that is shown, whatever is wrong with it, and never saved."""

    def is_valid(self) -> bool:
        super().is_valid()
        return False


def unsaved(form: type[Any]) -> type[Any]:
    """The form, which never is valid, so that its page shows it with its errors."""
    return type(form.__name__, (_Unsaved, form), {"__module__": form.__module__})


def is_kept(request: HttpRequest) -> bool:
    """Whether the request is a form to be shown and not to be obeyed."""
    return request.method == "POST" and KEPT in request.POST


def contents(request: HttpRequest) -> list[tuple[str, str]]:
    """What a posted form holds, without its buttons."""
    return [
        (name, str(value))
        for name, values in request.POST.lists()
        if name not in _BUTTONS
        for value in values
    ]


def kept_page(
    request: HttpRequest,
    site: AdminSite,
    *,
    action: str,
    fields: Iterable[tuple[str, Any]],
    why: str,
) -> TemplateResponse:
    """A page that leads on to the filled form: by itself, or without scripts by a button."""
    context = {
        **site.each_context(request),
        "title": _("Your form"),
        "action": action,
        "fields": [*fields, (KEPT, why)],
        "note": NOTES[why],
    }
    return TemplateResponse(request, _TEMPLATE, context)
