"""From local times as people enter them to wall clocks; what is skipped or happens twice is asked.

Stored wall clocks are read leniently (`WallClock.instant`): no rules make them an error.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Final

from django.utils.translation import gettext as _

from events.wall_clock import WallClock
from ivent_site.zones import zone_of

_SECOND: Final = timedelta(seconds=1)
_MINUTE: Final = timedelta(minutes=1)


class NonexistentTimeError(ValueError):
    """Clocks skip this wall-clock time; a retry does not help. It names the times beside it."""


class AmbiguousTimeError(ValueError):
    """Clocks show this time twice: `readings` are both, with their offsets, the first one first."""

    def __init__(self, readings: Sequence[datetime], zone: str) -> None:
        first, second = readings
        super().__init__(
            _(
                "Clocks in %(zone)s show %(time)s twice on that day: give %(first)s for the first"
                " time, or %(second)s for the second."
            )
            % {
                "zone": zone,
                "time": f"{first:%H:%M}",
                "first": first.isoformat(),
                "second": second.isoformat(),
            }
        )
        self.readings = readings


def wall_clock(local: datetime, zone: str, *, fold: int | None = None) -> WallClock:
    """The wall clock of a naive local time; `fold` says which of two equal times is meant.

    Raises NonexistentTimeError for a time that clocks skip, AmbiguousTimeError for one that they
    show twice, unless `fold` says which.
    """
    found = readings(local, zone)
    if not found:
        raise NonexistentTimeError(_skipped(local, zone))
    if len(found) == 1:
        return WallClock(local, last_instant=found[0].astimezone(UTC))
    if fold is None:
        raise AmbiguousTimeError(found, zone)
    return WallClock(local, fold, found[fold].astimezone(UTC))


def readings(local: datetime, zone: str) -> list[datetime]:
    """The moments at which clocks show the naive local time: none, one or two, with offsets."""
    rules = zone_of(zone) or UTC
    aware = [local.replace(tzinfo=rules, fold=fold) for fold in (0, 1)]
    found = {each.astimezone(UTC): each for each in aware}
    return [
        shown
        for moment in sorted(found)
        if (shown := moment.astimezone(rules)).replace(tzinfo=None) == local
    ]


def moment(local: datetime, zone: str) -> datetime:
    """The UTC moment of a naive local time; errors as of `wall_clock`."""
    return wall_clock(local, zone).instant(zone)


def day_start(day: date, timezone: str) -> datetime:
    """The UTC moment at which the day begins; where midnight is skipped, the first one after."""
    return WallClock.on(day).instant(timezone)


def local_day(value: datetime, timezone: str) -> date:
    """The day that it is there at that moment."""
    return WallClock.of(value, timezone).day


def offset_text(value: datetime) -> str:
    """The offset of an aware moment, such as “UTC+05:30”; “UTC” for none."""
    offset = value.utcoffset() or timedelta()
    if not offset:
        return "UTC"
    # The real minus sign: lines do not break behind it.
    sign = "−" if offset < timedelta() else "+"
    minutes = abs(offset) // timedelta(minutes=1)
    return f"UTC{sign}{minutes // 60:02}:{minutes % 60:02}"


def day_of(clock: WallClock) -> WallClock:
    """The beginning of the time's day; itself, with what is known of it, if it is that."""
    whole = WallClock.on(clock.day)
    return clock if clock.local == whole.local else whole


def day_after(clock: WallClock) -> WallClock:
    """The end, exclusive, of whole days that reach up to this time."""
    is_whole = day_of(clock) is clock
    return clock if is_whole else WallClock.on(clock.day + timedelta(days=1))


def _skipped(local: datetime, zone: str) -> str:
    """What to say of a skipped time: the last minute before the gap, and the first time after."""
    rules = zone_of(zone) or UTC
    # By the offset before, it is a moment after the change; by the one after, a moment before.
    after, before = (local.replace(tzinfo=rules, fold=fold).astimezone(UTC) for fold in (0, 1))
    while after - before > _SECOND:
        middle = before + (after - before) / 2
        same = middle.astimezone(rules).utcoffset() == after.astimezone(rules).utcoffset()
        before, after = (before, middle) if same else (middle, after)
    first = after.replace(microsecond=0).astimezone(rules)
    last = (first.astimezone(UTC) - _MINUTE).astimezone(rules)
    message = _(
        "On that day clocks in %(zone)s skip %(time)s: choose another time. The last one before is"
        " %(before)s, the first one after %(after)s."
    )
    # Midnight is skipped in some places, and a whole day where the date line moves.
    shown = "%H:%M" if last.date() == first.date() else "%Y-%m-%d %H:%M"
    return message % {
        "zone": zone,
        "time": f"{local:%H:%M}",
        "before": last.strftime(shown),
        "after": first.strftime(shown),
    }
