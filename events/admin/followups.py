"""What follows a saved event in the admin: undo, unschedule, write to readers, copy, repeat.

Whatever is written, and the history's entry of it, is one transaction.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import (
    Http404,
    HttpRequest,
    HttpResponseBase,
    HttpResponseNotAllowed,
    HttpResponseRedirect,
)
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from events.admin.judged_again import REFUSALS
from events.admin.review import CORRECTION, MESSAGE, news_url, review_url, version_of
from events.admin.taken_back import edit_fields, is_change_undone, message_fields
from events.data import CONTENT_FIELDS, EventData
from events.enums import EventStatus
from events.errors import InvalidEventError, StaleVersionError
from events.followup_forms import MessageForm, RepeatForm
from events.models import Event
from events.outbox import undo_ends_at
from events.presentation import EventDisplay, is_zone_known, moved_text
from events.selectors import event_get
from events.series import series_create
from events.services import (
    event_correct,
    event_create,
    event_message,
    event_undo,
    event_unschedule,
)
from events.snapshot import EventSnapshot, row_data
from events.tables import EventRow
from events.validators import is_id
from events.wall_clock import WallClock
from ivent_site.dynamodb.writes import ConflictError
from ivent_site.history import changes_told
from ivent_site.ids import uuid7
from ivent_site.kept_forms import KEPT, NOTES, UNDONE, is_kept, kept_page

if TYPE_CHECKING:
    _Base = admin.ModelAdmin[Event]
else:
    _Base = object

_TEMPLATES = "admin/events/event"
# What the history says of before and after.
_TOLD = (*CONTENT_FIELDS, "status", "publish_at")


class FollowUps(_Base):
    """The views, and the bar of buttons above the form that leads to them."""

    change_form_outer_before_template = f"{_TEMPLATES}/follow_ups.html"

    def get_urls(self) -> list[URLPattern]:
        views = {
            "undo": self.undo_view,
            "unschedule": self.unschedule_view,
            "message": self.message_view,
            "correct": self.correct_view,
            "duplicate": self.duplicate_view,
            "repeat": self.repeat_view,
        }
        return [
            *(
                path(
                    f"<str:object_id>/{name}/",
                    self.admin_site.admin_view(view),
                    name=f"events_event_{name}",
                )
                for name, view in views.items()
            ),
            *super().get_urls(),
        ]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> Any:
        """Django's, with what can be done about the event."""
        event: Event | None = context.get("original")
        if event is not None:
            until = undo_ends_at(event)
            marks = (event.announce_version, event.message_version)
            sees_news = request.user.has_perm("notifications.view_announcement")
            was_published = sees_news and event.status != EventStatus.DRAFT
            context |= {
                "undo_ends_at": until if until and until > datetime.now(UTC) else None,
                "is_announcing": sees_news and marks != (None, None),
                "news_url": news_url(event.pk) if was_published else "",
                "publish_at_shown": event.publish_at and _moment(event, event.publish_at),
                "can_follow_up": super().has_change_permission(request),
                "can_add": self.has_add_permission(request),
                "copy_id": uuid7(),
                "can_write": event.status == EventStatus.PUBLISHED,
                "moved": moved_text(_row(event)) if event.told else "",
                "can_correct": event.status == EventStatus.PUBLISHED and is_zone_known(event),
                "correction": CORRECTION,
            }
        return super().render_change_form(request, context, *args, **kwargs)

    def undo_view(self, request: HttpRequest, object_id: str) -> HttpResponseBase:
        """POST `version`: take back what has not been announced yet; its form comes back filled."""
        event = self._event(request, object_id)
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        before = event_get(object_id)
        done = _("It is undone: nobody has been told.")
        version = version_of(request.POST.get("version", ""))
        act = partial(event_undo, event_id=event.pk, version=version)
        if not self._do(request, event, act, entry=done, done=done):
            return HttpResponseRedirect(_page(object_id))
        if is_change_undone(before):
            fields = edit_fields(before, self.get_object(request, object_id))
            return self._kept(request, _page(object_id), fields)
        if before.message is not None:
            url = reverse("admin:events_event_message", args=[object_id])
            return self._kept(request, url, message_fields(before))
        return HttpResponseRedirect(_page(object_id))

    def unschedule_view(self, request: HttpRequest, object_id: str) -> HttpResponseBase:
        """POST `version`: let the draft wait for somebody to publish it."""
        return self._posted(
            request, object_id, event_unschedule, _("The draft is no longer scheduled.")
        )

    def correct_view(self, request: HttpRequest, object_id: str) -> HttpResponseBase:
        """POST `version`: send the corrected calendar entry; its mail is looked at before."""
        return self._posted(
            request, object_id, event_correct, _("The corrected calendar entry is on its way.")
        )

    def duplicate_view(self, request: HttpRequest, object_id: str) -> HttpResponseBase:
        """POST: a draft with the same content."""
        event = self._event(request, object_id, adds=True)
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        # The button's own id: a second click finds the first one's copy.
        token = request.POST.get("token", "")
        copy_id = token if is_id(token) else uuid7()
        try:
            with suppress(StaleVersionError, ConflictError), transaction.atomic():
                row = event_create(
                    data=row_data(_row(event)),
                    status=EventStatus.DRAFT,
                    event_id=copy_id,
                    reminders=event.reminders,
                )
                self._log_made(request, row, _("Copied from another event."))
        except InvalidEventError as err:
            # Of a zone that today's rules do not know no new event can be made.
            self.message_user(request, err.problems[0].message, messages.ERROR)
            return HttpResponseRedirect(_page(event.pk))
        self.message_user(request, _("This is the copy: a draft."), messages.SUCCESS)
        return HttpResponseRedirect(_page(copy_id))

    def message_view(self, request: HttpRequest, object_id: str) -> HttpResponseBase:
        """GET asks, POST `confirmed` sends; between them the mail is looked at, elsewhere."""
        event = self._event(request, object_id)
        if event.status != EventStatus.PUBLISHED:
            message = _("Only readers of a published event can be written to.")
            self.message_user(request, message, messages.ERROR)
            return HttpResponseRedirect(_page(object_id))
        form = MessageForm(request.POST or None)
        if is_kept(request):
            self.message_user(request, NOTES.get(request.POST[KEPT], ""), messages.WARNING)
        # What was not sent stays in the form.
        elif "confirmed" in request.POST and form.is_valid() and self._send(request, event, form):
            seen = version_of(request.POST.get("version", ""))
            return HttpResponseRedirect(news_url(event.pk, after=seen + 1))
        context = {
            "form": form,
            "title": _("Write to readers"),
            "kind": MESSAGE,
            "review_url": review_url(event.pk),
        }
        return self._page(request, event, "message.html", context)

    def repeat_view(self, request: HttpRequest, object_id: str) -> HttpResponseBase:
        """GET asks, POST shows the dates, POST `confirmed` makes the drafts."""
        event = self._event(request, object_id, adds=True)
        form = RepeatForm(request.POST or None, content=row_data(_row(event)))
        dates = None
        if request.method == "POST" and form.is_valid():
            if "confirmed" in request.POST and not is_kept(request):
                return self._repeat(request, event, form)
            dates = [_when(event, data) for data in form.contents]
        context = {"form": form, "dates": dates, "title": _("Repeat the event")}
        return self._page(request, event, "repeat.html", context)

    def _kept(
        self, request: HttpRequest, action: str, fields: list[tuple[str, Any]]
    ) -> HttpResponseBase:
        return kept_page(request, self.admin_site, action=action, fields=fields, why=UNDONE)

    def _send(self, request: HttpRequest, event: Event, form: MessageForm) -> bool:
        written = form.cleaned_data
        seen = version_of(request.POST.get("version", ""))
        act = partial(event_message, event_id=event.pk, version=seen, **written)
        entry = _("A message was sent to readers: %(subject)s") % {"subject": written["subject"]}
        return self._do(request, event, act, entry=entry, done=_("The message is on its way."))

    def _repeat(self, request: HttpRequest, event: Event, form: RepeatForm) -> HttpResponseBase:
        entry = _("Repeats another event.")
        try:
            series_create(
                contents=form.contents,
                token=str(form.cleaned_data["token"]),
                reminders=event.reminders,
                note=lambda row: self._log_made(request, row, entry),
            )
        except InvalidEventError as err:
            self.message_user(request, err.problems[0].message, messages.ERROR)
            return HttpResponseRedirect(_page(event.pk))
        message = ngettext(
            "%(count)d draft is made. Look it over, then publish it.",
            "%(count)d drafts are made. Look them over, then publish them.",
            len(form.contents),
        ) % {"count": len(form.contents)}
        self.message_user(request, message, messages.SUCCESS)
        url = reverse("admin:events_event_changelist")
        return HttpResponseRedirect(f"{url}?status__exact={EventStatus.DRAFT}")

    def _posted(
        self,
        request: HttpRequest,
        object_id: str,
        service: Callable[..., EventRow],
        done: str,
    ) -> HttpResponseBase:
        event = self._event(request, object_id)
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        act = partial(
            service, event_id=event.pk, version=version_of(request.POST.get("version", ""))
        )
        self._do(request, event, act, entry=done, done=done)
        return HttpResponseRedirect(_page(object_id))

    def _do(
        self,
        request: HttpRequest,
        event: Event,
        act: Callable[[], EventRow],
        *,
        entry: str,
        done: str,
    ) -> bool:
        try:
            with transaction.atomic():
                after = act()
                if after.version != event.version:
                    told = changes_told(
                        (name, getattr(event, name), getattr(after, name)) for name in _TOLD
                    )
                    self.log_change(request, event, f"{entry} {told}".strip())
        except (*REFUSALS, InvalidEventError) as err:
            self.message_user(request, str(err), messages.ERROR)
            return False
        self.message_user(request, done, messages.SUCCESS)
        return True

    def _event(self, request: HttpRequest, object_id: str, *, adds: bool = False) -> Event:
        permitted = self.has_add_permission if adds else super().has_change_permission
        if not permitted(request):
            raise PermissionDenied
        event = self.get_object(request, object_id)
        if event is None:
            raise Http404
        return event

    def _log_made(self, request: HttpRequest, row: EventRow, entry: str) -> None:
        self.log_addition(request, Event(pk=row.id, title=row.title), entry)

    def _page(
        self, request: HttpRequest, event: Event, template: str, context: dict[str, Any]
    ) -> HttpResponseBase:
        link = format_html('<a href="{}">{}</a>', _page(event.pk), event)
        everything = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "original": event,
            "subtitle": event.title,
            "event_link": link,
            "back_url": _page(event.pk),
            "media": self.media + context["form"].media,
            **context,
        }
        return TemplateResponse(request, f"{_TEMPLATES}/{template}", everything)


def _row(event: Event) -> EventRow:
    # The model has what the row has, under the same names.
    return cast("EventRow", event)


def _when(event: Event, data: EventData) -> str:
    shown = EventDisplay(replace(EventSnapshot.from_row(_row(event)), **data.as_dict()))
    return f"{shown.starts_text} {shown.zone_text}".strip()


def _moment(event: Event, at: datetime) -> str:
    """The moment on the clock of the event's place."""
    clock = WallClock.of(at, event.timezone)
    timed = replace(row_data(_row(event)), starts=clock, ends=None, all_day=False)
    return _when(event, timed)


def _page(event_id: str) -> str:
    return reverse("admin:events_event_change", args=[event_id])
