"""When an event is, in the reader's language and time zone."""

from datetime import datetime

from django.utils import dateformat, translation

from events.times import offset_text
from events.wall_clock import EventTimes
from ivent_site.zones import canonical, zone_names, zone_of, zone_rules
from notifications.phrases import LANGUAGES, Phrases


def when(event: EventTimes, *, language: str, timezone: str = "") -> tuple[str, str]:
    """The event's time as the reader's clock shows it, and as the clock there does.

    The second is empty where both show the same. An all-day event has days only; they are
    the days of the place, wherever the reader is.
    """
    with translation.override(language):
        if event.all_day:
            return _days(event, language), ""
        there = _span(event.starts_local, event.ends_local, event.timezone, language)
        zone = zone_of(timezone) if timezone else None
        if zone is None:
            return there, ""
        starts = event.starts_at.astimezone(zone)
        ends = event.ends_at.astimezone(zone) if event.ends_at else None
        if _clocks(starts, ends) == _clocks(event.starts_local, event.ends_local):
            return there, ""
        return _span(starts, ends, timezone, language), there


def moment_text(value: datetime, *, language: str, timezone: str) -> str:
    """A moment on the clock of that zone, with its name."""
    words = LANGUAGES[language]
    local = value.astimezone(zone_rules(timezone))
    with translation.override(language):
        text = _moment(local, words.date_format, words.time_format)
    return f"{text}, {_place(timezone, local)}"


def clock_text(local: datetime, words: Phrases) -> str:
    """A time on the clock, as people say it: “6 PM”, “18 Uhr”."""
    return dateformat.format(local, words.time_format if local.minute else words.hour_format)


def _days(event: EventTimes, language: str) -> str:
    first, last = event.first_day, event.last_day
    date_format = LANGUAGES[language].date_format
    days = [first] if last <= first else [first, last]
    return " – ".join(dateformat.format(day, date_format) for day in days)


def _span(start: datetime, end: datetime | None, timezone: str, language: str) -> str:
    words = LANGUAGES[language]
    text = _moment(start, words.date_format, words.time_format)
    if end is None:
        return f"{text}, {_place(timezone, start)}"
    same_day = end.date() == start.date()
    until = _moment(end, "" if same_day else words.date_format, words.time_format)
    if start.utcoffset() == end.utcoffset():
        return f"{text} – {until}, {_place(timezone, start)}"
    # Clocks change in between: 01:30 – 02:30 may take two hours, or none.
    offsets = offset_text(start), offset_text(end)
    return f"{text} ({offsets[0]}) – {until} ({offsets[1]}), {_name(timezone)}"


def _moment(value: datetime, date_format: str, time_format: str) -> str:
    formats = [each for each in (date_format, time_format) if each]
    return ", ".join(dateformat.format(value, each) for each in formats)


def _place(timezone: str, value: datetime) -> str:
    name, offset = _name(timezone), offset_text(value)
    return name if name == offset else f"{name} ({offset})"


def _name(timezone: str) -> str:
    return canonical(timezone).replace("_", " ")


def _clocks(*local: datetime | None) -> list[datetime]:
    return [each.replace(tzinfo=None) for each in local if each]


def known_timezone(timezone: str) -> str:
    """The zone if there is one of this name, else ""."""
    return timezone if timezone in zone_names() else ""
