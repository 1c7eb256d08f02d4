"""From an event's form to the review of its mail.

Who reviews, mails and counts readers is behind a URL's name: events do not know it.
"""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from events.models import Event

if TYPE_CHECKING:
    _Base = admin.ModelAdmin[Event]
else:
    _Base = object

REVIEW = "_review"


class Reviewing(_Base):
    """A draft is saved before its review; a published event's form is posted there unsaved."""

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> Any:
        event: Event | None = context.get("original")
        if event is not None:
            context["review_url"] = _review_url(event)
        return super().render_change_form(request, context, *args, **kwargs)

    def response_add(
        self, request: HttpRequest, obj: Event, post_url_continue: str | None = None
    ) -> HttpResponse:
        if REVIEW in request.POST:
            return HttpResponseRedirect(_review_url(obj))
        return super().response_add(request, obj, post_url_continue)

    def response_change(self, request: HttpRequest, obj: Event) -> HttpResponse:
        if REVIEW in request.POST:
            return HttpResponseRedirect(_review_url(obj))
        return super().response_change(request, obj)


def _review_url(event: Event) -> str:
    return reverse("admin:event_review", args=[event.pk])
