"""What clocks at an event's place show, and which moments that is.

The wall clock is what people agree on: "Saturday at six in Vancouver" stays at six, whatever a
government decides about Vancouver's offset. So events keep the wall clock, and moments are
derived from it, by the rules that this process has.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Any, Final, Self

from ivent_site.zones import zone_of

# Like the suffixes of RFC 9557: the second of two equal times.
_SECOND: Final = "[fold=1]"


@dataclass(frozen=True, slots=True)
class WallClock:
    """A local date and time; `fold` is 1 for the second of two equal times.

    `last_instant` is the moment that it was when it was last derived, or as subscribers were
    told it. It holds where the rules no longer know the zone, and does not count in comparisons.
    """

    local: datetime
    fold: int = 0
    last_instant: datetime | None = field(default=None, compare=False)

    @classmethod
    def of(cls, instant: datetime, zone: str) -> Self:
        """What clocks in the zone show at a moment; of an unknown zone, in UTC."""
        shown = instant.astimezone(zone_of(zone) or UTC)
        return cls(shown.replace(tzinfo=None, fold=0), shown.fold, instant.astimezone(UTC))

    @classmethod
    def on(cls, day: date) -> Self:
        """The beginning of a day."""
        return cls(datetime.combine(day, time()))

    @classmethod
    def parse(cls, text: str, *, last_instant: datetime | None = None) -> Self:
        """The wall clock that `text` gave; ValueError for anything else."""
        local = datetime.fromisoformat(text.removesuffix(_SECOND))
        if local.tzinfo is not None:
            raise ValueError(f"{text!r} has an offset, which a wall clock has not.")
        return cls(local, int(text.endswith(_SECOND)), last_instant)

    def text(self, *, all_day: bool) -> str:
        """Such as "2027-10-31T02:30:00"; of an all-day event only the date."""
        if all_day:
            return self.day.isoformat()
        return self.local.isoformat() + (_SECOND if self.fold else "")

    @property
    def day(self) -> date:
        """The local date."""
        return self.local.date()

    def instant(self, zone: str) -> datetime:
        """The moment in UTC, by the rules of this process; never raises.

        A time that clocks skip is what they show instead: as much later as they skip. One that
        they show twice only by new rules stays the moment that it was. Where the zone is unknown,
        the last known moment holds.
        """
        rules = zone_of(zone)
        if rules is None:
            return self.last_instant or self.local.replace(tzinfo=UTC)
        first, second = (
            self.local.replace(tzinfo=rules, fold=fold).astimezone(UTC) for fold in (0, 1)
        )
        # Of a time that is skipped, the second reading is the earlier moment, and never meant.
        is_second = self.fold or self.last_instant == second
        return max(first, second) if is_second else first

    def derived(self, zone: str) -> Self:
        """The same, with the moment that it is by the rules of this process."""
        return replace(self, last_instant=self.instant(zone))

    def as_told(self) -> datetime | None:
        """The local time with the offset that it had when it was last derived, if it was."""
        if self.last_instant is None:
            return None
        offset = self.local - self.last_instant.replace(tzinfo=None)
        return self.last_instant.astimezone(_fixed(offset))


@dataclass(frozen=True, kw_only=True)
class EventTimes:
    """When an event takes place, by the clocks of its place.

    An all-day event has days only: from that of `starts` to the one before that of `ends`.
    """

    starts: WallClock
    timezone: str
    ends: WallClock | None = None
    all_day: bool = False

    @property
    def starts_at(self) -> datetime:
        """The moment of the start, by the rules of this process."""
        return self._instant(self.starts)

    @property
    def ends_at(self) -> datetime | None:
        """The first moment after it."""
        return self._instant(self.ends) if self.ends else None

    @property
    def starts_local(self) -> datetime:
        """The start as clocks there show it, with its offset."""
        return self._local(self.starts)

    @property
    def ends_local(self) -> datetime | None:
        """The end as clocks there show it, with its offset."""
        return self._local(self.ends) if self.ends else None

    @property
    def first_day(self) -> date:
        """The day of the start."""
        return self.starts.day

    @property
    def last_day(self) -> date:
        """The last day of an all-day event."""
        return self.ends.day - timedelta(days=1) if self.ends else self.first_day

    def moved_end(self, starts: WallClock, timezone: str) -> WallClock | None:
        """The end if it began at `starts` in that zone: as much later on the clock as it is now.

        From seven to nine stays so, also over a night in which clocks are changed. But what ends
        on the clock before it begins lasts as long as it does now. Raises OverflowError beyond
        the year 9999.
        """
        if self.ends is None or self.ends_at is None:
            return None
        on_clock = self.ends.local - self.starts.local
        if self.all_day:
            return WallClock(WallClock.on(starts.day).local + on_clock)
        began = starts.instant(timezone)
        ended = WallClock(starts.local + on_clock).instant(timezone)
        if ended <= began:
            # It begins in the second of two equal hours.
            ended = WallClock(starts.local + on_clock, fold=1).instant(timezone)
        if on_clock <= timedelta(0):
            ended = began + (self.ends_at - self.starts_at)
        return WallClock.of(ended, timezone)

    def as_told(self) -> "ToldTimes":
        """The same times as they were last derived, or told, whatever the rules say now."""
        return ToldTimes(**{name: getattr(self, name) for name in TIME_FIELDS})

    def times_json(self) -> dict[str, Any]:
        """Plain values: the wall clock, and the moment with the offset that it has now."""
        return {
            "starts": self.starts.text(all_day=self.all_day),
            "starts_at": self.starts_local.isoformat(),
            "timezone": self.timezone,
            "ends": self.ends.text(all_day=self.all_day) if self.ends else None,
            "ends_at": self.ends_local.isoformat() if self.ends_local else None,
            "all_day": self.all_day,
        }

    def _instant(self, clock: WallClock) -> datetime:
        return clock.instant(self.timezone)

    def _local(self, clock: WallClock) -> datetime:
        zone = zone_of(self.timezone)
        if zone is not None:
            return clock.instant(self.timezone).astimezone(zone)
        return clock.as_told() or clock.local.replace(tzinfo=UTC)


class ToldTimes(EventTimes):
    """An event's times as they were told: no rules change them."""

    def _instant(self, clock: WallClock) -> datetime:
        return clock.last_instant or super()._instant(clock)

    def _local(self, clock: WallClock) -> datetime:
        return clock.as_told() or super()._local(clock)


