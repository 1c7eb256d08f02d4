"""The settings in the admin: one page, for admins only."""

from dataclasses import asdict
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin

from ivent_site.dynamodb.admin import CursorModelAdmin
from ivent_site.preferences.forms import SitePreferencesForm
from ivent_site.preferences.models import SitePreferences
from ivent_site.preferences.selectors import preferences_now
from ivent_site.preferences.services import preferences_update
from ivent_site.preferences.tables import SITE


@admin.register(SitePreferences)
class SitePreferencesAdmin(CursorModelAdmin, ModelAdmin):  # type: ignore[misc]  # unfold is untyped
    """Who writes, how mails look, and what new events begin with."""

    form = SitePreferencesForm
    fieldsets = (
        (
            _("Who writes"),
            {"fields": ("organisation", "postal_address", "sender_name", "reply_to")},
        ),
        (
            _("Defaults"),
            {"fields": ("default_timezone", "languages", "undo_window_s", "reminders")},
        ),
        (_("Weekly digest"), {"fields": ("digest_weekday", "digest_hour", "digest_weeks")}),
        (_("How mails look"), {"fields": ("logo_url", "colour", "footer", "seen_version")}),
    )
    change_form_after_template = "admin/preferences/sitepreferences/preview.html"
    warn_unsaved_form = True

    def changelist_view(
        self,
        request: HttpRequest,
        extra_context: dict[str, Any] | None = None,  # noqa: ARG002 - Django's signature
    ) -> HttpResponse:
        """There is one, so the list is that one."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        return HttpResponseRedirect(
            reverse("admin:preferences_sitepreferences_change", args=[SITE])
        )

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> Any:
        context["preview_url"] = _url("admin:layout_preview")
        context["digest_url"] = _url("admin:digest_preview")
        return super().render_change_form(request, context, *args, **kwargs)

    def get_object(
        self,
        request: HttpRequest,  # noqa: ARG002 - Django's signature
        object_id: str,
        from_field: str | None = None,  # noqa: ARG002 - Django's signature
    ) -> SitePreferences | None:
        """What holds now, though it may be in no table yet."""
        if object_id != SITE:
            return None
        values = asdict(preferences_now())
        return SitePreferences(
            **{
                **values,
                "id": SITE,
                "languages": list(values["languages"]),
                "reminders": list(values["reminders"]),
            }
        )

    def save_model(
        self,
        request: HttpRequest,  # noqa: ARG002 - Django's signature
        obj: SitePreferences,  # noqa: ARG002 - Django's signature
        form: SitePreferencesForm,
        change: bool,  # noqa: ARG002, FBT001 - Django's signature
    ) -> None:
        """Set them, unless somebody else did meanwhile."""
        preferences_update(version=form.cleaned_data["seen_version"], **form.values)

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002 - Django's signature
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002 - Django's signature
        return False


def _url(name: str) -> str | None:
    """Where mails as set here are shown; None where no app makes mails."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return None
