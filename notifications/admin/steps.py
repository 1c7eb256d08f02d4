"""What a person may do with an announcement: pause, resume, cancel, release, discard, and decide
about mails in doubt. Everything is a POST, and leaves an entry in the history.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any, Final

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
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from ivent_site.dynamodb.writes import ConflictError
from notifications.announce import release
from notifications.announcements import (
    announcement_discard,
    announcement_get,
    announcement_pause,
    announcement_resume,
    announcement_stop,
)
from notifications.breaker import OVERRIDE, Breaker, breaker_get, breaker_override
from notifications.enums import AnnouncementKind, AnnouncementState, Reason
from notifications.models import KIND_LABELS, Announcement
from notifications.parked import parked_chunks, parked_leave, parked_resend
from notifications.tables import AnnouncementRow

if TYPE_CHECKING:
    _Base = admin.ModelAdmin[Announcement]
else:
    _Base = object

CONFIRMATION: Final = "admin/notifications/announcement/cancel_confirmation.html"
# Instead of a chunk's key.
ALL: Final = "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A button. `act` says whether the announcement is now where the step leads to."""

    name: str
    label: str | Promise
    act: Callable[[AnnouncementRow], bool]
    done: str | Promise
    variant: str = "default"


def send_anyway(row: AnnouncementRow) -> bool:
    """Override the breaker for a while, for all, and resume this announcement."""
    breaker_override(now=datetime.now(UTC))
    return announcement_resume(row)


PAUSE = Step(
    name="pause",
    label=_("Pause"),
    act=partial(announcement_pause, reason=Reason.BY_HAND),
    done=_("The announcement is paused."),
)
RESUME = Step(
    name="resume",
    label=_("Resume"),
    act=announcement_resume,
    done=_("The announcement goes on within a minute."),
    variant="primary",
)
SEND_ANYWAY = Step(
    name="send_anyway",
    label=format_lazy(_("Send anyway for {hours} hours"), hours=OVERRIDE.seconds // 3600),
    act=send_anyway,
    done=_("The breaker is overridden for a while: announcements go on within a minute."),
    variant="danger",
)
CANCEL = Step(
    name="cancel",
    label=_("Cancel"),
    act=partial(announcement_stop, reason=Reason.BY_HAND),
    done=_("The announcement is cancelled: it goes to nobody else."),
    variant="danger",
)
RELEASE = Step(
    name="release",
    label=_("Release"),
    act=release,
    done=_("The announcement is on its way."),
    variant="primary",
)
DISCARD = Step(
    name="discard",
    label=_("Discard"),
    act=announcement_discard,
    done=_("The announcement is discarded."),
    variant="danger",
)
DECISIONS: Final[dict[str, tuple[Callable[[AnnouncementRow, str], None], str | Promise]]] = {
    "resend": (parked_resend, _("The mails in doubt are sent once more within a minute or two.")),
    "leave": (parked_leave, _("The mails in doubt are left as they are.")),
}


def steps_of(row: AnnouncementRow, breaker: Breaker) -> list[Step]:
    """The steps that are possible now."""
    match row.state:
        case AnnouncementState.SENDING:
            return [PAUSE, CANCEL]
        case AnnouncementState.PAUSED:
            stopped = row.reason == Reason.BREAKER and breaker.is_open(now=datetime.now(UTC))
            return [SEND_ANYWAY if stopped else RESUME, CANCEL]
        case AnnouncementState.HELD if row.reason == Reason.OLD:
            return [RELEASE, DISCARD]
        case _:
            return []


class Steps(_Base):
    """The views behind the buttons."""

    def has_steer_permission(self, request: HttpRequest) -> bool:
        """Whether this person may use the buttons. Nobody edits an announcement's fields."""
        return request.user.has_perm("notifications.change_announcement")

    def get_urls(self) -> list[URLPattern]:
        views = {"step": self.step_view, "parked": self.parked_view, "cancel": self.cancel_view}
        return [
            *(
                path(
                    f"<str:object_id>/{name}/",
                    self.admin_site.admin_view(view),
                    name=f"notifications_announcement_{name}",
                )
                for name, view in views.items()
            ),
            *super().get_urls(),
        ]

    def step_view(self, request: HttpRequest, object_id: str) -> HttpResponseBase:
        """POST `step`: take it if it is possible now."""
        row = self._row(request, object_id)
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        return self._take(request, row, request.POST.get("step", ""))

    def cancel_view(self, request: HttpRequest, object_id: str) -> HttpResponseBase:
        """GET asks, POST cancels."""
        row = self._row(request, object_id)
        if request.method == "POST":
            return self._take(request, row, CANCEL.name)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Cancel announcement"),
            "opts": self.opts,
            "announcement": row,
            "kind": KIND_LABELS[AnnouncementKind(row.kind)],
            "back_url": change_url(object_id),
        }
        return TemplateResponse(request, CONFIRMATION, context)

    def parked_view(self, request: HttpRequest, object_id: str) -> HttpResponseBase:
        """POST `chunk`, or "all" that are shown, and `decision`: "resend" or "leave"."""
        row = self._row(request, object_id)
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        decision, key = (request.POST.get(name, "") for name in ("decision", "chunk"))
        keys = [chunk.key for chunk in parked_chunks(row) if key in {ALL, chunk.key}]
        if decision not in DECISIONS or not keys:
            return self._too_late(request, row)
        decide, done = DECISIONS[decision]
        try:
            for each in keys:
                with transaction.atomic():
                    decide(row, each)
                    self._log(request, row, done)
                row.refresh(consistent_read=True)
        except ConflictError:
            return self._too_late(request, row)
        return self._told(request, row, done)

    def _row(self, request: HttpRequest, object_id: str) -> AnnouncementRow:
        if not self.has_steer_permission(request):
            raise PermissionDenied
        row = announcement_get(object_id)
        if row is None:
            raise Http404
        return row

    def _take(self, request: HttpRequest, row: AnnouncementRow, name: str) -> HttpResponseBase:
        possible = {step.name: step for step in steps_of(row, breaker_get())}
        if name not in possible:
            return self._too_late(request, row)
        try:
            with transaction.atomic():
                if not possible[name].act(row):
                    return self._too_late(request, row)
                self._log(request, row, possible[name].done)
        except ConflictError:
            return self._too_late(request, row)
        return self._told(request, row, possible[name].done)

    def _log(self, request: HttpRequest, row: AnnouncementRow, done: str | Promise) -> None:
        request.announcement = row  # type: ignore[attr-defined]  # as it is now: no read of it
        announcement: Any = self.get_object(request, row.id)
        with override("en"):
            self.log_change(request, announcement, f"State: {row.state}. {done}")

    def _told(
        self, request: HttpRequest, row: AnnouncementRow, done: str | Promise
    ) -> HttpResponseBase:
        self.message_user(request, str(done), messages.SUCCESS)
        return HttpResponseRedirect(change_url(row.id))

    def _too_late(self, request: HttpRequest, row: AnnouncementRow) -> HttpResponseBase:
        message = _("That is not possible any more: the announcement has gone on meanwhile.")
        self.message_user(request, message, messages.ERROR)
        return HttpResponseRedirect(change_url(row.id))


def change_url(object_id: str) -> str:
    """The announcement's page."""
    return reverse("admin:notifications_announcement_change", args=[object_id])
