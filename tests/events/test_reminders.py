from datetime import UTC, datetime, timedelta

import pytest
from freezegun import freeze_time

from events.announcing import event_acknowledge, reminders_acknowledge
from events.enums import EventStatus
from events.errors import InvalidEventError
from events.reminders import next_reminder, reminders_of
from events.selectors import event_get
from events.services import event_cancel, event_create, event_update
from events.tables import EventRow
from events.times import day_start
from ivent_site.preferences.services import preferences_update
from tests.factories import make_data

pytestmark = pytest.mark.usefixtures("aws")
DRAFT, PUBLISHED, CANCELLED = EventStatus
HOUR, DAY, WEEK = 60, 24 * 60, 7 * 24 * 60


def make(*minutes: int, status: EventStatus = PUBLISHED, **values: object) -> EventRow:
    row = event_create(data=make_data(**values), status=status, reminders=minutes)
    event_acknowledge(event_id=row.id, version=1)
    return event_get(row.id)


def test_days_are_counted_on_the_wall_clock_and_hours_on_the_watch():
    # Clocks are put back in the night before.
    row = make(DAY, 2 * HOUR, starts_at=datetime(2038, 10, 31, 18, tzinfo=UTC), ends_at=None)
    assert [each.due_at for each in reminders_of(row)] == [
        datetime(2038, 10, 30, 17, tzinfo=UTC),
        datetime(2038, 10, 31, 16, tzinfo=UTC),
    ]


def test_an_all_day_event_is_reminded_of_in_the_morning():
    first = datetime(2038, 8, 1, tzinfo=UTC).date()
    row = make(
        DAY,
        all_day=True,
        starts_at=day_start(first, "Europe/Berlin"),
        ends_at=day_start(first + timedelta(days=1), "Europe/Berlin"),
    )
    assert reminders_of(row)[0].due_at == datetime(2038, 7, 31, 7, tzinfo=UTC)


def test_an_event_gets_the_reminders_of_the_preferences_unless_it_has_its_own():
    preferences_update(version=0, reminders=(WEEK, DAY))
    assert event_create(data=make_data(), status=DRAFT).reminders == [WEEK, DAY]
    assert event_create(data=make_data(), status=DRAFT, reminders=()).reminders == []


@pytest.mark.parametrize(
    ("minutes", "code"),
    [
        ([1, 2, 3, 4, 5, 6], "max_length"),
        ([DAY, DAY], "duplicate"),
        ([0], "range"),
        ([10**9], "range"),
    ],
)
def test_reminders_that_make_no_sense_are_refused(minutes, code):
    with pytest.raises(InvalidEventError) as refused:
        event_create(data=make_data(), status=DRAFT, reminders=minutes)
    assert [(each.field, each.code) for each in refused.value.problems] == [("reminders", code)]


def test_the_sweep_looks_when_the_next_one_is_due():
    row = make(WEEK, DAY)
    first, second = reminders_of(row)
    assert row.due_at == first.due_at
    reminders_acknowledge(event_id=row.id, until=first.due_at)
    assert event_get(row.id).due_at == second.due_at
    reminders_acknowledge(event_id=row.id, until=second.due_at)
    assert event_get(row.id).due_at is None


@pytest.mark.parametrize("status", [DRAFT, CANCELLED])
def test_of_what_does_not_take_place_nobody_is_reminded(status):
    row = make(DAY, status=DRAFT if status is DRAFT else PUBLISHED)
    if status is CANCELLED:
        row = event_cancel(event_id=row.id, version=1)
        event_acknowledge(event_id=row.id, version=2)
    assert event_get(row.id).due_at is None


def test_what_falls_into_the_hour_after_the_publication_is_left_out():
    with freeze_time("2038-07-31T16:01:00Z"):
        assert next_reminder(make(DAY)) is None
    with freeze_time("2038-07-31T15:59:00Z"):
        assert next_reminder(make(DAY)) is not None


def test_reminders_move_with_the_event_even_if_they_have_been_sent():
    row = make(DAY)
    reminders_acknowledge(event_id=row.id, until=reminders_of(row)[0].due_at)
    later = make_data(
        starts_at=datetime(2038, 8, 8, 17, tzinfo=UTC), ends_at=datetime(2038, 8, 8, 19, tzinfo=UTC)
    )
    event_update(event_id=row.id, version=1, data=later)
    reminder = next_reminder(event_get(row.id))
    assert reminder is not None
    assert reminder.due_at == datetime(2038, 8, 7, 17, tzinfo=UTC)


def test_a_reminder_that_is_added_too_late_is_not_made_up_for():
    with freeze_time("2038-07-31T12:00:00Z"):
        row = make()
    with freeze_time("2038-08-01T12:00:00Z"):
        row = event_update(event_id=row.id, version=1, reminders=[DAY, HOUR])
    assert row.announce_version is None
    reminder = next_reminder(row)
    assert reminder is not None
    assert reminder.minutes == HOUR
