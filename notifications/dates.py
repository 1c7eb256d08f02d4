"""When an event is, in the reader's language and time zone."""

from datetime import datetime
from typing import Protocol

from django.utils import dateformat, translation

from events.times import last_day, local_day, offset_text
from ivent_site.zones import canonical, zone_names, zone_rules
from notifications.phrases import LANGUAGES


class Timed(Protocol):
    """Whatever has the times of an event."""

    @property
    def starts_at(self) -> datetime: ...

    @property
    def ends_at(self) -> datetime | None: ...

    @property
    def timezone(self) -> str: ...

    @property
    def all_day(self) -> bool: ...


def when(event: Timed, *, language: str, timezone: str = "") -> tuple[str, str]:
    """The event's time as the reader's clock shows it, and as the clock there does.

    The second is empty where both show the same. An all-day event has days only; they are
    the days of the place, wherever the reader is.
    """
    with translation.override(language):
        if event.all_day:
            return _days(event, language), ""
        there = _span(event, event.timezone, language)
        if not timezone or _same_clock(event, timezone):
            return there, ""
        return _span(event, timezone, language), there


def moment_text(value: datetime, *, language: str, timezone: str) -> str:
    """A moment on the clock of that zone, with its name."""
    words = LANGUAGES[language]
    local = value.astimezone(zone_rules(timezone))
    with translation.override(language):
        text = _moment(local, words.date_format, words.time_format)
    return f"{text}, {_place(timezone, local)}"


def _days(event: Timed, language: str) -> str:
    first = local_day(event.starts_at, event.timezone)
    last = last_day(event.ends_at, event.timezone) if event.ends_at else first
    date_format = LANGUAGES[language].date_format
    days = [first] if last <= first else [first, last]
    return " – ".join(dateformat.format(day, date_format) for day in days)


def _span(event: Timed, timezone: str, language: str) -> str:
    words = LANGUAGES[language]
    rules = zone_rules(timezone)
    start = event.starts_at.astimezone(rules)
    text = _moment(start, words.date_format, words.time_format)
    if event.ends_at is None:
        return f"{text}, {_place(timezone, start)}"
    end = event.ends_at.astimezone(rules)
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


def _same_clock(event: Timed, timezone: str) -> bool:
    here, there = zone_rules(timezone), zone_rules(event.timezone)
    moments = [event.starts_at, *([event.ends_at] if event.ends_at else [])]
    return all(
        moment.astimezone(here).utcoffset() == moment.astimezone(there).utcoffset()
        for moment in moments
    )


def known_timezone(timezone: str) -> str:
    """The zone if there is one of this name, else ""."""
    return timezone if timezone in zone_names() else ""
