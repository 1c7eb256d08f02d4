"""Announcements in the admin: to be looked at, and steered by buttons."""

from datetime import UTC, datetime
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.admin import ModelAdmin

from ivent_site.dynamodb.admin import CursorModelAdmin
from notifications.admin_steps import Steps, steps_of
from notifications.announcements import (
    announcement_get,
    announcement_progress,
)
from notifications.breaker import breaker_get
from notifications.deliverability import announcement_counts
from notifications.enums import AnnouncementState
from notifications.models import Announcement
from notifications.parked import parked_chunks
from notifications.reasons import reason_text

# A page of what is under way loads itself again after so many seconds.
REFRESH_S = 10
_UNDER_WAY = frozenset({AnnouncementState.SENDING, AnnouncementState.STOPPING})


@admin.register(Announcement)
class AnnouncementAdmin(Steps, CursorModelAdmin, ModelAdmin):  # type: ignore[misc]  # unfold is untyped
    """Newest first, by state; the numbers are on an announcement's own page."""

    list_display = ("title", "kind", "state", "created_at")
    list_filter = ("state",)
    list_before_template = "admin/notifications/announcement/breaker.html"
    fields = (
        "title",
        "kind",
        "state",
        "why",
        "numbers",
        "feedback",
        "created_at",
        "started_at",
    )
    readonly_fields = fields

    @admin.display(description="event")
    def title(self, announcement: Announcement) -> str:
        """The event's title as it was announced."""
        return str(announcement.event.get("title", ""))

    @admin.display(description="reason")
    def why(self, announcement: Announcement) -> str:
        """Why it is where it is, in plain words."""
        return reason_text(announcement.reason) or "-"

    @admin.display(description="numbers")
    def numbers(self, announcement: Announcement) -> SafeString | str:
        """Whom it was for and what became of them; they always add up."""
        row = announcement_get(announcement.pk)
        if row is None:
            return "-"
        sums, is_whole = announcement_progress(row)
        parts = sums.sent + sums.refused + sums.suppressed + sums.unknown + sums.parked
        return format_html(
            "{} sent + {} refused + {} suppressed + {} unknown + {} parked = {}<br>"
            "{} in the audience{}{}",
            sums.sent,
            sums.refused,
            sums.suppressed,
            sums.unknown,
            sums.parked,
            parts,
            sums.audience,
            " ✓" if parts == sums.audience else " ✗ THIS DOES NOT ADD UP",
            "" if is_whole else " (at least: too many for this page are under way)",
        )

    @admin.display(description="feedback")
    def feedback(self, announcement: Announcement) -> str:
        """How its mails were received. Who bounced or complained gets no more mails."""
        counts = announcement_counts(announcement.pk)
        return f"{counts.bounced} bounced, {counts.complained} complained"

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        context = {**_breaker_context(), **(extra_context or {})}
        response: HttpResponse = super().changelist_view(request, context)
        return response

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        context = {**self._steering(request, object_id), **(extra_context or {})}
        response: HttpResponse = super().change_view(request, object_id, form_url, context)
        return response

    def _steering(self, request: HttpRequest, object_id: str) -> dict[str, Any]:
        row = announcement_get(object_id)
        if row is None:
            return {}
        context = _breaker_context()
        if row.state in _UNDER_WAY:
            context["refresh_s"] = REFRESH_S
        if self.has_steer_permission(request):
            context["steps"] = steps_of(row, context["breaker"])
            context["parked"] = parked_chunks(row)
        return context

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002 - Django's signature
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        return False


def _breaker_context() -> dict[str, Any]:
    breaker = breaker_get()
    return {"breaker": breaker, "breaker_is_open": breaker.is_open(now=datetime.now(UTC))}
