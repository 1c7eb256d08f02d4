"""Whether an event's times are likely to be meant: slips of the hand are warned of, in words."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from events.presentation import EventDisplay
from events.snapshot import EventSnapshot

# Whoever enters longer or shorter ones has often mistaken a month, a year or a.m. for p.m.
LONG_TIMED: Final = timedelta(hours=24)
LONG_WHOLE_DAYS: Final = timedelta(days=14)
SHORT: Final = timedelta(minutes=10)
FAR_AWAY: Final = timedelta(days=366)
MORNING_HOUR: Final = 6
_FIRST_WEEKEND_DAY: Final = 5
_DAY: Final = timedelta(days=1)


def length_of(event: EventSnapshot) -> timedelta | None:
    """How long it takes: whole days on the wall clock, less than a day in hours that pass.

    None if it has no end.
    """
    if event.ends is None or event.ends_at is None:
        return None
    on_clock = event.ends.local - event.starts.local
    # "Until the same time tomorrow" is a day, also when clocks are changed in between.
    return on_clock if on_clock >= _DAY else event.ends_at - event.starts_at


def length_text(length: timedelta | None) -> str:
    """Such as “2 hours 30 minutes”; "" for none."""
    if length is None or length < timedelta(minutes=1):
        return ""
    minutes = round(length.total_seconds() / 60)
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    parts = [
        days and ngettext("%(number)d day", "%(number)d days", days) % {"number": days},
        hours and ngettext("%(number)d hour", "%(number)d hours", hours) % {"number": hours},
        minutes
        and ngettext("%(number)d minute", "%(number)d minutes", minutes) % {"number": minutes},
    ]
    return " ".join(str(part) for part in parts if part)


def when_warnings(event: EventSnapshot, *, now: datetime) -> Iterator[str]:
    """What is unusual about the event's times."""
    shown = EventDisplay(event)
    length = length_of(event)
    if length is not None:
        is_long = length > (LONG_WHOLE_DAYS if event.all_day else LONG_TIMED)
        values = {"length": length_text(length)}
        if is_long:
            yield _("The event takes %(length)s: is the end right?") % values
        elif length < SHORT:
            yield _("The event takes only %(length)s: is the end right?") % values
    start = event.starts_local
    if not event.all_day and start.hour < MORNING_HOUR:
        is_weekend = start.weekday() >= _FIRST_WEEKEND_DAY
        text = (
            _("The event starts at night on a weekend (%(start)s): is the time right?")
            if is_weekend
            else _("The event starts at night (%(start)s): is the time right?")
        )
        yield text % {"start": shown.starts_text}
    if event.starts_at > now + FAR_AWAY:
        text = _("The event is more than a year away (%(start)s): is the year right?")
        yield text % {"start": shown.starts_text}
