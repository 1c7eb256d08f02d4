"""From what a body says about time to the times of an event.

A body may say `date` (all of that day), or `starts_at`, `ends_at`, `all_day`, each a day, a
moment or a wall-clock time; what a PATCH leaves out stays as it is.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from events.data import EventData
from events.errors import InvalidEventError, Problem
from events.times import NonexistentTimeError, day_start, local_day, moment, whole_days


def schedule(said: Mapping[str, Any], timezone: str, before: EventData | None) -> dict[str, Any]:
    """`starts_at`, `ends_at` and `all_day` as EventData takes them; raises InvalidEventError."""
    if (day := said.get("date")) is not None:
        return _all_of(day, said, timezone)
    all_day = said.get("all_day", before.all_day if before else False)
    starts_at = _moment("starts_at", said, timezone, before, all_day=all_day)
    ends_at = _moment("ends_at", said, timezone, before, all_day=all_day)
    if starts_at is None:
        message = "Give starts_at, or date for an event of a whole day."
        raise InvalidEventError([Problem("starts_at", "required", message)])
    # An end before the start is for the rules to refuse, which know no days.
    if all_day and (ends_at is None or ends_at > starts_at):
        starts_at, ends_at = whole_days(starts_at, ends_at, timezone)
    return {"starts_at": starts_at, "ends_at": ends_at, "all_day": all_day}


def _all_of(day: date, said: Mapping[str, Any], timezone: str) -> dict[str, Any]:
    """A whole day; with the moments beside it only if they say the same, as a GET's reply does."""
    if said.get("starts_at") is not None:
        span = schedule({**said, "date": None}, timezone, None)
        if span["all_day"] and local_day(span["starts_at"], timezone) == day:
            return span
    elif said.get("ends_at") is None and said.get("all_day") is not False:
        start, end = whole_days(day_start(day, timezone), None, timezone)
        return {"starts_at": start, "ends_at": end, "all_day": True}
    message = "Give either date, for a whole day, or starts_at and ends_at."
    raise InvalidEventError([Problem("date", "date_and_time", message)])


def _moment(
    field: str, said: Mapping[str, Any], timezone: str, before: EventData | None, *, all_day: bool
) -> datetime | None:
    if field in said:
        return resolved(field, said[field], timezone, all_day=all_day)
    kept: datetime | None = getattr(before, field, None)
    if kept and before and before.all_day and all_day and before.timezone != timezone:
        # A day stays that day when the event moves to another zone.
        return day_start(local_day(kept, before.timezone), timezone)
    return kept


def resolved(
    field: str, value: date | datetime | None, timezone: str, *, all_day: bool
) -> datetime | None:
    """The moment that the field's value means in the zone; raises InvalidEventError."""
    if value is None or (isinstance(value, datetime) and value.tzinfo is not None):
        return value
    if isinstance(value, datetime):
        try:
            return moment(value, timezone)
        except NonexistentTimeError as err:
            raise InvalidEventError([Problem(field, "skipped_time", str(err))]) from err
    if not all_day:
        message = "Give the time as well, or say that the event is all_day."
        raise InvalidEventError([Problem(field, "time_missing", message)])
    return day_start(value, timezone)
