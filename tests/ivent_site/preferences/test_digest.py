"""When the digest goes out, and that no change of the schedule loses what was promised."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from ivent_site.preferences.digest import digest_due, digest_next, digest_rescheduled
from ivent_site.preferences.selectors import preferences_defaults

# A Monday.
SET_AT = datetime(2026, 3, 2, 12, tzinfo=UTC)
WEEK = timedelta(days=7)
MONDAY, TUESDAY, FRIDAY = 0, 1, 4


def schedule(weekday=MONDAY, hour=9, **values):
    return replace(
        preferences_defaults(),
        default_timezone="Europe/Berlin",
        digest_weekday=weekday,
        digest_hour=hour,
        **{"digest_since": SET_AT, **values},
    )


def rescheduled(before, now, **values):
    return digest_rescheduled(before, replace(before, **values), now=now)


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def slots(preferences, *, start, count):
    found = []
    for _ in range(count):
        start = digest_next(preferences, now=start)
        if start is None:
            break
        found.append(start)
    return found


def test_without_a_weekday_there_is_none():
    off = schedule(weekday=None)
    assert (digest_next(off, now=SET_AT), digest_due(off, now=SET_AT)) == (None, None)


def test_it_keeps_its_hour_when_clocks_are_changed():
    # Summer time begins on 29 March in Berlin.
    assert slots(schedule(), start=at("2026-03-20T00:00"), count=3) == [
        at("2026-03-23T08:00"),
        at("2026-03-30T07:00"),
        at("2026-04-06T07:00"),
    ]


@pytest.mark.parametrize(
    ("day", "slot"),
    # 02:00 is skipped on the one Sunday, and happens twice on the other.
    [("2026-03-28T00:00", "2026-03-29T01:00"), ("2026-10-24T00:00", "2026-10-25T00:00")],
)
def test_an_hour_that_is_skipped_or_doubled_is_one_slot(day, slot):
    sunday = schedule(weekday=6, hour=2)
    assert digest_next(sunday, now=at(day)) == at(slot)
    assert digest_next(sunday, now=at(slot)) - at(slot) > WEEK - timedelta(hours=2)


def test_it_is_due_from_its_moment_until_the_next_one():
    slot = at("2026-03-09T08:00")
    second = timedelta(seconds=1)
    weekly = schedule()
    assert digest_due(weekly, now=slot - second) is None
    assert digest_due(weekly, now=slot) == slot
    assert digest_due(weekly, now=slot + WEEK - second) == slot
    assert digest_due(weekly, now=slot + WEEK) == slot + WEEK


def test_what_is_switched_on_after_its_hour_begins_next_week():
    on = rescheduled(schedule(weekday=None), SET_AT, digest_weekday=MONDAY)
    assert digest_due(on, now=SET_AT + timedelta(days=1)) is None
    assert digest_next(on, now=SET_AT) == at("2026-03-09T08:00")


def test_the_last_promised_digest_goes_out_after_it_is_switched_off():
    slot = at("2026-03-09T08:00")
    off = rescheduled(schedule(), SET_AT, digest_weekday=None)
    assert slots(off, start=SET_AT, count=5) == [slot]
    assert digest_due(off, now=slot) == slot
    assert digest_due(off, now=slot + WEEK + timedelta(seconds=1)) is None


def test_a_later_slot_comes_after_the_promised_one_unless_it_would_only_repeat_it():
    monday = at("2026-03-09T08:00")
    friday = rescheduled(schedule(), SET_AT, digest_weekday=FRIDAY, digest_hour=10)
    # This week's Friday comes before Monday, and makes up for it.
    assert slots(friday, start=SET_AT, count=2) == [at("2026-03-06T09:00"), at("2026-03-13T09:00")]
    tuesday = rescheduled(schedule(), at("2026-03-04T12:00"), digest_weekday=TUESDAY)
    assert slots(tuesday, start=at("2026-03-04T12:00"), count=3) == [
        monday,
        at("2026-03-17T08:00"),
        at("2026-03-24T08:00"),
    ]


def test_a_promise_outlives_a_second_change():
    off = rescheduled(schedule(), SET_AT, digest_weekday=None)
    on = rescheduled(off, SET_AT + timedelta(hours=1), digest_weekday=TUESDAY, digest_hour=23)
    assert digest_next(on, now=SET_AT) == at("2026-03-03T22:00")
    later = rescheduled(off, at("2026-03-08T12:00"), digest_weekday=TUESDAY)
    assert slots(later, start=at("2026-03-08T12:00"), count=2) == [
        at("2026-03-09T08:00"),
        at("2026-03-17T08:00"),
    ]


def test_another_zone_is_another_schedule_and_other_settings_are_not():
    weekly = schedule()
    tuesday = SET_AT + timedelta(days=1)
    moved = rescheduled(weekly, tuesday, default_timezone="America/New_York")
    # The next one in New York would only repeat the promised one. Summer time has begun there.
    assert slots(moved, start=tuesday, count=2) == [at("2026-03-09T08:00"), at("2026-03-16T13:00")]
    assert rescheduled(weekly, SET_AT, digest_weeks=8, footer="x").digest_since == SET_AT
