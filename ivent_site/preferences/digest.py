"""When the weekly digest goes out: on one weekday at one hour, by the clock of the default zone.

Readers of the digest are not told of an event when it is published, because the next digest
will. So a slot that has been promised is kept, even if the schedule changes or ends before it;
and a schedule keeps no slot from before it was set.

A slot is a time on the clock; its moment is derived by the rules of this process. So new rules of
the zone move slots, and never make two of one.
"""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Final, NamedTuple

from ivent_site.preferences.selectors import Preferences
from ivent_site.zones import zone_rules

WEEK: Final = timedelta(days=7)
# What is announced so shortly before a digest is made may not be in it: the index it is made
# of is a moment behind.
CLOSE: Final = timedelta(minutes=5)
# So soon after a promised digest another one would only repeat it.
APART: Final = WEEK / 2
# Enough for the slot before now, for the next one, and for one more if that is left out.
_DAYS: Final = range(-8, 17)


class _Slot(NamedTuple):
    """The moment, the clock's time, and both as they are kept: "2026-11-28T08:00:00[ZONE]"."""

    at: datetime
    clock: datetime
    text: str


def digest_next(preferences: Preferences, *, now: datetime) -> datetime | None:
    """When the first digest after now goes out; None if none will."""
    slot = _next(preferences, now)
    return slot and slot.at


def digest_telling(preferences: Preferences, *, now: datetime) -> datetime | None:
    """When the digest goes out that surely lists what is announced now; None if none will."""
    return digest_next(preferences, now=now + CLOSE)


def digest_due(preferences: Preferences, *, now: datetime) -> datetime | None:
    """The slot of the digest that readers should have by now; None if there was none this week.

    A digest that was missed is made up for until the next one is due.
    """
    slot = _due(preferences, now)
    return slot and slot.at


def digest_clock(preferences: Preferences, *, slot: datetime) -> datetime:
    """What the clock showed, or shows, at a slot: its name, whatever rules hold."""
    at_that_moment = (each.clock for each in _slots(preferences, slot) if each.at == slot)
    zone = zone_rules(preferences.default_timezone)
    return next(at_that_moment, slot.astimezone(zone).replace(tzinfo=None))


def digest_rescheduled(before: Preferences, after: Preferences, *, now: datetime) -> Preferences:
    """The preferences that follow on `before`, with the slots of before that are still kept."""
    if _schedule(before) == _schedule(after):
        return after
    promised, due = _next(before, now), _due(before, now)
    sooner = min(_regular(after, now, since=now), default=None)
    if promised and sooner and sooner.at <= promised.at:
        promised = None
    return replace(
        after,
        digest_since=now,
        # Nobody can tell from here whether the digest that is due has been made.
        digest_last=due and due.text,
        digest_promised=promised and promised.text,
    )


def _next(preferences: Preferences, now: datetime) -> _Slot | None:
    return min((slot for slot in _slots(preferences, now) if slot.at > now), default=None)


def _due(preferences: Preferences, now: datetime) -> _Slot | None:
    slots = (slot for slot in _slots(preferences, now) if now - WEEK <= slot.at <= now)
    return max(slots, default=None)


def _schedule(preferences: Preferences) -> tuple[int | None, int, str]:
    return preferences.digest_weekday, preferences.digest_hour, preferences.default_timezone


def _slots(preferences: Preferences, now: datetime) -> list[_Slot]:
    last, promised = map(_kept, (preferences.digest_last, preferences.digest_promised))
    slots = _regular(preferences, now, since=preferences.digest_since)
    if promised is not None:
        slots = [promised, *(slot for slot in slots if abs(slot.at - promised.at) >= APART)]
    return slots if last is None else [last, *slots]


def _regular(preferences: Preferences, now: datetime, *, since: datetime | None) -> list[_Slot]:
    if preferences.digest_weekday is None:
        return []
    zone = preferences.default_timezone
    hour, today = time(preferences.digest_hour), now.astimezone(zone_rules(zone)).date()
    days = (today + timedelta(days=days) for days in _DAYS)
    slots = (
        _slot(datetime.combine(day, hour), zone)
        for day in days
        if day.weekday() == preferences.digest_weekday
    )
    return [slot for slot in slots if since is None or slot.at > since]


def _slot(clock: datetime, zone: str) -> _Slot:
    # An hour that clocks skip becomes the one after; of one that comes twice, the first counts.
    at = clock.replace(tzinfo=zone_rules(zone)).astimezone(UTC)
    return _Slot(at, clock, f"{clock.isoformat()}[{zone}]")


def _kept(text: str | None) -> _Slot | None:
    if text is None:
        return None
    clock, _bracket, zone = text.removesuffix("]").partition("[")
    return _slot(datetime.fromisoformat(clock), zone)
