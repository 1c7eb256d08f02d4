"""Events in the admin: everything goes through the services.

What a page writes, and the history's entry of it, is one transaction: either both are there
or neither is.
"""

from typing import TYPE_CHECKING, Any, cast

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.decorators import display

from events.admin.actions import PublishAndCancel
from events.admin.followups import FollowUps
from events.admin.judged_again import REFUSALS, JudgedAgain
from events.admin.list_filters import UPCOMING, PeriodFilter, TopicFilter, period_links, period_of
from events.admin.review import Reviewing
from events.enums import EventStatus
from events.forms import EventForm
from events.models import Event
from events.presentation import EventDisplay
from events.services import (
    event_create,
    event_delete,
    event_update,
)
from events.snapshot import EventSnapshot
from events.tables import EventRow
from events.topic_names import topic_name
from ivent_site.dynamodb.admin import CursorModelAdmin
from ivent_site.dynamodb.writes import ConflictError
from ivent_site.empty_lists import Beginning, Step
from ivent_site.made_once import MadeOnce

# For the type checker: at run time the class beside it is the ModelAdmin.
if TYPE_CHECKING:
    _Base = admin.ModelAdmin[Any]
else:
    _Base = object

# How a draft is shown that publishes itself.
SCHEDULED = "scheduled"
_CONTENT = ("title", "description", "location", "url", "topics")
_WHEN = (
    "timezone",
    "all_day",
    ("start_date", "start_time"),
    "start_reading",
    ("end_date", "end_time"),
    "end_reading",
)
_READ_ONLY = (
    "status",
    "title",
    "when",
    "description_shown",
    "location",
    "url",
    "topics_shown",
)


