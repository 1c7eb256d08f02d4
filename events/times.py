"""Between wall clocks and moments: an event's times are entered and shown where it takes place."""

from datetime import UTC, date, datetime, time, timedelta

from ivent_site.zones import zone_rules


class NonexistentTimeError(ValueError):
    """Clocks skip this wall-clock time; a retry does not help."""


def moment(wall_clock: datetime, timezone: str) -> datetime:
    """The UTC moment of a naive wall-clock time; of a time that happens twice, the first.

    Raises NonexistentTimeError for a time that the change to summer time skips.
    """
    found = wall_clock.replace(tzinfo=zone_rules(timezone)).astimezone(UTC)
    if found.astimezone(zone_rules(timezone)).replace(tzinfo=None) != wall_clock:
        raise NonexistentTimeError(
            f"On that day clocks in {timezone} skip {wall_clock:%H:%M}: choose another time."
        )
    return found


def moment_after_gap(wall_clock: datetime, timezone: str) -> datetime:
    """The same; a time that is skipped becomes what clocks show then, an hour later."""
    return wall_clock.replace(tzinfo=zone_rules(timezone)).astimezone(UTC)


def happens_twice(wall_clock: datetime, timezone: str) -> bool:
    """Whether clocks are put back over this wall-clock time."""
    first = wall_clock.replace(tzinfo=zone_rules(timezone), fold=0)
    # Of a skipped time the later reading is the earlier moment.
    return first.utcoffset() != first.replace(fold=1).utcoffset() and (
        first.astimezone(UTC) < first.replace(fold=1).astimezone(UTC)
    )


def day_start(day: date, timezone: str) -> datetime:
    """The UTC moment at which the day begins; where midnight is skipped, the first one after."""
    return datetime.combine(day, time(), zone_rules(timezone)).astimezone(UTC)


def local_day(value: datetime, timezone: str) -> date:
    """The day that it is there at that moment."""
    return value.astimezone(zone_rules(timezone)).date()


def whole_days(
    starts_at: datetime, ends_at: datetime | None, timezone: str
) -> tuple[datetime, datetime]:
    """Start and exclusive end of the all-day event that covers these moments."""
    first = local_day(starts_at, timezone)
    if ends_at is None:
        return day_start(first, timezone), day_start(first + timedelta(days=1), timezone)
    after = local_day(ends_at, timezone)
    if ends_at.astimezone(UTC) != day_start(after, timezone):
        after += timedelta(days=1)
    return day_start(first, timezone), day_start(after, timezone)


def last_day(ends_at: datetime, timezone: str) -> date:
    """The last day of an all-day event with this exclusive end."""
    return local_day(ends_at, timezone) - timedelta(days=1)


def offset_text(value: datetime) -> str:
    """The offset of an aware moment, such as “UTC+05:30”; “UTC” for none."""
    offset = value.utcoffset() or timedelta()
    if not offset:
        return "UTC"
    # The real minus sign: lines do not break behind it.
    sign = "−" if offset < timedelta() else "+"
    minutes = abs(offset) // timedelta(minutes=1)
    return f"UTC{sign}{minutes // 60:02}:{minutes % 60:02}"
