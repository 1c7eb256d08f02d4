"""The reminders that a form offers."""

from collections.abc import Iterable

from django.utils.translation import ngettext

from events.reminders import DAY_MINUTES

_HOUR_MINUTES = 60
# What most people choose of; the API takes any.
_REMINDERS = (
    14 * DAY_MINUTES,
    7 * DAY_MINUTES,
    3 * DAY_MINUTES,
    DAY_MINUTES,
    3 * _HOUR_MINUTES,
    _HOUR_MINUTES,
)


def reminder_choices(chosen: Iterable[int]) -> list[tuple[int, str]]:
    """The usual reminders and those that are chosen already, the earliest first."""
    return [(each, _before(each)) for each in sorted({*_REMINDERS, *chosen}, reverse=True)]


def _before(minutes: int) -> str:
    if minutes % DAY_MINUTES == 0:
        days = minutes // DAY_MINUTES
        return ngettext("%(days)d day before", "%(days)d days before", days) % {"days": days}
    if minutes % _HOUR_MINUTES == 0:
        hours = minutes // _HOUR_MINUTES
        return ngettext("%(hours)d hour before", "%(hours)d hours before", hours) % {"hours": hours}
    return ngettext("%(minutes)d minute before", "%(minutes)d minutes before", minutes) % {
        "minutes": minutes
    }
