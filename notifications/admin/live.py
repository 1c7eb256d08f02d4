"""The part of an announcement's page that keeps itself up to date: numbers, pace, what to decide.

The page fetches it again every few seconds until there is nothing more to come. What a screen
reader says, and the buttons, change only when there is news (`said`, `known`), so that nobody
is interrupted and no button loses the focus.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from notifications.admin.refused import refusal_groups
from notifications.admin.steps import steps_of
from notifications.announcements import announcement_get
from notifications.audience import Readers
from notifications.breaker import Breaker, breaker_get
from notifications.deliverability import announcement_counts
from notifications.enums import AnnouncementState, Reason
from notifications.models import STATE_LABELS, Announcement
from notifications.parked import parked_chunks
from notifications.progress import Progress, next_look, progress_of
from notifications.quota import duration_text
from notifications.reasons import reason_cure, reason_text
from notifications.refused import is_resending, refusals_of, resendable_of
from notifications.tables import AnnouncementRow
from subscriptions.audience_counts import audience_counts

if TYPE_CHECKING:
    _Base = admin.ModelAdmin[Announcement]
else:
    _Base = object

LIVE: Final = "admin/notifications/announcement/live.html"
# Seconds until the part is fetched again; of what is over it is not.
EVERY_S: Final = {
    AnnouncementState.HELD: 5,
    AnnouncementState.SENDING: 3,
    AnnouncementState.STOPPING: 3,
    AnnouncementState.PAUSED: 15,
}
UNDER_WAY: Final = frozenset(
    {AnnouncementState.SENDING, AnnouncementState.STOPPING, AnnouncementState.PAUSED}
)
# Spoken at each of these steps.
SAY_EVERY: Final = 10
# Longer texts than these come of nobody's page.
_QUERY_CHARS: Final = 200


@dataclass(frozen=True, slots=True)
class Outcome:
    """A line of the numbers; `style` is its colour in the bar."""

    label: str
    count: int
    style: str
    percent: float


class Live(_Base):
    """The view of the part."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.live_view)
        name = "notifications_announcement_live"
        return [path("<str:object_id>/live/", view, name=name), *super().get_urls()]

    def live_view(self, request: HttpRequest, object_id: str) -> HttpResponseBase:
        """The part as it is now."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        row = announcement_get(object_id)
        if row is None:
            raise Http404
        context = {**live_context(row, request.GET), "opts": self.opts}
        if request.GET.get("known", "")[:_QUERY_CHARS] != _signature(row):
            may = request.user.has_perm("notifications.change_announcement")
            context |= {"decide": True, **decisions(row, _breaker(row), may=may)}
            context |= {"parked": parked_chunks(row) if may else [], "say": context["spoken"]}
        return TemplateResponse(request, LIVE, context)


def _breaker(row: AnnouncementRow) -> Breaker:
    """The breaker, read only if it is what the announcement waits for."""
    waits = row.state == AnnouncementState.PAUSED and row.reason == Reason.BREAKER
    return breaker_get() if waits else Breaker()


def decisions(row: AnnouncementRow, breaker: Breaker, *, may: bool) -> dict[str, Any]:
    """Why it stands still, and the buttons of who may use them."""
    return {
        "announcement": row,
        "why": reason_text(row.reason),
        "cure": reason_cure(row.reason),
        "steps": steps_of(row, breaker) if may else [],
        "refusals": refusal_groups(row),
        "resendable": resendable_of(row),
        "may_resend": may,
    }


def live_context(row: AnnouncementRow, asked: Mapping[str, str]) -> dict[str, Any]:
    """What the part shows. `asked` are the query's values, which the page itself has sent."""
    now = datetime.now(UTC)
    progress = progress_of(row, now=now)
    expected = max(_expected(row, asked.get("expected", "")), progress.sums.audience)
    percent = _percent(row, progress, expected)
    said = _number(asked.get("said", ""))
    spoken = percent - percent % SAY_EVERY
    return {
        "announcement": row,
        "now": now,
        "progress": progress,
        "outcomes": _outcomes(progress, expected),
        "expected": expected,
        "percent": percent,
        "left": _left(row, progress, expected),
        "counts": announcement_counts(row.id),
        "to_come": max(expected - progress.reached, 0),
        "is_resending": is_resending(row),
        "picked_up_by": next_look(row, now=now) if progress.silent_since else None,
        "spoken": spoken,
        "say": spoken if said != spoken else None,
        "every_s": EVERY_S.get(AnnouncementState(row.state)),
        "query": urlencode([("said", spoken), ("expected", expected), ("known", _signature(row))]),
        "under_way": row.state in UNDER_WAY,
        "state_shown": STATE_LABELS[AnnouncementState(row.state)],
    }


def _signature(row: AnnouncementRow) -> str:
    """What the buttons depend on."""
    parked = sum(int(sums.get("parked", 0)) for sums in row.shards.as_dict().values())
    return f"{row.state}-{row.reason}-{parked}-{refusals_of(row).total()}"


def _expected(row: AnnouncementRow, known: str) -> int:
    """About how many it is for; once it is over, the ledger has the exact number."""
    if row.state not in UNDER_WAY:
        return 0
    if number := _number(known):
        return number
    readers = Readers.of(row)
    return sum(audience_counts().of(readers.topics, frequency=readers.frequency).values())


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < _QUERY_CHARS else None


def _percent(row: AnnouncementRow, progress: Progress, expected: int) -> int:
    if row.state == AnnouncementState.DONE:
        return 100
    if not expected:
        return 0
    return min(progress.reached * 100 // expected, 99)


def _outcomes(progress: Progress, expected: int) -> list[Outcome]:
    sums = progress.sums
    lines = [
        (_("sent"), sums.sent, "sent"),
        (_("refused by SES"), sums.refused, "refused"),
        (_("had left before their turn"), sums.suppressed, "suppressed"),
        (_("under way or in doubt"), sums.unknown - progress.waiting, "unknown"),
        (_("parked for you to decide"), sums.parked, "parked"),
    ]
    whole = max(expected, 1)
    return [
        Outcome(label, count, style, round(count * 100 / whole, 2)) for label, count, style in lines
    ]


def _left(row: AnnouncementRow, progress: Progress, expected: int) -> str:
    """How long it still takes, in words; "" if nobody can say."""
    if row.state != AnnouncementState.SENDING or progress.rate <= 0 or not progress.is_whole:
        return ""
    return duration_text((expected - progress.reached) / progress.rate)
