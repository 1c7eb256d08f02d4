"""What is announced about one event: what still waits, and every announcement there was.

After **Publish now** this is where a person lands: until the undo window is over there is nothing
else to see, and then it leads on to the announcement's own page. The part that changes is fetched
again while something is under way; the event's page holds the same part.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from math import ceil
from typing import TYPE_CHECKING, Any, Final

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.http import urlencode

from events.admin.review import NEWS, SENT, version_of
from events.enums import EventStatus
from events.errors import EventNotFoundError
from events.outbox import undo_ends_at
from events.selectors import event_get
from events.tables import EventRow
from notifications.admin.steps import change_url
from notifications.announcements import (
    UNFINISHED,
    announcements_with_ids,
    event_announcements,
    folded_shards,
    is_started,
)
from notifications.enums import AnnouncementKind, AnnouncementState
from notifications.models import KIND_LABELS, STATE_LABELS, Announcement
from notifications.progress import progress_of
from notifications.tables import AnnouncementRow
from notifications.tally import Sums

if TYPE_CHECKING:
    _Base = admin.ModelAdmin[Announcement]
else:
    _Base = object

_PAGE: Final = "admin/notifications/event_news.html"
_PART: Final = "admin/notifications/event_news_part.html"
_SENT_PART: Final = "admin/notifications/events_sent.html"
# An event that is changed more often shows its latest announcements.
SHOWN_MAX: Final = 25
# As many as one BatchGetItem reads, and a list shows.
LISTED_MAX: Final = 100
_ID: Final = re.compile(r"[0-9a-f-]{36}\.[0-9a-z.-]{1,60}", re.ASCII)
EVERY_S: Final = 2
# The worker comes a moment after the window's end.
GRACE_S: Final = 1
# The version whose announcement the page waits for.
AFTER: Final = "after"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One announcement of the event."""

    url: str
    kind: str
    state: str
    sent: int
    audience: int
    created_at: datetime


class EventNews(_Base):
    """The page and its part."""

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("sent/", wrap(self.sent_view), name=SENT),
            path("event/<str:event_id>/", wrap(self.news_view), name=NEWS),
            path("event/<str:event_id>/part/", wrap(self.news_part_view), name=f"{NEWS}_part"),
            *super().get_urls(),
        ]

    def news_view(self, request: HttpRequest, event_id: str) -> HttpResponseBase:
        """The page; with `after`, on to the announcement of that version once it is under way."""
        event, rows = self._read(request, event_id)
        after = version_of(request.GET.get(AFTER, ""))
        if found := _announced(rows, after):
            return HttpResponseRedirect(change_url(found.id))
        context = {
            **self.admin_site.each_context(request),
            **self._context(request, event, rows, after=after),
            "title": event.title,
            "event_url": reverse("admin:events_event_change", args=[event.id]),
        }
        return TemplateResponse(request, _PAGE, context)

    def news_part_view(self, request: HttpRequest, event_id: str) -> HttpResponseBase:
        """The part as it is now; htmx leaves it for the announcement that `after` waits for."""
        event, rows = self._read(request, event_id)
        after = version_of(request.GET.get(AFTER, ""))
        if found := _announced(rows, after):
            return HttpResponse(headers={"HX-Redirect": change_url(found.id)})
        return TemplateResponse(request, _PART, self._context(request, event, rows, after=after))

    def sent_view(self, request: HttpRequest) -> HttpResponseBase:
        """GET `id`, ...: for each announcement of a list of events, how many got it."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        ids = [id_ for id_ in dict.fromkeys(request.GET.getlist("id")) if _ID.fullmatch(id_)]
        now = datetime.now(UTC)
        found = announcements_with_ids(ids[:LISTED_MAX])
        lines = [(row.event_id, _line(row, now, live=False)) for row in found]
        return TemplateResponse(request, _SENT_PART, {"lines": lines})

    def _read(
        self, request: HttpRequest, event_id: str
    ) -> tuple[EventRow, Sequence[AnnouncementRow]]:
        if not self.has_view_permission(request):
            raise PermissionDenied
        try:
            event = event_get(event_id)
        except EventNotFoundError as err:
            raise Http404 from err
        return event, [*event_announcements(event.id, limit=SHOWN_MAX)]

    def _context(
        self, request: HttpRequest, event: EventRow, rows: Sequence[AnnouncementRow], *, after: int
    ) -> dict[str, Any]:
        now = datetime.now(UTC)
        until = undo_ends_at(event)
        undo_until = until if until and until > now else None
        listed = [row for row in rows if _is_listed(row)]
        # Its mark goes away once it is announced; what has none is not announced at all.
        marks: tuple[float | None, ...] = (event.announce_version, event.message_version)
        waits = marks != (None, None)
        is_moving = waits or any(row.state in UNFINISHED for row in listed)
        delay_s = ceil((undo_until - now).total_seconds()) + GRACE_S if undo_until else EVERY_S
        part = reverse(f"admin:{NEWS}_part", args=[event.id])
        return {
            "news_event": event,
            "undo_until": undo_until,
            "may_undo": request.user.has_perm("events.change_event"),
            "waits": waits and not undo_until,
            "lines": [_line(row, now) for row in listed],
            "is_draft": event.status == EventStatus.DRAFT,
            "delay_s": delay_s if is_moving else None,
            "part_url": f"{part}?{urlencode({AFTER: after})}" if after else part,
            "is_awaited": bool(after) and is_moving,
        }


def _announced(rows: Sequence[AnnouncementRow], after: int) -> AnnouncementRow | None:
    """The announcement that a person who has just published waits for."""
    return next((row for row in rows if after and row.version >= after and _is_listed(row)), None)


def _is_listed(row: AnnouncementRow) -> bool:
    """Whether it was more than a moment's step towards being sent."""
    place: str | None = row.created_key
    return is_started(row) or place is not None


def _line(row: AnnouncementRow, now: datetime, *, live: bool = True) -> Line:
    """The announcement's line; `live` reads what is under way, too."""
    if live and row.state in UNFINISHED:
        sums = progress_of(row, now=now).sums
    else:
        sums = sum((Sums.from_map(each) for each in folded_shards(row).values()), start=Sums())
    return Line(
        url=change_url(row.id),
        kind=str(KIND_LABELS[AnnouncementKind(row.kind)]),
        state=str(STATE_LABELS[AnnouncementState(row.state)]),
        sent=sums.sent,
        audience=sums.audience,
        created_at=row.created_at,
    )