@admin.register(Event)
class EventAdmin(
    PublishAndCancel,
    Reviewing,
    FollowUps,
    MadeOnce,
    CursorModelAdmin,
    JudgedAgain,
    ModelAdmin,  # type: ignore[misc]  # unfold brings no types
):
    """Drafts, published and cancelled events."""

    form = EventForm
    beginning = Beginning(
        _("No event is coming up. Nothing is sent until you review the e-mail and publish."),
        (Step(_("Add an event"), "admin:events_event_add", "events.add_event"),),
    )
    list_display = ("title", "when", "status_shown", "topics_shown", "sent_shown")
    list_after_template = "admin/events/event/sent.html"
    list_filter = (PeriodFilter, "status", TopicFilter)
    search_fields = ("^title",)
    search_help_text = _("Search by title")
    date_hierarchy = "starts_at"
    list_before_template = "admin/events/event/before_list.html"
    actions = ("publish_selected", "cancel_selected")
    conditional_fields = {"start_time": "!all_day", "end_time": "!all_day", "note": "announce"}
    warn_unsaved_form = True

    # --- What is shown --------------------------------------------------------------------

    @display(description=_("Start"), ordering="starts_at")  # type: ignore[untyped-decorator]  # unfold's
    def when(self, event: Event) -> str:
        """The times on the clock of the place."""
        shown = _shown(event)
        ends = f" – {shown.ends_text}" if shown.ends_text else ""
        return f"{shown.starts_text}{ends} {shown.zone_text}".strip()

    @display(  # type: ignore[untyped-decorator]  # unfold's
        description=_("Status"),
        ordering="status",
        label={
            EventStatus.DRAFT.value: "info",
            EventStatus.PUBLISHED.value: "success",
            EventStatus.CANCELLED.value: "danger",
            SCHEDULED: "warning",
        },
    )
    def status_shown(self, event: Event) -> tuple[str, Any]:
        """The status, in its colour."""
        if event.publish_at:
            return SCHEDULED, _("scheduled")
        return str(event.status), event.get_status_display()

    @display(description=_("Topics"))  # type: ignore[untyped-decorator]  # unfold's
    def topics_shown(self, event: Event) -> str:
        """The names."""
        return ", ".join(map(topic_name, event.topics))

    @display(description=_("Sent"))  # type: ignore[untyped-decorator]  # unfold's
    def sent_shown(self, event: Event) -> SafeString:
        """How many got the last announcement, and of how many: filled in after the page."""
        return format_html('<span id="sent-{}">–</span>', event.pk)

    @display(description=_("Description"))  # type: ignore[untyped-decorator]  # unfold's
    def description_shown(self, event: Event) -> SafeString:
        """As readers see it."""
        return _shown(event).description

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        context = {"periods": period_links(request), **(extra_context or {})}
        response: HttpResponse = super().changelist_view(request, context)
        return response

    def get_ordering(self, request: HttpRequest) -> tuple[str]:
        """The nearest first of what is coming; else the latest first."""
        return ("starts_at",) if period_of(request) == UPCOMING else ("-starts_at",)

    def get_fieldsets(self, request: HttpRequest, obj: Event | None = None) -> Any:
        if obj and not self.has_change_permission(request, obj):
            return [(None, {"fields": _READ_ONLY})]
        published = obj is not None and obj.status == EventStatus.PUBLISHED
        state = ("status",) if obj else ()
        hidden = ("seen_version", "end_settled") if obj else ("end_settled", "token")
        last = ("announce", "note", *hidden) if published else hidden
        return [
            (None, {"fields": (*state, *_CONTENT, *last)}),
            (_("When"), {"fields": (*_WHEN, "reminders")}),
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: Event | None = None) -> Any:
        if obj and not self.has_change_permission(request, obj):
            return _READ_ONLY
        return ("status",) if obj else ()

    def view_on_site(self, event: Event) -> str | None:
        """The public page; a draft has none."""
        drafted = event.status == EventStatus.DRAFT
        return None if drafted else reverse("event_page", args=[event.pk])

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        context["can_cancel"] = self.has_cancel_permission(request)
        response: HttpResponse = super().render_change_form(request, context, *args, **kwargs)
        return response

    # --- Who may do what ----------------------------------------------------------------------

    def has_change_permission(self, request: HttpRequest, obj: Event | None = None) -> bool:
        # A form that is posted to an event cancelled meanwhile comes back with what was typed.
        if obj and obj.status == EventStatus.CANCELLED and request.method != "POST":
            return False
        return bool(super().has_change_permission(request, obj))

    def has_delete_permission(self, request: HttpRequest, obj: Event | None = None) -> bool:
        """Only of a draft nobody has heard; what is published can be cancelled."""
        is_draft = obj is not None and obj.status == EventStatus.DRAFT
        return is_draft and bool(super().has_delete_permission(request, obj))

    # --- What is written ------------------------------------------------------------------------

    def save_model(
        self,
        request: HttpRequest,
        obj: Event,
        form: EventForm,
        change: bool,  # noqa: FBT001 - Django's signature
    ) -> None:
        """Save what was entered. A draft is published from its review."""
        if change:
            row = event_update(
                event_id=obj.pk,
                version=form.saved_version,
                data=form.event_data,
                announce=form.announces,
                note=form.cleaned_data.get("note", ""),
                reminders=form.cleaned_data["reminders"],
            )
        elif form.made:
            row = form.made
        else:
            row = event_create(
                data=form.event_data,
                status=EventStatus.DRAFT,
                event_id=form.cleaned_data["token"],
                reminders=form.cleaned_data["reminders"],
            )
        for field in Event._meta.concrete_fields:
            setattr(obj, field.attname, getattr(row, field.attname))
        for note in form.notes:
            self.message_user(request, note, messages.WARNING)

    def delete_model(self, request: HttpRequest, obj: Event) -> None:  # noqa: ARG002 - Django's signature
        try:
            event_delete(event_id=obj.pk, version=obj.version)
        except REFUSALS as err:
            raise ConflictError(str(err)) from err


def _shown(event: Event) -> EventDisplay:
    # The model has what the row has, under the same names.
    return EventDisplay(EventSnapshot.from_row(cast("EventRow", event)))
