"""A change list that pages by key cursor, and never counts."""

import logging
from dataclasses import dataclass
from typing import Any

from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import PAGE_VAR, ChangeList
from django.db import NotSupportedError
from django.db.models import F, OrderBy, QuerySet
from django.http import HttpRequest

from ivent_site.dynamodb.paging import read_page
from ivent_site.dynamodb.selecting import allow_partial
from ivent_site.dynamodb.store import READ_CAP

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class CursorPaginator:
    """Stands where Django's paginator would: unfold's page foot shows its template."""

    per_page: int
    template_name: str = "dynamodb/cursor_pagination.html"


class CursorChangeList(ChangeList):
    """The admin's list of one page; its cost is a Query per partition on every page."""

    read_cap = READ_CAP

    def get_results(self, request: HttpRequest) -> None:
        """Read the page that the cursor in `p` points to; one that points nowhere is the first."""
        # The date hierarchy asks more of this queryset: a long list's may be incomplete.
        allow_partial(self.queryset.query)
        cursor = request.GET.get(PAGE_VAR)
        try:
            page = read_page(self.queryset, size=self.list_per_page, cursor=cursor)
        except NotSupportedError as err:
            logger.warning("No such list: %s", err)
            raise IncorrectLookupParameters(str(err)) from err
        self.result_list = _filled(self.queryset, page.objects)
        # Of the page: where both are the same, the templates offer no "show all".
        self.result_count = self.full_result_count = len(page.objects)
        self.show_full_result_count = False
        self.show_admin_actions = True
        self.can_show_all = self.multi_page = False
        self.paginator = CursorPaginator(self.list_per_page)
        self.capped = page.capped
        self.first_url = self.get_query_string() if cursor else None
        self._say_why_empty(request, is_within=bool(cursor or page.next))
        self.next_url = self._page_url(page.next)
        self.previous_url = self._page_url(page.previous)

    def _say_why_empty(self, request: HttpRequest, *, is_within: bool) -> None:
        """What unfold/helpers/empty_results.html needs to know."""
        self.is_narrowed = bool(self.query or self.get_filters_params())
        self.is_within = is_within
        self.beginning = getattr(self.model_admin, "beginning", None)
        self.links = self.beginning.links(request.user) if self.beginning else []

    def get_filters(self, request: HttpRequest) -> Any:
        try:
            return super().get_filters(request)
        except (ValueError, OverflowError) as err:
            # A year that has no next year, in the date hierarchy.
            raise IncorrectLookupParameters(str(err)) from err

    def _page_url(self, cursor: str | None) -> str | None:
        return self.get_query_string({PAGE_VAR: cursor}) if cursor else None

    def _get_deterministic_ordering(self, ordering: Any) -> list[Any]:
        """Ties go by the primary key in the same direction: the order that sort keys have."""
        ordering = list(ordering)
        last = ordering[-1] if ordering else "-"
        descending = last.descending if isinstance(last, OrderBy) else _is_descending(last)
        return [*ordering, "-pk" if descending else "pk"]


def _is_descending(part: str | F) -> bool:
    return isinstance(part, str) and part.startswith("-")


def _filled(queryset: QuerySet[Any], objects: list[Any]) -> QuerySet[Any]:
    """The queryset with its results in place: `list_editable` wants no list."""
    filled = queryset.all()
    filled._result_cache = objects
    return filled
