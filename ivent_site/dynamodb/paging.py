"""Pages by key cursor: what comes after, or before, a place in the order of a path.

A cursor is the sort key at a page's edge, signed for the model, path and direction that it
belongs to. Rows inserted or deleted between two pages shift nothing. Cost: one Query per
partition, however far the page is from the first.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, Generic, TypeVar

from django.core import signing
from django.db.models import Model, QuerySet
from django.db.models.sql import Query

from ivent_site.dynamodb.planner import PathPlan
from ivent_site.dynamodb.reader import read_places
from ivent_site.dynamodb.selecting import Selector
from ivent_site.dynamodb.store import READ_CAP, StaticStore

M = TypeVar("M", bound=Model)


@dataclass(frozen=True, kw_only=True)
class Page(Generic[M]):
    """One page. `next` and `previous` are cursors; None where there is nothing more.

    `capped`: the read ended at the cap before the page was full; `next` goes on from there.
    """

    objects: list[M]
    next: str | None
    previous: str | None
    capped: bool


@dataclass(kw_only=True)
class PageRequest:
    """What is asked of the compiler for one page, and its answer beside the rows."""

    size: int
    cursor: str | None
    answer: dict[str, Any] = field(default_factory=dict)


_ATTRIBUTE: Final = "_ivent_page"


def read_page(queryset: QuerySet[M], *, size: int, cursor: str | None = None) -> Page[M]:
    """The page of the queryset that the cursor points to; the first one if it points nowhere.

    The order is the queryset's where its path can give it, else the path's own (a search's).
    """
    request = PageRequest(size=size, cursor=cursor)
    queryset = queryset.all()
    setattr(queryset.query, _ATTRIBUTE, request)
    objects = list(queryset)
    return Page(
        objects=objects,
        next=request.answer.get("next"),
        previous=request.answer.get("previous"),
        capped=request.answer.get("capped", False),
    )


def page_of(query: Query) -> PageRequest | None:
    """The page that is asked of the query, if one is."""
    return getattr(query, _ATTRIBUTE, None)


def read_page_records(selector: Selector, request: PageRequest) -> Sequence[dict[str, Any]]:
    """The page's records; its edges are noted in the request."""
    if isinstance(selector.store, StaticStore) or not isinstance(selector.plan, PathPlan):
        # Listed keys are few, and have no place in an order.
        return selector.records()
    plan = selector.plan
    salt = f"{__name__}:{selector.model._meta.label}:{plan.path.index}:{plan.descending}"
    position, backwards = _decoded(request.cursor, salt)
    descending = plan.descending is not backwards
    if position is not None:
        plan = replace(plan, keys=plan.keys.beyond(position, descending=descending))
    plan = replace(plan, descending=descending)
    found, more, capped = _walk(selector, plan, position, request.size)
    edges = [place for place, _ in found]
    if backwards:
        found.reverse()
        edges.reverse()
    records = [record for place, record in found if record is not None]

    def token(place: str, *, back: bool) -> str:
        return signing.dumps([place, back], salt=salt)

    request.answer = {
        "next": token(edges[-1], back=False) if edges and (backwards or more) else None,
        "previous": token(edges[0], back=True)
        if edges and (more if backwards else position is not None)
        else None,
        "capped": capped,
    }
    selector.follow((None, record) for record in records)
    return records


def _walk(
    selector: Selector, plan: PathPlan, position: str | None, size: int
) -> tuple[list[tuple[str, dict[str, Any] | None]], bool, bool]:
    """Up to `size` records with their places; whether there are more; whether the cap ended it.

    Where the cap ends it, the last place read is added, without a record, to go on from.
    """
    found: list[tuple[str, dict[str, Any] | None]] = []
    # One to know whether there is more, one for the row at the position itself.
    wanted = size + 1 + (position is not None)
    place = position
    for count, (at, row) in enumerate(read_places(plan, want=wanted)):
        if count == READ_CAP:
            return [*found, (place or "", None)], True, True
        place = at
        if place == position or row is None:
            continue
        _, record = selector.candidate(row)
        if selector.matches(record):
            if len(found) == size:
                return found, True, False
            found.append((place, record))
    return found, False, False


def _decoded(cursor: str | None, salt: str) -> tuple[str | None, bool]:
    if not cursor:
        return None, False
    try:
        position, backwards = signing.loads(cursor, salt=salt)
    except signing.BadSignature:
        return None, False
    return position, backwards
