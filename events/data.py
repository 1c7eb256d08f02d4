"""What a person says about an event, without what the system keeps about it."""

from dataclasses import dataclass
from typing import Any, Final

from events.wall_clock import EventTimes


@dataclass(frozen=True, kw_only=True)
class EventData(EventTimes):
    """The content of an event."""

    title: str
    description: str = ""
    location: str = ""
    url: str = ""
    topics: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Field → value, not copied."""
        return {name: getattr(self, name) for name in CONTENT_FIELDS}


# What readers see of an event, in the order in which they read what has changed.
CONTENT_FIELDS: Final = (
    *("title", "starts", "timezone", "ends", "all_day"),
    *("description", "location", "url", "topics"),
)
