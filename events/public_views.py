"""What anybody may see: coming events, one event, and both as calendars.

Replies are the same for everybody, so they may be cached for a minute, and are told apart by
an ETag. No session is touched.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import cache_control
from django.views.decorators.http import conditional_page

from events.calendar import announcement_method, calendar, calendar_feed
from events.enums import EventStatus
from events.errors import EventNotFoundError
from events.presentation import EventDisplay
from events.selectors import event_get, feed_events, topics_all, upcoming_events
from events.snapshot import EventSnapshot
from ivent_site.api.errors import FieldError
from ivent_site.api.pagination import cursor_for, cursor_key
from ivent_site.language_choice import speaks_the_readers_language

CACHED_S = 60
PAGE_SIZE = 20
_CURSOR = "upcoming"


def conditional(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The view with an ETag and 304s, for HEAD as for GET; Django's own does so for GET only."""
    answer = conditional_page(view)

    @wraps(view)
    def answer_both(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        asked = request.method
        if asked == "HEAD":
            # Made as for GET; the server sends no body on.
            request.method = "GET"
        try:
            return answer(request, *args, **kwargs)
        finally:
            request.method = asked

    return answer_both


_CACHED: list[Callable[..., Any]] = [cache_control(public=True, max_age=CACHED_S), conditional]
cached: Callable[..., Any] = method_decorator(_CACHED, name="dispatch")
page: Callable[..., Any] = method_decorator(
    [speaks_the_readers_language, *_CACHED], name="dispatch"
)


@page
class Home(View):
    """Coming events."""

    def get(self, request: HttpRequest) -> HttpResponse:
        found = upcoming_events(
            now=datetime.now(UTC), limit=PAGE_SIZE, after_key=self._after(request)
        )
        topics = topics_all()
        context = {
            "events": [EventDisplay(EventSnapshot.from_row(row), topics) for row in found.events],
            "next_cursor": found.next_key and cursor_for(found.next_key, scope=_CURSOR),
            "is_first": "cursor" not in request.GET,
        }
        return render(request, "events/home.html", context)

    def _after(self, request: HttpRequest) -> str | None:
        text = request.GET.get("cursor")
        try:
            return None if text is None else str(cursor_key(text, scope=_CURSOR))
        except FieldError as err:
            raise Http404 from err


@page
class EventPage(View):
    """One event, published or cancelled."""

    def get(self, request: HttpRequest, event_id: UUID) -> HttpResponse:
        event = EventDisplay(_public_event(event_id), topics_all())
        return render(request, "events/event.html", {"event": event})


@cached
class EventCalendar(View):
    """The event for one's calendar."""

    def get(self, request: HttpRequest, event_id: UUID) -> HttpResponse:  # noqa: ARG002 - Django's signature
        event = _public_event(event_id)
        body = calendar(event, method=announcement_method(event))
        return _ics(body, f"{event_id}.ics")


@page
class CalendarPage(View):
    """How to have the events in one's own calendar: subscribed to, or as a file."""

    def get(self, request: HttpRequest) -> HttpResponse:
        url = f"{settings.PUBLIC_ORIGIN}{reverse('calendar_feed')}"
        # What calendar programs have agreed on for a feed that they look into again.
        webcal = f"webcal:{url.partition(':')[2]}"
        return render(request, "events/calendar.html", {"url": url, "webcal": webcal})


@cached
class CalendarFeed(View):
    """Upcoming and recent events for calendar programs that look in now and then.

    A program forgets what a feed no longer holds, and somebody's diary with it: what is over stays
    for a while, and what is cancelled says so.
    """

    def get(self, request: HttpRequest) -> HttpResponse:  # noqa: ARG002 - Django's signature
        rows = feed_events(now=datetime.now(UTC))
        return _ics(calendar_feed(map(EventSnapshot.from_row, rows)), "calendar.ics")


def _public_event(event_id: UUID) -> EventSnapshot:
    try:
        row = event_get(str(event_id))
    except EventNotFoundError as err:
        raise Http404 from err
    if row.status == EventStatus.DRAFT:
        raise Http404
    return EventSnapshot.from_row(row)


def _ics(body: bytes, filename: str) -> HttpResponse:
    disposition = {"Content-Disposition": f'attachment; filename="{filename}"'}
    return HttpResponse(body, content_type="text/calendar; charset=utf-8", headers=disposition)
