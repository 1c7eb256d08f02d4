"""The years, months or days in which there is anything, found without reading every row.

The admin's date hierarchy asks for them on every list. Rows of one period lie together in
the order of a path, so what is behind the last period seen is asked for next.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import Any, Final

from django.db.models.functions.datetime import TruncBase
from django.utils import timezone

from ivent_site.dynamodb.planner import PathPlan
from ivent_site.dynamodb.reader import read_path
from ivent_site.dynamodb.rows import sort_text
from ivent_site.dynamodb.selecting import Selector

# Rows per call: a quiet month is read whole, a busy day is skipped after so many.
AT_ONCE: Final = 25

_NEXT: Final[dict[str, Callable[[date], date]]] = {
    "year": lambda day: day.replace(year=day.year + 1),
    "month": lambda day: (day + timedelta(days=31)).replace(day=1),
    "day": lambda day: day + timedelta(days=1),
}


def distinct_periods(selector: Selector, expressions: Sequence[Any]) -> set[datetime] | None:
    """The periods of `datetimes()`; None if the query asks for something else, or of no order."""
    truncation, plan = expressions[0], selector.exact_plan
    if plan is None or len(expressions) != 1 or not isinstance(truncation, TruncBase):
        return None
    if truncation.kind not in _NEXT or not selector.is_order(truncation.lhs, plan):
        return None
    return {
        period
        for partition in plan.partitions
        for period in _of_partition(
            replace(plan, partitions=(partition,), descending=False), selector, truncation
        )
    }


def _of_partition(plan: PathPlan, selector: Selector, truncation: Any) -> Iterator[datetime]:
    value = selector.evaluator.make(truncation)
    zone = truncation.tzinfo or timezone.get_current_timezone()
    while True:
        rows = list(islice(read_path(plan, page_size=AT_ONCE), AT_ONCE))
        periods = [value(selector.candidate(row)[1]) for row in rows]
        yield from periods
        if len(rows) < AT_ONCE:
            return
        following = _NEXT[truncation.kind](periods[-1].date())
        start = timezone.make_aware(datetime.combine(following, time()), zone)
        plan = replace(plan, keys=plan.keys.narrowed(lower=sort_text(start)))
