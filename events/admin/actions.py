"""Publishing and cancelling in the admin: one event from its page, or those that are ticked.

Each leads to the review of the mails first.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _

from events.admin.judged_again import REFUSALS
from events.admin.review import (
    CANCELLATION,
    TOGETHER_MAX,
    news_url,
    review_url,
    reviews_url,
    version_of,
)
from events.enums import EventStatus
from events.errors import (
    InvalidEventError,
    StaleVersionError,
)
from events.models import Event
from events.services import event_cancel
from events.tables import EventRow
from events.validators import NOTE_CHARS, with_unix_lines
from ivent_site.history import changes_told
from ivent_site.kept_forms import is_kept

if TYPE_CHECKING:
    _Base = admin.ModelAdmin[Event]
else:
    _Base = object

CONFIRMATION = "admin/events/event/cancel_confirmation.html"


class PublishAndCancel(_Base):
    """The actions, and the confirmation before events are cancelled."""

    def has_publish_permission(self, request: HttpRequest) -> bool:
        """Whether this person may publish."""
        return request.user.has_perm("events.publish_event")

    def has_cancel_permission(self, request: HttpRequest) -> bool:
        """Whether this person may cancel."""
        return request.user.has_perm("events.cancel_event")

    def get_urls(self) -> list[URLPattern]:
        cancel = self.admin_site.admin_view(self.cancel_view)
        url = path("<str:object_id>/cancel/", cancel, name="events_event_cancel")
        return [url, *super().get_urls()]

    def cancel_view(self, request: HttpRequest, object_id: str) -> HttpResponseBase:
        """GET asks, POST cancels; between them the mail is looked at, elsewhere."""
        if not self.has_cancel_permission(request):
            raise PermissionDenied
        event = self.get_object(request, object_id)
        if event is None:
            raise Http404
        back = _event_url(event.pk)
        seen = version_of(request.POST.get("version", ""))
        if event.status == EventStatus.CANCELLED and event.version == seen + 1:
            # A second click: it is cancelled.
            return HttpResponseRedirect(news_url(event.pk, after=event.version))
        if event.status != EventStatus.PUBLISHED:
            self.message_user(
                request, _("Only a published event can be cancelled."), messages.ERROR
            )
            return HttpResponseRedirect(back)
        if request.method != "POST" or is_kept(request):
            return self.ask_to_cancel(request, [event])
        event.version = seen
        if why := self.status_changed(request, event, _cancelling(request)):
            text = _("“%(event)s” was not cancelled: %(why)s") % {"event": event, "why": why}
            self.message_user(request, text, messages.ERROR)
            return HttpResponseRedirect(back)
        self.message_user(request, _("The event is cancelled."), messages.SUCCESS)
        return HttpResponseRedirect(news_url(event.pk, after=seen + 1))

    @admin.action(permissions=["publish"], description=_("Publish selected events"))
    def publish_selected(
        self, request: HttpRequest, queryset: QuerySet[Event]
    ) -> HttpResponseBase | None:
        """Look at the mails of all of them; they are published from there."""
        events = list(queryset)
        if self._are_too_many(request, events):
            return None
        if len(events) == 1 and events[0].status == EventStatus.DRAFT:
            return HttpResponseRedirect(review_url(events[0].pk))
        return HttpResponseRedirect(reviews_url(event.pk for event in events))

    @admin.action(permissions=["cancel"], description=_("Cancel selected events"))
    def cancel_selected(
        self, request: HttpRequest, queryset: QuerySet[Event]
    ) -> HttpResponseBase | None:
        """Ask for the reason, and look at the mails of all of them; they are cancelled there."""
        events = list(queryset)
        return None if self._are_too_many(request, events) else self.ask_to_cancel(request, events)

    def _are_too_many(self, request: HttpRequest, events: list[Event]) -> bool:
        if len(events) > TOGETHER_MAX:
            text = _(
                "The mails of at most %(most)s events can be looked at together, and %(ticked)s"
                " are ticked: tick fewer, and the rest afterwards."
            ) % {"most": TOGETHER_MAX, "ticked": len(events)}
            self.message_user(request, text, messages.ERROR)
        return len(events) > TOGETHER_MAX

    def ask_to_cancel(
        self, request: HttpRequest, events: Sequence[Event | EventRow]
    ) -> HttpResponseBase:
        """The page that asks for the reason; what is entered goes to the review."""
        is_one = len(events) == 1
        list_url = reverse("admin:events_event_changelist")
        context = {
            **self.admin_site.each_context(request),
            "title": _("Cancel event") if is_one else _("Cancel events"),
            "opts": self.opts,
            "events": events,
            "kind": CANCELLATION,
            "review_url": review_url(events[0].id) if is_one else reviews_url(),
            "back_url": _event_url(events[0].id) if is_one else list_url,
            "reason": request.POST.get("reason", ""),
            "reason_chars": NOTE_CHARS,
        }
        return TemplateResponse(request, CONFIRMATION, context)

    def status_changed(
        self, request: HttpRequest, event: Event, service: Callable[..., EventRow]
    ) -> str:
        """Why the event was not changed; "" if it was, with its history's entry."""
        try:
            with transaction.atomic():
                row = service(event_id=event.pk, version=event.version)
                if row.version != event.version:
                    told = changes_told([("status", event.status, row.status)])
                    self.log_change(request, event, told)
        except StaleVersionError:
            return str(_("Somebody has changed the event meanwhile: look at it again."))
        except (*REFUSALS, InvalidEventError) as err:
            return str(err)
        return ""


def _event_url(event_id: str) -> str:
    return reverse("admin:events_event_change", args=[event_id])


def _cancelling(request: HttpRequest) -> Callable[..., EventRow]:
    reason = with_unix_lines(request.POST.get("reason", "")).strip()
    return partial(event_cancel, reason=reason)
