"""Between an event's times and the fields of its form."""

from collections.abc import Iterator, Mapping
from datetime import datetime, time
from typing import Any

from django.utils.translation import gettext as _

from events.data import EventData
from events.errors import Problem
from events.times import last_day, local_day
from ivent_site.preferences.selectors import preferences_get
from ivent_site.zones import zone_rules

# Neither a time nor empty.
_BROKEN = object()


def initial_times(saved: EventData | None) -> dict[str, Any]:
    """What the form starts with; of a new event, the organisation's zone."""
    if saved is None:
        return {"timezone": preferences_get().default_timezone}
    zone = zone_rules(saved.timezone)
    starts_at = saved.starts_at.astimezone(zone).replace(second=0, microsecond=0)
    initial: dict[str, Any] = {
        "timezone": saved.timezone,
        "topics": list(saved.topics),
        "start_date": starts_at.date(),
        "start_time": None if saved.all_day else starts_at.time(),
    }
    if saved.ends_at and saved.all_day:
        last = last_day(saved.ends_at, saved.timezone)
        initial["end_date"] = None if last == local_day(saved.starts_at, saved.timezone) else last
    elif saved.ends_at:
        ends_at = saved.ends_at.astimezone(zone).replace(second=0, microsecond=0)
        initial |= {"end_date": ends_at.date(), "end_time": ends_at.time()}
    return initial


def missing_times(cleaned: dict[str, Any]) -> Iterator[Problem]:
    """An event that does not take all day needs the times of the days that it names."""
    if cleaned.get("all_day"):
        return
    message = str(_("Give the time, or say that the event takes all day."))
    if cleaned.get("start_time", _BROKEN) is None:
        yield Problem("start_time", "required", message)
    if cleaned.get("end_date") and cleaned.get("end_time", _BROKEN) is None:
        yield Problem("end_time", "required", message)


def end_after_move(saved: Mapping[str, Any], now: Mapping[str, Any]) -> datetime | None:
    """The end on the wall clock, as far behind the start as it is saved; None without an end."""
    if saved.get("end_date") is None or not now.get("start_date"):
        return None
    if not now.get("all_day") and not now.get("start_time"):
        return None
    length = _clock(saved, "end") - _clock(saved, "start")
    try:
        return _clock(now, "start") + length
    except OverflowError:
        return None


def _clock(values: Mapping[str, Any], name: str) -> datetime:
    return datetime.combine(values[f"{name}_date"], values.get(f"{name}_time") or time())
