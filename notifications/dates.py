"""When an event is, in the reader's language and time zone."""

from datetime import UTC, datetime, timedelta
from functools import cache

from django.utils import dateformat, translation

from events.times import timezone_names
from events.wall_clock import EventTimes
from ivent_site.zone_rules import zone_of
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
    local = value.astimezone(zone_of(timezone) or UTC)
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
    if end:
        same_day = end.date() == start.date()
        text += " – " + _moment(end, "" if same_day else words.date_format, words.time_format)
    return f"{text}, {_place(timezone, start)}"


def _moment(value: datetime, date_format: str, time_format: str) -> str:
    formats = [each for each in (date_format, time_format) if each]
    return ", ".join(dateformat.format(value, each) for each in formats)


def _place(timezone: str, value: datetime) -> str:
    name, offset = timezone.replace("_", " "), _offset(value)
    return name if name == offset else f"{name} ({offset})"


def _offset(value: datetime) -> str:
    offset = value.utcoffset() or timedelta()
    if not offset:
        return "UTC"
    # The real minus sign: lines do not break behind it.
    sign = "−" if offset < timedelta() else "+"
    minutes = abs(offset) // timedelta(minutes=1)
    return f"UTC{sign}{minutes // 60:02}:{minutes % 60:02}"


def _clocks(*local: datetime | None) -> list[datetime]:
    return [each.replace(tzinfo=None) for each in local if each]


@cache
def known_timezone(timezone: str) -> str:
    """The zone if it is one, else "": a zone may vanish from the database of zones."""
    return timezone if timezone in timezone_names() else ""