TIME_FIELDS: Final = ("starts", "timezone", "ends", "all_day")


def times_from_json(value: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of EventTimes that `times_json` gave.

    Older forms have no wall clock: there, it is the moment's, with the offset that was told.
    """
    return {
        "starts": _clock(value, "starts"),
        "timezone": value["timezone"],
        "ends": _clock(value, "ends") if value["ends_at"] else None,
        "all_day": value["all_day"],
    }


def told_times(value: Mapping[str, Any]) -> ToldTimes:
    """The times as `times_json` gave them, whatever the rules say now."""
    return ToldTimes(**times_from_json(value))


def _clock(value: Mapping[str, Any], name: str) -> WallClock:
    told = datetime.fromisoformat(value[f"{name}_at"])
    if (text := value.get(name)) is not None:
        return WallClock.parse(text, last_instant=told.astimezone(UTC))
    return told_clock(told, value["timezone"], all_day=value["all_day"])


def told_clock(told: datetime, zone: str, *, all_day: bool) -> WallClock:
    """The wall clock of a local time that was told with its offset."""
    local = told.replace(tzinfo=None)
    if all_day:
        return replace(WallClock.on(local.date()), last_instant=told.astimezone(UTC))
    # The offset says which of two equal times it is, as long as there are two.
    first, second = (WallClock(local, fold).instant(zone) for fold in (0, 1))
    return WallClock(local, int(first != second == told), told.astimezone(UTC))


def _fixed(offset: timedelta) -> timezone:
    """An offset that Python can hold; any other, as of a damaged row, is UTC."""
    return timezone(offset) if abs(offset) < timedelta(days=1) else UTC
