"""How many, day by day: for plots, never for decisions."""

import secrets
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Final

from pynamodb.expressions.update import Action

from ivent_site.counters.tables import DAYS_PARTITION, DayRow
from ivent_site.dynamodb.errors import told_as_djangos
from ivent_site.dynamodb.writes import add

_ROWS_A_DAY: Final = 8
_KEYS: Final = frozenset({"partition", "key"})
NAMES: Final = frozenset(DayRow.get_attributes()) - _KEYS


def daily_change(**counts: int) -> tuple[DayRow, list[Action]]:
    """What adds to the numbers of today (UTC), for a transaction of PynamoDB: exactly once."""
    _check(counts)
    actions: list[Action] = [getattr(DayRow, name).add(count) for name, count in counts.items()]
    return DayRow(key=_key_now()), actions


def daily_add(**counts: int) -> None:
    """Add to the numbers of today (UTC), such as `daily_add(sent=50, refused=1)`.

    Inside `transaction.atomic()` it is part of that transaction, and exact; alone it is one
    UpdateItem, which a lost reply may repeat. Nothing is written for zeros.
    """
    _check(counts)
    sums = {name: count for name, count in counts.items() if count}
    if sums:
        add(DayRow, DAYS_PARTITION, _key_now(), sums=sums)


def daily_counts(*, first: date, last: date) -> dict[date, Counter[str]]:
    """The numbers of each day from `first` to `last`, both included: one Query."""
    days = {day: Counter[str]() for day in _days(first, last)}
    between = DayRow.key.between(f"{first}#", f"{last}#~")
    with told_as_djangos():
        for row in DayRow.query(DAYS_PARTITION, between):
            numbers = {name: int(getattr(row, name)) for name in NAMES}
            days[date.fromisoformat(row.key[:10])].update(numbers)
    return days


def _check(counts: Mapping[str, int]) -> None:
    if unknown := counts.keys() - NAMES:
        raise TypeError(f"There is no daily count of {', '.join(sorted(unknown))}.")


def _key_now() -> str:
    return f"{datetime.now(UTC).date().isoformat()}#{secrets.randbelow(_ROWS_A_DAY)}"


def _days(first: date, last: date) -> Iterator[date]:
    for number in range((last - first).days + 1):
        yield first + timedelta(days=number)
