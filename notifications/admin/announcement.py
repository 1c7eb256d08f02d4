"""Announcements in the admin: to be looked at, and steered by buttons."""

from datetime import UTC, datetime
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.decorators import display

from events.presentation import field_names
from ivent_site.dynamodb.admin import CursorModelAdmin
from ivent_site.dynamodb.records import values_of_row
from ivent_site.empty_lists import Beginning, Step
from notifications.admin.dead_letters import DeadLetters
from notifications.admin.digest import DigestPreview
from notifications.admin.event_news import EventNews
from notifications.admin.health import Health
from notifications.admin.history import Histories
from notifications.admin.layout import LayoutPreview
from notifications.admin.live import Live, decisions
from notifications.admin.moved import Moved
from notifications.admin.refused import Refusals
from notifications.admin.review import Reviews
from notifications.admin.reviews import SeveralReviews
from notifications.announcements import announcement_get
from notifications.breaker import breaker_get
from notifications.digest_times import slot_text
from notifications.enums import AnnouncementKind, AnnouncementState
from notifications.models import Announcement
from notifications.tables import AnnouncementRow

_COLOURS = {
    AnnouncementState.HELD.value: "warning",
    AnnouncementState.SENDING.value: "info",
    AnnouncementState.PAUSED.value: "warning",
    AnnouncementState.STOPPING.value: "danger",
    AnnouncementState.DONE.value: "success",
    AnnouncementState.CANCELLED.value: "danger",
}


@admin.register(Announcement)
class AnnouncementAdmin(
    Reviews,
    SeveralReviews,
    EventNews,
    Live,
    Histories,
    Health,
    DeadLetters,
    LayoutPreview,
    DigestPreview,
    Refusals,
    Moved,
    CursorModelAdmin,
    ModelAdmin,  # type: ignore[misc]  # unfold is untyped
):
    """Newest first; the numbers are on an announcement's own page."""

    beginning = Beginning(
        _(
            "Nothing has been announced yet. An event is announced once it is published, and"
            " again when it changes or is cancelled."
        ),
        (Step(_("To the events"), "admin:events_event_changelist", "events.view_event"),),
    )
    list_display = ("title", "kind", "state_shown", "created_at")
    # With the one that tells whether there are more, within one batch.
    list_per_page = 50
    list_filter = ("state",)
    list_before_template = "admin/notifications/announcement/before_list.html"
    fields = (
        "event_shown",
        "kind",
        "digest_shown",
        "changes_shown",
        "note_shown",
        "created_at",
        "started_at",
    )
    readonly_fields = fields

    @admin.display(description=_("event"))
    def title(self, announcement: Announcement) -> str:
        """The event's title as it was announced."""
        return announcement.title

    @admin.display(description=_("event"))
    def event_shown(self, announcement: Announcement) -> SafeString:
        """The title, leading to the event as it is now; of a digest, each of them."""
        if announcement.kind == AnnouncementKind.DIGEST:
            return format_html_join(
                "",
                "{}<br>",
                ((_event_link(each["id"], each["title"]),) for each in announcement.events or ()),
            )
        return _event_link(announcement.event_id, announcement.title)

    @admin.display(description=_("weekly digest"))
    def digest_shown(self, announcement: Announcement) -> str:
        """When readers of the digest find it there; of a digest, when it was due."""
        return slot_text(announcement.digest_at) if announcement.digest_at else "-"

    @admin.display(description=_("what changed"))
    def changes_shown(self, announcement: Announcement) -> str:
        """The fields that the mail tells of."""
        return field_names(change["field"] for change in announcement.changes) or "-"

    @admin.display(description=_("note to the readers"))
    def note_shown(self, announcement: Announcement) -> str:
        """What the staff wrote beside."""
        return announcement.note or "-"

    @display(description=_("state"), label=_COLOURS)  # type: ignore[untyped-decorator]  # unfold's
    def state_shown(self, announcement: Announcement) -> tuple[str, str]:
        """The state, in its colour."""
        return str(announcement.state), announcement.get_state_display()

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        breaker = breaker_get()
        context = {
            "breaker": breaker,
            "breaker_is_open": breaker.is_open(now=datetime.now(UTC)),
            **(extra_context or {}),
        }
        response: HttpResponse = super().changelist_view(request, context)
        return response

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        row = announcement_get(object_id)
        request.announcement = row  # type: ignore[attr-defined]  # read once for the whole page
        context = {**self._steering(request, row), **(extra_context or {})}
        response: HttpResponse = super().change_view(request, object_id, form_url, context)
        return response

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Announcement | None:
        row: AnnouncementRow | None = getattr(request, "announcement", None)
        if row is None or row.id != object_id:
            return super().get_object(request, object_id, from_field)
        announcement = Announcement(**values_of_row(Announcement, row))
        announcement._state.adding = False
        return announcement

    def _steering(self, request: HttpRequest, row: AnnouncementRow | None) -> dict[str, Any]:
        if row is None:
            return {}
        breaker = breaker_get()
        return {
            "breaker": breaker,
            "breaker_is_open": breaker.is_open(now=datetime.now(UTC)),
            **decisions(row, breaker, may=self.has_steer_permission(request)),
        }

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002 - Django's signature
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        return False


def _event_link(event_id: str, title: str) -> SafeString:
    url = reverse("admin:events_event_change", args=[event_id])
    return format_html('<a class="iv-link" href="{}">{}</a>', url, title)
