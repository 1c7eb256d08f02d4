"""From an event's form, or from the ticked ones of the list, to the review of their mails.

Who reviews, mails and counts readers is behind a URL's name: events do not know it.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from events.enums import EventStatus
from events.models import Event

if TYPE_CHECKING:
    _Base = admin.ModelAdmin[Event]
else:
    _Base = object

REVIEW = "_review"
# What a posted form asks for; a form without it, for a change of the event.
KIND: Final = "kind"
MESSAGE: Final = "message"
CANCELLATION: Final = "cancellation"
CORRECTION: Final = "correction"
# The name of the page of what is announced about an event.
NEWS: Final = "event_news"
# And of the part of the list that says how many got the last announcement.
SENT: Final = "events_sent"
# Of so many events a page shows all mails, in a second or two.
TOGETHER_MAX: Final = 20
_VERSION_DIGITS: Final = 9


class Reviewing(_Base):
    """A draft is saved before its review; a published event's form is posted there unsaved."""

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> Any:
        event: Event | None = context.get("original")
        if event is not None:
            context["review_url"] = review_url(event.pk)
        context["may_review"] = may_review = request.user.has_perm("events.publish_event")
        if may_review and event is not None and event.status == EventStatus.PUBLISHED:
            # What is saved is on its way: no other button leads past the review.
            for button in ("show_save", "show_save_and_continue", "show_save_and_add_another"):
                context[button] = False
        return super().render_change_form(request, context, *args, **kwargs)

    def response_add(
        self, request: HttpRequest, obj: Event, post_url_continue: str | None = None
    ) -> HttpResponse:
        if REVIEW in request.POST:
            return HttpResponseRedirect(review_url(obj.pk))
        return super().response_add(request, obj, post_url_continue)

    def response_change(self, request: HttpRequest, obj: Event) -> HttpResponse:
        if REVIEW in request.POST:
            return HttpResponseRedirect(review_url(obj.pk))
        if obj.status == EventStatus.PUBLISHED and obj.announce_version == obj.version:
            # Said by the page that comes next.
            self.message_user(request, _("The change is saved."), messages.SUCCESS)
            return HttpResponseRedirect(news_url(obj.pk, after=obj.version))
        return super().response_change(request, obj)


def review_url(event_id: str) -> str:
    """Where one event's mail is looked at."""
    return reverse("admin:event_review", args=[event_id])


def reviews_url(event_ids: Iterable[str] = ()) -> str:
    """Where the mails of several are."""
    query = urlencode([("event", event_id) for event_id in event_ids])
    return f"{reverse('admin:event_reviews')}?{query}"


def news_url(event_id: str, *, after: int | None = None) -> str:
    """What is announced about the event; `after` a change, on to its announcement."""
    query = f"?{urlencode({'after': after})}" if after else ""
    return reverse(f"admin:{NEWS}", args=[event_id]) + query


def version_of(text: str) -> int:
    """The version that a form says was looked at; 0, which none has, if it is no number."""
    return int(text) if text.isdecimal() and len(text) <= _VERSION_DIGITS else 0
