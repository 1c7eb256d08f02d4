"""Between an event's times and the fields of its form."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from events.data import EventData
from events.errors import Problem
from events.times import offset_text, readings
from events.wall_clock import WallClock
from ivent_site.preferences.selectors import preferences_get

# What the form enters of each time: its day, its hour, and which of two equal hours it is.
PARTS: Final = {"starts": "start", "ends": "end"}
_READINGS: Final = (
    gettext_lazy("the first %(time)s (%(offset)s)"),
    gettext_lazy("the second %(time)s (%(offset)s)"),
)
# Neither a time nor empty.
_BROKEN = object()


def initial_times(saved: EventData | None) -> dict[str, Any]:
    """What the form starts with; of a new event, the organisation's zone."""
    if saved is None:
        return {"timezone": preferences_get().default_timezone}
    initial: dict[str, Any] = {"timezone": saved.timezone, "topics": list(saved.topics)}
    if saved.all_day:
        is_one = saved.last_day == saved.first_day
        last = None if is_one else saved.last_day
        return initial | {"start_date": saved.first_day, "end_date": last}
    for name, part in PARTS.items():
        clock: WallClock | None = getattr(saved, name)
        if clock is not None:
            initial |= _initial(clock, part, saved.timezone)
    return initial


def reading_choices(found: Sequence[datetime]) -> list[tuple[str, str]]:
    """Both readings of a time that happens twice; empty for every other time."""
    if len(found) < len(_READINGS):
        return []
    return [
        (str(fold), _READINGS[fold] % {"time": f"{at:%H:%M}", "offset": offset_text(at)})
        for fold, at in enumerate(found)
    ]


def missing_times(cleaned: dict[str, Any]) -> Iterator[Problem]:
    """An event that does not take all day needs the times of the days that it names."""
    if cleaned.get("all_day"):
        return
    message = str(_("Give the time, or say that the event takes all day."))
    if cleaned.get("start_time", _BROKEN) is None:
        yield Problem("start_time", "required", message)
    if cleaned.get("end_date") and cleaned.get("end_time", _BROKEN) is None:
        yield Problem("end_time", "required", message)


def end_after_move(saved: EventData, now: Mapping[str, Any]) -> datetime | None:
    """The end that the form shows, as far behind the start as it is saved; None without one.

    Of an event of several whole days it is the last day.
    """
    day, hour = now.get("start_date"), time() if saved.all_day else now.get("start_time")
    if day is None or hour is None or (saved.all_day and saved.last_day == saved.first_day):
        return None
    starts = WallClock(datetime.combine(day, hour))
    try:
        ends = saved.moved_end(starts, now.get("timezone") or saved.timezone)
    except OverflowError:
        return None
    if ends is None:
        return None
    shown = ends.local.replace(second=0, microsecond=0)
    return shown - timedelta(days=1) if saved.all_day else shown


def _initial(clock: WallClock, part: str, zone: str) -> dict[str, Any]:
    shown = clock.local.replace(second=0, microsecond=0)
    initial: dict[str, Any] = {f"{part}_date": shown.date(), f"{part}_time": shown.time()}
    # Of times that happen twice, Python compares none of two zones as equal: PEP 495.
    found = [each.astimezone(UTC) for each in readings(clock.local, zone)]
    if len(found) > 1:
        initial[f"{part}_reading"] = str(found.index(clock.instant(zone)))
    return initial
