"""Which zones changed lately: where machines with older rules show another hour than ours.

`zone_changes.json` is derived from the releases of `tzdata` on PyPI: `manage.py zone_changes`
writes it, as part of `make update-zones`.
"""

import json
from bisect import bisect_right
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Final

from ivent_site.zones import canonical

ZONE_CHANGES_FILE: Final = Path(__file__).with_suffix(".json")
# How old the rules of machines are that we expect to meet.
LATELY: Final = timedelta(days=2 * 365)
# Governments announce changes weeks ahead, some days: whoever has no newer rules should look.
OLD_AFTER: Final = timedelta(days=60)


def released() -> date:
    """The day on which PyPI got the locked rules."""
    return date.fromisoformat(_changes()["released"])


def changed_lately(timezone: str) -> bool:
    """Whether a release of the last two years has changed the zone's rules for times to come."""
    return canonical(timezone) in _changes()["zones"]


def outdated_zones(timezones: Iterable[str], *, today: date) -> list[str]:
    """The zones among these whose rules moved lately, once our own rules are old; else none."""
    if today - released() <= OLD_AFTER:
        return []
    return sorted({canonical(each) for each in timezones if changed_lately(each)})


def shown_differently(moment: datetime, timezone: str) -> bool:
    """Whether rules of the last two years give the zone another offset at that moment."""
    spans = _spans(canonical(timezone))
    place = bisect_right(spans, moment.astimezone(UTC), key=lambda span: span[0])
    return place > 0 and moment < spans[place - 1][1]


@cache
def _spans(name: str) -> list[tuple[datetime, datetime]]:
    pairs = _changes()["zones"].get(name, {}).get("differs", [])
    return [(datetime.fromisoformat(start), datetime.fromisoformat(end)) for start, end in pairs]


@cache
def _changes() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(ZONE_CHANGES_FILE.read_text(encoding="utf-8"))
    return found


def forget_changes() -> None:
    """Read the file again when it is needed next."""
    _changes.cache_clear()
    _spans.cache_clear()
