"""What a person says about an event, without what the system keeps about it."""

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any


@dataclass(frozen=True, kw_only=True)
class EventData:
    """The content of an event.

    Moments are aware. An all-day event starts at local midnight of its first day and ends
    at that of the day after its last; see `events.times.whole_days`.
    """

    title: str
    starts_at: datetime
    timezone: str
    ends_at: datetime | None = None
    all_day: bool = False
    description: str = ""
    location: str = ""
    url: str = ""
    topics: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Field → value, not copied."""
        return {name: getattr(self, name) for name in CONTENT_FIELDS}


# What readers see of an event: a change of any of these is worth telling them.
CONTENT_FIELDS = tuple(field.name for field in fields(EventData))
