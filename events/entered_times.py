"""From what a form or a body says about time to an event's times, with every problem at once."""

from collections.abc import Mapping
from datetime import datetime, tzinfo
from typing import Any

from events.data import EventData
from events.errors import InvalidEventError, Problem
from events.schedule import resolved, schedule
from events.times import moment_after_gap
from ivent_site.zones import zone_rules

_TIMES = ("starts_at", "ends_at")


def entered_times(
    said: Mapping[str, Any], timezone: str, before: EventData | None
) -> tuple[dict[str, Any] | None, list[Problem]]:
    """What `schedule` gives, and no problems; or None, and the problems of both start and end."""
    problems: list[Problem] = []
    if said.get("date") is None:
        all_day = said.get("all_day", before.all_day if before else False)
        for field in _TIMES:
            try:
                resolved(field, said.get(field), timezone, all_day=all_day)
            except InvalidEventError as err:
                problems += err.problems
    if problems:
        return None, problems
    try:
        return schedule(said, timezone, before), []
    except InvalidEventError as err:
        return None, err.problems


def with_kept_length(
    said: Mapping[str, Any], timezone: str, before: EventData | None
) -> Mapping[str, Any]:
    """What was said; a start that moves alone takes the end along, on the wall clock.

    An event that is all day from now on, or no longer, has no length to keep.
    """
    is_start_alone = said.get("starts_at") is not None and not {"ends_at", "date"} & said.keys()
    if before is None or before.ends_at is None or not is_start_alone:
        return said
    if said.get("all_day", before.all_day) != before.all_day:
        return said
    try:
        start = resolved("starts_at", said["starts_at"], timezone, all_day=before.all_day)
    except InvalidEventError:
        return said
    zone = zone_rules(before.timezone)
    length = _wall_clock(before.ends_at, zone) - _wall_clock(before.starts_at, zone)
    if start is None:
        return said
    try:
        end = moment_after_gap(_wall_clock(start, zone_rules(timezone)) + length, timezone)
    except OverflowError:
        return said
    return {**said, "ends_at": end}


def _wall_clock(moment: datetime, zone: tzinfo) -> datetime:
    return moment.astimezone(zone).replace(tzinfo=None)
