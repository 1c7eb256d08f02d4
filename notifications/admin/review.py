"""The review: what everybody would get, before anybody gets it.

A draft is saved first, so its review is a page of its own. What is done to a published event
(a change, a message, a cancellation) is posted here first, and from here on.
"""

from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from events.admin.review import news_url
from events.enums import EventStatus
from events.errors import (
    EventNotFoundError,
    InvalidEventError,
    StaleVersionError,
    TransitionError,
)
from events.followup_forms import PublishAtForm
from events.models import Event
from events.selectors import event_get
from events.services import event_publish
from events.tables import EventRow
from ivent_site.dynamodb.writes import ConflictError
from ivent_site.history import changes_told
from ivent_site.kept_forms import is_kept
from notifications.admin.proposals import propose
from notifications.admin.trial import send_test
from notifications.announcements import Decision
from notifications.models import Announcement
from notifications.preview import upcoming
from notifications.review import Review, announcement_of, review, review_of, surroundings

if TYPE_CHECKING:
    _Base = admin.ModelAdmin[Announcement]
else:
    _Base = object

_PAGE: Final = "admin/notifications/review.html"
_REFUSALS: Final = (StaleVersionError, TransitionError, ConflictError)
_STALE: Final = gettext_lazy("Somebody has changed the event meanwhile: look at it again.")


class Reviews(_Base):
    """The view."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.review_view)
        return [path("review/<str:event_id>/", view, name="event_review"), *super().get_urls()]

    def review_view(self, request: HttpRequest, event_id: str) -> HttpResponseBase:
        """GET: a draft's. POST: what its buttons do, or the form of a published event."""
        if not request.user.has_perm("events.publish_event"):
            raise PermissionDenied
        try:
            row = event_get(event_id)
        except EventNotFoundError as err:
            raise Http404 from err
        if row.status == EventStatus.PUBLISHED and request.method == "POST":
            if "publish" in request.POST:
                # A second click: it is published.
                return HttpResponseRedirect(news_url(row.id, after=int(row.version)))
            return self._proposed(request, row)
        if row.status != EventStatus.DRAFT:
            return HttpResponseRedirect(_event_url(row.id))
        if request.method == "POST" and not is_kept(request):
            return self._act(request, row)
        return self._draft_page(request, row)

    def _act(self, request: HttpRequest, row: EventRow) -> HttpResponseBase:
        if request.POST.get("version") != str(int(row.version)):
            self.message_user(request, _STALE, messages.ERROR)
            return HttpResponseRedirect(_review_url(row.id))
        if "test" in request.POST:
            self._test(request, row, upcoming(row))
            return HttpResponseRedirect(_review_url(row.id))
        if "publish_at" not in request.POST:
            return self._publish(request, row, at=None)
        form = PublishAtForm(request.POST, event=row)
        if not form.is_valid():
            return self._draft_page(request, row, form)
        return self._publish(request, row, at=form.cleaned_data["at"], form=form)

    def _publish(
        self,
        request: HttpRequest,
        row: EventRow,
        *,
        at: datetime | None,
        form: PublishAtForm | None = None,
    ) -> HttpResponseBase:
        """Publish it, with its history entry in the same transaction."""
        done = _("The event was published.") if at is None else _("The event was scheduled.")
        try:
            with transaction.atomic():
                after = event_publish(event_id=row.id, version=int(row.version), at=at)
                told = changes_told(
                    (name, getattr(row, name), getattr(after, name))
                    for name in ("status", "publish_at")
                )
                self._events().log_change(request, self._event(request, row.id), told)
        except InvalidEventError as err:
            for problem in err.problems:
                self.message_user(request, problem.message, messages.ERROR)
            return self._draft_page(request, row, form)
        except _REFUSALS as err:
            self.message_user(request, str(err), messages.ERROR)
            return HttpResponseRedirect(_review_url(row.id))
        self.message_user(request, done, messages.SUCCESS)
        is_now = at is None
        url = news_url(row.id, after=int(after.version)) if is_now else _event_url(row.id)
        return HttpResponseRedirect(url)

    def _test(self, request: HttpRequest, event: EventRow, decision: Decision | None) -> None:
        send_test(self, request, announcement_of(event, decision) if decision else None)

    def _proposed(self, request: HttpRequest, row: EventRow) -> HttpResponseBase:
        """The review of what a form of a published event asks for, and a test of its mail."""
        proposal = propose(request, row, self._events())
        if isinstance(proposal, HttpResponseBase):
            return proposal
        if "test" in request.POST:
            self._test(request, proposal.event, proposal.decision)
        found = review_of(proposal.event, proposal.decision, surroundings())
        return self._review_page(request, found, **proposal.context)

    def _draft_page(
        self, request: HttpRequest, row: EventRow, form: PublishAtForm | None = None
    ) -> HttpResponseBase:
        form = form or PublishAtForm(event=row)
        return self._review_page(
            request,
            review(row),
            go_template="admin/notifications/review/publish.html",
            later_template="admin/notifications/review/later.html",
            form=form,
            media=self.media + form.media,
            entered=[("version", int(row.version))],
            nothing_told=_("Nothing would be told: what readers know is still true."),
        )

    def _review_page(self, request: HttpRequest, found: Review, **extra: Any) -> HttpResponseBase:
        context = {
            **self.admin_site.each_context(request),
            "title": _("Before it goes out: %(title)s") % {"title": found.event.title},
            "review": found,
            "event_url": _event_url(found.event.id),
            "review_url": _review_url(found.event.id),
            "own_address": getattr(request.user, "email", ""),
            **extra,
        }
        return TemplateResponse(request, _PAGE, context)

    def _events(self) -> Any:
        return self.admin_site.get_model_admin(Event)

    def _event(self, request: HttpRequest, event_id: str) -> Any:
        return self._events().get_object(request, event_id)


def _event_url(event_id: str) -> str:
    return reverse("admin:events_event_change", args=[event_id])


def _review_url(event_id: str) -> str:
    return reverse("admin:event_review", args=[event_id])
