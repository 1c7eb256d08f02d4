"""From what a form or a body says about time to an event's times, or to every problem at once."""

from collections.abc import Mapping
from typing import Any

from events.data import EventData
from events.errors import InvalidEventError, Problem
from events.schedule import schedule


def entered_times(
    said: Mapping[str, Any],
    timezone: str,
    before: EventData | None,
    saved: EventData | None,
) -> tuple[dict[str, Any] | None, list[Problem]]:
    """What `schedule` gives, and no problems; or None, and the problems of both start and end."""
    try:
        return schedule(said, timezone, before, saved), []
    except InvalidEventError as err:
        return None, err.problems
