"""Publishing and cancelling in the admin: one event from its page, or those that are ticked."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from events.enums import EventStatus
from events.errors import (
    EventNotFoundError,
    InvalidEventError,
    StaleVersionError,
    TransitionError,
)
from events.models import Event
from events.services import event_cancel, event_publish
from events.tables import EventRow
from events.validators import NOTE_CHARS, with_unix_lines
from ivent_site.dynamodb.writes import ConflictError
from ivent_site.history import changes_told

if TYPE_CHECKING:
    _Base = admin.ModelAdmin[Event]
else:
    _Base = object

CONFIRMATION = "admin/events/event/cancel_confirmation.html"
PUBLISH_CONFIRMATION = "admin/events/event/publish_confirmation.html"
_REFUSED = {
    "published": _("“%(event)s” was not published: %(why)s"),
    "cancelled": _("“%(event)s” was not cancelled: %(why)s"),
}
_DONE: dict[str, Callable[[int], str]] = {
    "published": lambda count: ngettext(
        "%(count)d event is published.", "%(count)d events are published.", count
    ),
    "cancelled": lambda count: ngettext(
        "%(count)d event is cancelled.", "%(count)d events are cancelled.", count
    ),
}
# What may come between reading an event and changing it; told, never a failure of the page.
REFUSALS = (EventNotFoundError, StaleVersionError, TransitionError, ConflictError)


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
        """GET asks, POST cancels."""
        if not self.has_cancel_permission(request):
            raise PermissionDenied
        back = reverse("admin:events_event_change", args=[object_id])
        event = self.get_object(request, object_id)
        if event is None or event.status != EventStatus.PUBLISHED:
            self.message_user(
                request, _("Only a published event can be cancelled."), messages.ERROR
            )
            return HttpResponseRedirect(back)
        if request.method != "POST":
            return self._confirmation(request, [event], [("version", event.version)], back)
        if request.POST.get("version") != str(event.version):
            message = _("Somebody has changed the event meanwhile: look at it again.")
            self.message_user(request, message, messages.ERROR)
            return HttpResponseRedirect(back)
        self._each(request, [event], _cancelling(request), "cancelled")
        return HttpResponseRedirect(back)

    @admin.action(permissions=["publish"], description=_("Publish selected events"))
    def publish_selected(
        self, request: HttpRequest, queryset: QuerySet[Event]
    ) -> HttpResponseBase | None:
        """Publish the drafts among them; of several, once that is confirmed."""
        events = list(queryset)
        drafts = [event for event in events if event.status == EventStatus.DRAFT]
        if len(drafts) > 1 and not request.POST.get("confirmed"):
            ticked = [(ACTION_CHECKBOX_NAME, event.pk) for event in drafts]
            hidden = [("action", "publish_selected"), ("confirmed", "yes"), *ticked]
            context = {
                **self.admin_site.each_context(request),
                "title": _("Publish events"),
                "opts": self.opts,
                "events": drafts,
                "hidden": hidden,
                "back_url": request.get_full_path(),
            }
            return TemplateResponse(request, PUBLISH_CONFIRMATION, context)
        self._each(request, events, event_publish, "published")
        return None

    @admin.action(permissions=["cancel"], description=_("Cancel selected events"))
    def cancel_selected(
        self, request: HttpRequest, queryset: QuerySet[Event]
    ) -> HttpResponseBase | None:
        """Cancel the published ones among them, once that is confirmed."""
        if request.POST.get("confirmed"):
            self._each(request, queryset, _cancelling(request), "cancelled")
            return None
        ticked = [(ACTION_CHECKBOX_NAME, event.pk) for event in queryset]
        hidden = [("action", "cancel_selected"), ("confirmed", "yes"), *ticked]
        return self._confirmation(request, list(queryset), hidden, request.get_full_path())

    def _confirmation(
        self, request: HttpRequest, events: list[Event], hidden: list[tuple[str, Any]], back: str
    ) -> HttpResponseBase:
        context = {
            **self.admin_site.each_context(request),
            "title": _("Cancel events") if len(events) > 1 else _("Cancel event"),
            "opts": self.opts,
            "events": events,
            "hidden": hidden,
            "back_url": back,
            "reason": request.POST.get("reason", ""),
            "reason_chars": NOTE_CHARS,
        }
        return TemplateResponse(request, CONFIRMATION, context)

    def _each(
        self,
        request: HttpRequest,
        events: Iterable[Event],
        service: Callable[..., EventRow],
        done: str,
    ) -> None:
        """One transaction for each event: what stands in the way of one does not stop the rest."""
        count = 0
        for event in events:
            try:
                with transaction.atomic():
                    row = service(event_id=event.pk, version=event.version)
                    if row.version != event.version:
                        told = changes_told([("status", event.status, row.status)])
                        self.log_change(request, event, told)
                        count += 1
            except (*REFUSALS, InvalidEventError) as err:
                text = _REFUSED[done] % {"event": event, "why": err}
                self.message_user(request, text, messages.ERROR)
        if count:
            told = _DONE[done](count) % {"count": count}
            self.message_user(request, told, messages.SUCCESS)


def _cancelling(request: HttpRequest) -> Callable[..., EventRow]:
    reason = with_unix_lines(request.POST.get("reason", "")).strip()
    return partial(event_cancel, reason=reason)
