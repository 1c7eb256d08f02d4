"""Did Ana get it? Asked of an announcement, or on the page of a person.

The lines of a person's page are fetched one by one as they come into view, so that no page
waits for all of them. An address is posted and never part of a URL, so that none is logged.
"""

from typing import TYPE_CHECKING, Any, Final

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseNotAllowed
from django.template.response import TemplateResponse
from django.urls import URLPattern, path

from notifications.announcements import announcement_get
from notifications.diagnoses import diagnosis_text
from notifications.digest_times import slot_text
from notifications.history import Entry, Fate, concerns, recent_announcements, recipient_entry
from notifications.models import Announcement
from notifications.refusals import refusal_text
from notifications.tables import AnnouncementRow
from subscriptions.addresses import ADDRESS_MAX_LENGTH
from subscriptions.models import person_text
from subscriptions.search import search_words
from subscriptions.selectors import (
    subscription_by_email,
    subscription_get,
    subscriptions_found,
)
from subscriptions.tables import SubscriptionRow

if TYPE_CHECKING:
    _Base = admin.ModelAdmin[Announcement]
else:
    _Base = object

_FOLDER: Final = "admin/notifications/history"
LINES: Final = 5
# Subscribers that a search shows.
FOUND: Final = 20


class Histories(_Base):
    """The views; each is a part of a page."""

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path(
                "<str:object_id>/find/",
                wrap(self.find_view),
                name="notifications_announcement_find",
            ),
            path("person/<str:person>/", wrap(self.person_view), name="person_history"),
            path("person/<str:person>/<str:object_id>/", wrap(self.mail_view), name="person_mail"),
            *super().get_urls(),
        ]

    def find_view(self, request: HttpRequest, object_id: str) -> HttpResponseBase:
        """POST `person`, a part of a name or address: what became of this announcement's e-mail.

        One subscriber's line comes at once; of several, each line is fetched by the page.
        """
        row = self._announcement(request, object_id)
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        text = request.POST.get("person", "").strip()[:ADDRESS_MAX_LENGTH]
        page = subscriptions_found(text=text, limit=FOUND)
        only = subscription_by_email(text) or (
            subscription_get(page.found[0].id) if len(page.found) == 1 else None
        )
        context = _line(row, only) if only else {"announcement": row, "several": page.found}
        context |= {"more": page.next_key is not None, "is_short": not search_words(text)}
        return TemplateResponse(request, f"{_FOLDER}/found.html", context)

    def person_view(self, request: HttpRequest, person: str) -> HttpResponseBase:
        """The newest announcements that may have been for this person."""
        subscription = self._person(request, person)
        page = recent_announcements(limit=LINES, before_key=request.GET.get("before", ""))
        context = {
            "person": subscription,
            "rows": [row for row in page.rows if concerns(row, subscription)],
            # Older ones than the person concern nobody.
            "next_key": page.next_key
            if page.rows and concerns(page.rows[-1], subscription)
            else None,
            "is_first": "before" not in request.GET,
        }
        return TemplateResponse(request, f"{_FOLDER}/person.html", context)

    def mail_view(self, request: HttpRequest, person: str, object_id: str) -> HttpResponseBase:
        """What became of one announcement's mail to this person."""
        subscription = self._person(request, person)
        row = self._announcement(request, object_id)
        return TemplateResponse(request, f"{_FOLDER}/line.html", _line(row, subscription))

    def _person(self, request: HttpRequest, person: str) -> SubscriptionRow:
        self._require(request)
        subscription = subscription_get(person)
        if subscription is None:
            raise Http404
        return subscription

    def _announcement(self, request: HttpRequest, object_id: str) -> AnnouncementRow:
        self._require(request)
        row = announcement_get(object_id)
        if row is None:
            raise Http404
        return row

    def _require(self, request: HttpRequest) -> None:
        seen = request.user.has_perm("subscriptions.view_subscription")
        if not (seen and self.has_view_permission(request)):
            raise PermissionDenied


def _line(row: AnnouncementRow, subscription: SubscriptionRow) -> dict[str, Any]:
    entry = recipient_entry(row, subscription)
    return {
        "announcement": row,
        "person": subscription,
        "person_text": person_text(name=subscription.name, email=subscription.email),
        "entry": entry,
        "why": _why(entry),
        "refused_why": refusal_text(entry.refusal) if entry.refusal else "",
        "first_why": refusal_text(entry.first_refusal) if entry.first_refusal else "",
        "digest_when": slot_text(row.digest_at) if entry.fate is Fate.IN_DIGEST else "",
    }


def _why(entry: Entry) -> str:
    return diagnosis_text(status=entry.status, diagnosis=entry.diagnosis, feedback=entry.feedback)
