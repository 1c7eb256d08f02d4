from datetime import UTC, datetime, timedelta
from unittest import mock

import pytest
from freezegun import freeze_time

from events.announcing import event_acknowledge, reminders_acknowledge
from events.enums import EventStatus
from events.reminders import reminders_of
from events.selectors import event_get, events_due
from events.services import event_cancel, event_create, event_update
from notifications.announce import announce
from notifications.announcements import announcement_create, event_announcements
from notifications.due import publish_if_due, remind
from notifications.enums import AnnouncementState
from notifications.sweep import sweep
from tests.factories import make_data
from tests.factories_subscriptions import known
from tests.notifications.sending import (
    Clock,
    FakeSes,
    WorkerKilledError,
    killed_after,
    make_readers,
    make_worker,
    walk,
)

pytestmark = pytest.mark.usefixtures("aws")
DRAFT, PUBLISHED, CANCELLED = EventStatus
DAY, WEEK = 24 * 60, 7 * 24 * 60
# Of the event that make_data makes, a day before.
DUE = datetime(2038, 7, 31, 17, tzinfo=UTC)


def make(*minutes, told=True):
    """An event of which readers know, with reminders so many minutes before."""
    row = event_create(data=make_data(), status=PUBLISHED, reminders=minutes)
    if told:
        announce(event_id=row.id)
    return event_get(row.id)


def told(row):
    return sorted((each.kind, each.state) for each in event_announcements(row.id))


def test_a_reminder_goes_out_when_it_is_due_and_once():
    row = make(DAY)
    assert remind(event_id=row.id, now=DUE - timedelta(seconds=1)) is None
    reminder = known(remind(event_id=row.id, now=DUE))
    assert (reminder.kind, reminder.state) == ("reminder", "sending")
    # By the clock at the place, which no rules change.
    assert reminder.id == f"{row.id}.at20380731T1900-1440.reminder"
    assert remind(event_id=row.id, now=DUE) is None
    assert event_get(row.id).due_at is None
    assert told(row) == [("published", "sending"), ("reminder", "sending")]


def test_a_reminder_is_mailed_like_everything_else(clock):
    ids = make_readers(3)
    row = make(DAY)
    reminder = known(remind(event_id=row.id, now=DUE))
    ses = FakeSes()
    walk(reminder, ses, clock)
    assert set(ses.counts) == set(ids)
    assert {mail.letter.subject for mail in ses.accepted} == {"Reminder: Summer fair"}


def test_killed_after_any_call_the_reminder_is_made_once():
    died, calls = True, 0
    while died:
        calls += 1
        row = make(DAY)
        with killed_after(calls):
            try:
                remind(event_id=row.id, now=DUE)
                died = False
            except WorkerKilledError:
                pass
        remind(event_id=row.id, now=DUE)
        assert told(row) == [("published", "sending"), ("reminder", "sending")]
        assert event_get(row.id).due_at is None
    assert calls > 5


def test_a_reminder_says_nothing_about_what_readers_know():
    row = make(DAY)
    remind(event_id=row.id, now=DUE)
    event_update(event_id=row.id, version=1, data=make_data(title="Winter fair"))
    change = known(announce(event_id=row.id))
    assert (change.kind, [each["field"] for each in change.changes]) == ("changed", ["title"])


@pytest.mark.parametrize("late", [timedelta(minutes=61), timedelta(days=30)])
def test_a_reminder_long_overdue_is_left_out(late):
    row = make(DAY)
    assert remind(event_id=row.id, now=DUE + late) is None
    assert told(row) == [("published", "sending")]
    assert event_get(row.id).due_at is None


def test_of_several_that_are_due_readers_get_the_last():
    row = make(DAY + 30, DAY)
    reminder = known(remind(event_id=row.id, now=DUE))
    assert "-1440." in reminder.id
    assert event_get(row.id).due_at is None


def test_a_change_that_is_still_to_be_told_comes_first():
    row = make(DAY, told=False)
    assert remind(event_id=row.id, now=DUE) is None
    announce(event_id=row.id)
    assert remind(event_id=row.id, now=DUE) is not None


def test_nobody_is_reminded_of_an_event_that_was_cancelled_meanwhile():
    row = make(DAY)

    def cancel(*args, **kwargs):
        event_cancel(event_id=row.id, version=1)
        return announcement_create(*args, **kwargs)

    with mock.patch("notifications.due.announcement_create", side_effect=cancel):
        assert remind(event_id=row.id, now=DUE) is None
    announce(event_id=row.id)
    assert told(row) == [
        ("cancelled", "sending"),
        ("published", "stopping"),
        ("reminder", "cancelled"),
    ]


def test_a_cancellation_stops_a_reminder_under_way():
    row = make(DAY)
    remind(event_id=row.id, now=DUE)
    event_cancel(event_id=row.id, version=1)
    announce(event_id=row.id)
    assert ("reminder", AnnouncementState.STOPPING.value) in told(row)


def test_the_sweep_publishes_announces_and_reminds_in_their_time():
    make_readers(1)
    at = datetime(2038, 7, 1, 12, tzinfo=UTC)
    with freeze_time("2038-06-01T12:00:00Z"):
        row = event_create(data=make_data(), status=DRAFT, reminders=(WEEK, DAY), publish_at=at)
    moments = []
    for _ in range(8):
        (due,) = [event_get(row.id).due_at]
        if due is None:
            break
        with freeze_time(due + timedelta(seconds=1)):
            now = Clock(due + timedelta(seconds=1))
            assert [each.id for each in events_due(now=datetime.now(UTC), limit=5)] == [row.id]
            sweep(worker=make_worker(FakeSes(), now))
            moments.append((f"{due:%m-%d %H:%M}", told(row)[-1:]))
    assert event_get(row.id).status == PUBLISHED
    assert [moment for moment, _ in moments] == [
        "07-01 12:00",
        "07-01 12:01",
        "07-25 17:00",
        "07-31 17:00",
    ]
    assert [kind for kind, _ in told(row)] == ["published", "reminder", "reminder"]


def test_a_publication_of_long_ago_is_left_to_a_person(caplog):
    at = datetime(2038, 7, 1, 12, tzinfo=UTC)
    with freeze_time("2038-06-01T12:00:00Z"):
        row = event_create(data=make_data(), status=DRAFT, publish_at=at)
    assert publish_if_due(row, now=at + timedelta(hours=25))
    stored = event_get(row.id)
    assert (stored.status, stored.publish_at, stored.due_at) == (DRAFT, None, None)
    assert [vars(record)["alarm"] for record in caplog.records] == ["held"]


def test_what_is_not_due_is_left_alone():
    row = make(DAY)
    assert not publish_if_due(row, now=DUE)
    reminders_acknowledge(event_id=row.id, until=reminders_of(row)[0].due_at)
    event_acknowledge(event_id=row.id, version=1)
    assert remind(event_id=row.id, now=DUE) is None
    assert remind(event_id="0190a000-0000-7000-8000-000000000000", now=DUE) is None
