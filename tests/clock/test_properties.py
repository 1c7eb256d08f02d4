"""Random zones and pairs of releases, earlier to later and back: the time on the clock stays."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from events.enums import EventStatus
from events.snapshot import EventSnapshot
from events.times import readings
from events.wall_clock import EventTimes, WallClock, times_from_json
from notifications.digest_events import DigestEvent
from tests.clock.make_releases import RELEASES
from tests.clock.rules import differing_zones, rules, switch_rules
from tests.factories import make_data

START = datetime(2024, 1, 1)  # noqa: DTZ001 - on the clock


@st.composite
def journeys(draw):
    """Two releases, a zone of which they differ, and a local time near a change of its clocks."""
    old, new = draw(st.lists(st.sampled_from([*RELEASES]), min_size=2, max_size=2, unique=True))
    zones = differing_zones(old, new)
    zone = draw(st.sampled_from(zones)) if zones else "America/Vancouver"
    minutes = draw(st.integers(0, 5 * 366 * 24 * 2))
    return old, new, zone, START + timedelta(minutes=30 * minutes), draw(st.integers(0, 1))


@settings(max_examples=300, deadline=None)
@given(journeys())
def test_a_wall_clock_survives_any_other_rules(journey):
    old, new, zone, local, fold = journey
    with rules(old):
        clock = WallClock(local, fold).derived(zone)
        times = EventTimes(starts=clock, timezone=zone)
        before, told = clock.instant(zone), times.times_json()
        # What is said of the moment leads back to it.
        again = WallClock.of(before, zone)
        assert again.instant(zone) == before
        if readings(local, zone):
            assert again.local == local
        switch_rules(new)
        moved = clock.instant(zone)
        # The clock is kept, and deriving again changes nothing.
        assert clock.derived(zone).derived(zone).instant(zone) == clock.derived(zone).instant(zone)
        assert (clock.derived(zone).local, clock.derived(zone).fold) == (local, fold)
        possible = [each.astimezone(UTC) for each in readings(local, zone)]
        assert not possible or moved in possible
        # A time that is still possible at its moment is not moved.
        if fold == 0 and before in possible and len(possible) == 2:
            assert moved == before
        # What was told is known, in stored forms too.
        stored = EventTimes(**times_from_json(told))
        assert (stored.starts, stored.starts_at) == (clock, moved)
        assert stored.as_told().starts_at == before
        switch_rules(old)
        assert clock.instant(zone) == before


@settings(max_examples=100, deadline=None)
@given(journeys(), st.booleans())
def test_snapshots_and_digests_keep_the_clock_and_know_what_was_told(journey, all_day):
    old, new, zone, local, fold = journey
    with rules(old):
        starts = WallClock.on(local.date()) if all_day else WallClock(local, fold)
        ends = WallClock.on(local.date() + timedelta(days=2)) if all_day else None
        data = make_data(starts=starts, ends=ends, timezone=zone, all_day=all_day)
        snapshot = EventSnapshot(
            **data.as_dict(), id="x", version=1, status=EventStatus.PUBLISHED, updated_at=NOW
        )
        listed = DigestEvent.of(snapshot, names={}, is_new=True, is_further=False)
        forms = snapshot.to_json(), listed.to_json()
        moments = snapshot.starts_at, snapshot.ends_at
        switch_rules(new)
        for read in (EventSnapshot.from_json(forms[0]), DigestEvent.from_json(forms[1])):
            assert (read.starts, read.ends, read.all_day) == (starts, ends, all_day)
            assert (read.first_day, read.last_day - read.first_day) == (
                local.date(),
                timedelta(days=1 if all_day else 0),
            )
            assert (read.as_told().starts_at, read.as_told().ends_at) == moments


NOW = datetime(2026, 11, 28, 10, tzinfo=UTC)


@pytest.mark.parametrize("release", RELEASES)
def test_each_release_can_be_used(release):
    with rules(release):
        assert WallClock(START).instant("Europe/Berlin") == datetime(2023, 12, 31, 23, tzinfo=UTC)
