"""What somebody else has changed, as the form of an event says it."""

from typing import Any

from django.contrib.admin.utils import label_for_field

from events.data import EventData
from events.models import Event
from events.snapshot import Change
from events.wall_clock import WallClock

_SHOWN_CHARS = 1000


def change_text(change: Change, data: EventData) -> str:
    """The field and its new value, its times on the clock of the place."""
    label = str(label_for_field(change.field, Event)).capitalize()
    return f"{label}: {_shown(change.new, data)}"


def _shown(value: Any, data: EventData) -> str:
    if isinstance(value, WallClock):
        return f"{value.local:%Y-%m-%d}" if data.all_day else f"{value.local:%Y-%m-%d %H:%M}"
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = ", ".join(value) if isinstance(value, tuple) else str(value or "")
    return text[:_SHOWN_CHARS] or "(empty)"
