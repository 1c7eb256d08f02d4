"""Announcements in the admin: to be looked at only."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.admin import ModelAdmin

from ivent_site.dynamodb.admin import CursorModelAdmin
from notifications.announcements import announcement_get, announcement_sums
from notifications.models import Announcement


@admin.register(Announcement)
class AnnouncementAdmin(CursorModelAdmin, ModelAdmin):  # type: ignore[misc]  # unfold is untyped
    """Newest first, by state; the numbers are on an announcement's own page."""

    list_display = ("title", "kind", "state", "created_at")
    list_filter = ("state",)
    fields = ("title", "kind", "state", "reason", "numbers", "created_at", "started_at")
    readonly_fields = fields

    @admin.display(description="event")
    def title(self, announcement: Announcement) -> str:
        """The event's title as it was announced."""
        return str(announcement.event.get("title", ""))

    @admin.display(description="numbers")
    def numbers(self, announcement: Announcement) -> SafeString | str:
        """Whom it was for and what became of them; they always add up."""
        row = announcement_get(announcement.pk)
        if row is None:
            return "-"
        sums = announcement_sums(row)
        parts = sums.sent + sums.refused + sums.suppressed + sums.unknown + sums.parked
        return format_html(
            "{} sent + {} refused + {} suppressed + {} unknown + {} parked = {}<br>"
            "{} in the audience{}",
            sums.sent,
            sums.refused,
            sums.suppressed,
            sums.unknown,
            sums.parked,
            parts,
            sums.audience,
            " ✓" if parts == sums.audience else " ✗ THIS DOES NOT ADD UP",
        )

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002 - Django's signature
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        return False
