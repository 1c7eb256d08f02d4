"""The review of several events at once: all their mails, then one button, then a report.

What is wrong with one event holds up that one alone. It can still be published from the review
of its own, by somebody who knows better.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _

from events.admin.review import CANCELLATION, CORRECTION, KIND, TOGETHER_MAX, version_of
from events.enums import EventStatus
from events.errors import InvalidEventError
from events.models import Event
from events.outbox import is_known_to_readers
from events.selectors import events_with_ids
from events.services import event_cancel, event_correct, event_publish
from events.tables import EventRow
from events.validators import is_id
from notifications.admin.proposals import cancellation_reason, cancelled
from notifications.announcements import Decision
from notifications.enums import AnnouncementKind
from notifications.models import Announcement
from notifications.preview import correction_of
from notifications.quota import quota_text, sending_time
from notifications.review import (
    Review,
    Surroundings,
    review_of,
    site_checks,
    surroundings,
)

if TYPE_CHECKING:
    _Base = admin.ModelAdmin[Announcement]
else:
    _Base = object

_PAGE: Final = "admin/notifications/reviews.html"
_REPORT: Final = "admin/notifications/reviews_done.html"
_SEEN: Final = "seen"
# API Gateway hands on no more than 6 MB, and escaped in the page the mails are larger.
MAILS_BYTES_MAX: Final = 3_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Each:
    """One of the events: its review, or why it is left out. `version` is the one looked at."""

    id: str
    title: str
    version: int
    review: Review | None = None
    left_out: str = ""

    @property
    def is_ready(self) -> bool:
        """Whether the button is about this one, too."""
        return self.review is not None and not self.review.faults

    @property
    def is_told(self) -> bool:
        """Whether readers get a mail about it."""
        return self.review is not None and self.review.decision is not None


class SeveralReviews(_Base):
    """The view."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.reviews_view)
        return [path("reviews/", view, name="event_reviews"), *super().get_urls()]

    def reviews_view(self, request: HttpRequest) -> HttpResponseBase:
        """GET `event`, ...: drafts to be published. POST `seen`, ...: do it, and report.

        A POST of the `kind` cancellation or correction comes with `event`, ... at first, and a
        cancellation with a reason.
        """
        kind = request.POST.get(KIND, "")
        is_cancellation = kind == CANCELLATION
        right = "events.cancel_event" if is_cancellation else "events.publish_event"
        if not request.user.has_perm(right):
            raise PermissionDenied
        seen = dict(_pairs(request.POST.getlist(_SEEN)))
        given = seen or (request.POST if kind else request.GET).getlist("event")
        ids = [each for each in dict.fromkeys(given) if is_id(each)]
        if not 0 < len(ids) <= TOGETHER_MAX:
            text = _("Tick between 1 and %(most)s events, to look at their mails together.")
            self.message_user(request, text % {"most": TOGETHER_MAX}, messages.ERROR)
            return HttpResponseRedirect(reverse("admin:events_event_changelist"))
        rows = events_with_ids(ids)
        try:
            reason = cancellation_reason(request) if is_cancellation else ""
        except InvalidEventError as err:
            self.message_user(request, err.problems[0].message, messages.ERROR)
            view: HttpResponseBase = self._event_admin().ask_to_cancel(request, rows)
            return view
        if seen:
            services: dict[str, Callable[..., EventRow]] = {
                CANCELLATION: partial(event_cancel, reason=reason),
                CORRECTION: event_correct,
            }
            return self._report(request, rows, seen, services.get(kind, event_publish), kind)
        decides: dict[str, Callable[[EventRow, Surroundings], Each]] = {
            CANCELLATION: partial(_cancellation, reason=reason),
            CORRECTION: _correction,
        }
        decide = decides.get(kind, _publication)
        return self._reviews_page(request, rows, decide, reason, kind)

    def _reviews_page(
        self,
        request: HttpRequest,
        rows: Iterable[EventRow],
        decide: Callable[[EventRow, Surroundings], Each],
        reason: str,
        kind: str,
    ) -> HttpResponseBase:
        around = surroundings()
        events = [*_within_a_page(decide(row, around) for row in rows)]
        ready = [each for each in events if each.is_ready]
        total = sum(each.review.total for each in ready if each.review and each.is_told)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Before they are cancelled")
            if kind == CANCELLATION
            else _("Before they go out"),
            "events": events,
            "ready": ready,
            "left": len(events) - len(ready),
            "total": total,
            "quota": quota_text(around.account) if around.account else "",
            "duration": sending_time(around.account, total),
            "checks": site_checks(around.account, total),
            "is_cancellation": kind == CANCELLATION,
            "is_correction": kind == CORRECTION,
            "entered": [(KIND, kind), ("reason", reason)] if kind else [],
            "back_url": reverse("admin:events_event_changelist"),
        }
        return TemplateResponse(request, _PAGE, context)

    def _report(
        self,
        request: HttpRequest,
        rows: Iterable[EventRow],
        seen: dict[str, int],
        service: Callable[..., EventRow],
        kind: str,
    ) -> HttpResponseBase:
        """Each in a transaction of its own, with its history's entry."""
        needed = EventStatus.PUBLISHED if kind else EventStatus.DRAFT
        wanted = EventStatus.CANCELLED if kind == CANCELLATION else EventStatus.PUBLISHED
        events = []
        for row in rows:
            version = seen[row.id]
            event = Event(pk=row.id, title=row.title, status=row.status, version=version)
            why = ""
            # After a second click it is as the first one left it.
            if (row.status, row.version) != (wanted, version + 1):
                why = _is_not(needed, row) or self._event_admin().status_changed(
                    request, event, service
                )
            events.append(Each(id=row.id, title=row.title, version=version, left_out=why))
        done = [each for each in events if not each.left_out]
        titles = {CANCELLATION: _("What was cancelled"), CORRECTION: _("What was corrected")}
        context = {
            **self.admin_site.each_context(request),
            "title": titles.get(kind, _("What was published")),
            "events": events,
            "done": done,
            "is_cancellation": kind == CANCELLATION,
            "is_correction": kind == CORRECTION,
            "back_url": reverse("admin:events_event_changelist"),
        }
        return TemplateResponse(request, _REPORT, context)

    def _event_admin(self) -> Any:
        return self.admin_site.get_model_admin(Event)


