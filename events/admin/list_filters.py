"""What the list of events is narrowed by."""

from datetime import UTC, datetime, timedelta
from typing import Any, Final

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from events.topic_names import topic_names

UPCOMING, PAST, ALL = "upcoming", "past", "all"
PERIODS: Final = (
    (UPCOMING, _("Upcoming, nearest first")),
    (PAST, _("Past, latest first")),
    (ALL, _("All, latest first")),
)
# What began longer ago is listed as past even if it is not over yet.
BEGAN_WITHIN: Final = timedelta(days=92)


def period_of(request: HttpRequest) -> str:
    """Which events are listed: the upcoming, unless somebody searches, or picks a date or all."""
    chosen = request.GET.get(PeriodFilter.parameter_name)
    if chosen in {UPCOMING, PAST, ALL}:
        return str(chosen)
    narrowed = request.GET.get("q") or any(name.startswith("starts_at__") for name in request.GET)
    return ALL if narrowed else UPCOMING


def period_links(request: HttpRequest) -> list[tuple[Any, str, bool]]:
    """For each period its name, the list's address with it, and whether it is the one shown."""
    shown = period_of(request)
    links = []
    for value, label in PERIODS:
        query = request.GET.copy()
        query.pop("p", None)
        query["when"] = value
        links.append((label, f"?{query.urlencode()}", value == shown))
    return links


class PeriodFilter(admin.SimpleListFilter):
    """The upcoming, the nearest first; the past, the last first; or all, the farthest first."""

    title = _("when")
    parameter_name = "when"

    def __init__(self, request: HttpRequest, *args: Any) -> None:
        super().__init__(request, *args)
        self._period = period_of(request)

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:  # noqa: ARG002 - Django's signature
        return [*PERIODS]

    def choices(self, changelist: Any) -> Any:
        """One is always chosen: there is no choice of none."""
        for value, label in self.lookup_choices:
            query_string = changelist.get_query_string({self.parameter_name: value})
            yield {
                "selected": value == self._period,
                "query_string": query_string,
                "display": label,
            }

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:  # noqa: ARG002 - Django's signature
        now = datetime.now(UTC)
        if self._period == UPCOMING:
            not_over = Q(starts_at__gte=now) | Q(ends_at__gt=now)
            return queryset.filter(not_over, starts_at__gte=now - BEGAN_WITHIN)
        return queryset.filter(starts_at__lt=now) if self._period == PAST else queryset


class TopicFilter(admin.SimpleListFilter):
    """Events with a topic, or with none, which reach everybody.

    Decided over the rows of the path by status and start: an event names its topics in its row.
    """

    title = _("topic")
    parameter_name = "topic"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:  # noqa: ARG002 - Django's signature
        return [*topic_names().items(), ("*", _("No topic"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:  # noqa: ARG002 - Django's signature
        value = self.value()
        if value == "*":
            return queryset.filter(topics=[])
        return queryset.filter(topics__contains=[value]) if value else queryset
