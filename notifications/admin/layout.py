"""A mail in the layout that an admin is about to set: a part of the settings' page."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase, HttpResponseNotAllowed
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import get_language

from ivent_site.preferences.forms import SitePreferencesForm
from ivent_site.preferences.selectors import preferences_get
from notifications.layout_preview import layout_preview
from notifications.models import Announcement

if TYPE_CHECKING:
    _Base = admin.ModelAdmin[Announcement]
else:
    _Base = object

_TEMPLATE: Final = "admin/notifications/layout_preview.html"


class LayoutPreview(_Base):
    """The view."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.layout_preview_view)
        return [path("layout-preview/", view, name="layout_preview"), *super().get_urls()]

    def layout_preview_view(self, request: HttpRequest) -> HttpResponseBase:
        """POST the settings' form: the mail as it would be, or what is wrong with the form."""
        if not request.user.has_perm("preferences.change_sitepreferences"):
            raise PermissionDenied
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        form = SitePreferencesForm(request.POST)
        context: dict[str, Any] = {"form": form}
        if form.is_valid():
            chosen = replace(preferences_get(), **form.values)
            context["mail"] = layout_preview(chosen, language=get_language() or "en")
        return TemplateResponse(request, _TEMPLATE, context)