def _within_a_page(events: Iterable[Each]) -> Iterator[Each]:
    """The events, without those of which the mails are too much for the page."""
    size = 0
    for each in events:
        previews = [mail.preview for mail in each.review.mails] if each.review else []
        size += sum(len(mail.html.encode()) + len(mail.text.encode()) for mail in previews)
        if previews and size > MAILS_BYTES_MAX:
            why = _("The mails of the others fill this page: look at this event by itself.")
            yield replace(each, review=None, left_out=why)
        else:
            yield each


def _publication(row: EventRow, around: Surroundings) -> Each:
    if why := _is_not(EventStatus.DRAFT, row):
        return _left_out(row, why)
    # Nobody has ever been told of a draft, so that is not looked up.
    return _each(row, int(row.version), Decision(AnnouncementKind.PUBLISHED), around)


def _cancellation(row: EventRow, around: Surroundings, *, reason: str) -> Each:
    if why := _is_not(EventStatus.PUBLISHED, row):
        return _left_out(row, why)
    told = Decision(AnnouncementKind.CANCELLED, note=reason) if is_known_to_readers(row) else None
    version = int(row.version)
    return _each(cancelled(row, reason), version, told, around)


def _correction(row: EventRow, around: Surroundings) -> Each:
    if why := _is_not(EventStatus.PUBLISHED, row):
        return _left_out(row, why)
    version, decision = int(row.version), correction_of(row)
    if decision is None:
        return _left_out(row, _("Subscribers know the right moment of this event."))
    row.version += 1
    return _each(row, version, decision, around)


def _each(row: EventRow, version: int, decision: Decision | None, around: Surroundings) -> Each:
    found = review_of(row, decision, around)
    return Each(id=row.id, title=row.title, version=version, review=found)


def _left_out(row: EventRow, why: str) -> Each:
    return Each(id=row.id, title=row.title, version=int(row.version), left_out=why)


def _is_not(needed: EventStatus, row: EventRow) -> str:
    """Why an event of this status is left out; "" if it is not."""
    if row.status == needed:
        return ""
    match row.status:
        case EventStatus.DRAFT:
            return _("It is a draft: delete it instead.")
        case EventStatus.PUBLISHED:
            return _("It is published already.")
        case _:
            return _("It is cancelled, and stays so.")


def _pairs(seen: Iterable[str]) -> Iterator[tuple[str, int]]:
    """What the button's form says was looked at: "EVENT:VERSION"."""
    for each in seen:
        event_id, _colon, version = each.partition(":")
        yield event_id, version_of(version)
