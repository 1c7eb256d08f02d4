import json
from collections import Counter
from contextlib import contextmanager
from datetime import timedelta
from unittest import mock

import pytest
from pynamodb.connection import Connection

from events.enums import EventStatus
from events.selectors import event_get
from events.services import event_cancel, event_publish, event_update
from events.snapshot import EventSnapshot
from ivent_site.aws import sqs
from notifications.announce import announce
from notifications.announcements import event_announcements
from notifications.fanout import LOOK_S, WalkEnd
from notifications.tally import Sums
from tests.dynamodb_calls import dynamodb_calls
from tests.factories import make_data, make_event
from tests.factories_subscriptions import known
from tests.notifications.sending import (
    FakeSes,
    WorkerKilledError,
    current,
    finish,
    killed_after,
    make_readers,
    walk,
)

pytestmark = pytest.mark.usefixtures("aws")


@pytest.fixture
def published():
    """What was published to the topic."""
    with mock.patch("notifications.announce.sns") as sns:
        yield sns.return_value.publish


def queued(settings):
    """The tasks in the fan-out queue, which is empty afterwards."""
    found = []
    while (
        messages := sqs()
        .receive_message(QueueUrl=settings.FANOUT_QUEUE_URL, MaxNumberOfMessages=10)
        .get("Messages")
    ):
        for message in messages:
            found.append(json.loads(message["Body"]))
            sqs().delete_message(
                QueueUrl=settings.FANOUT_QUEUE_URL, ReceiptHandle=message["ReceiptHandle"]
            )
    return found


def change(event_id, *, announced=True, **values):
    row = event_get(event_id)
    return event_update(
        event_id=event_id,
        version=int(row.version),
        data=make_data(**values),
        announce=announced,
    )


def cancel(event_id):
    return event_cancel(event_id=event_id, version=int(event_get(event_id).version))


def announced(event_id):
    """The announcement that the event now makes."""
    return known(announce(event_id=event_id))


def told(event_id):
    """Kind and state of the event's announcements, the first one first."""
    return [(row.kind, row.state) for row in event_announcements(event_id)][::-1]


def test_publishing_makes_one_announcement_and_queues_every_shard(settings, published):
    settings.SHARD_COUNT = 16
    event = make_event(topics=("music",))
    row = announced(event.id)
    assert (row.id, row.state) == (f"{event.id}.000001.published", "sending")
    assert row.event == EventSnapshot.from_row(event).to_json()
    assert sorted(task["shard"] for task in queued(settings)) == [f"{n:02x}" for n in range(16)]
    assert event_get(event.id).announce_version is None
    (call,) = published.call_args_list
    assert json.loads(call.kwargs["Message"]) == {
        "schema": 1,
        "announcement_id": row.id,
        "kind": "published",
        "event": row.event,
        "changes": [],
        "note": "",
        "subject": "",
    }
    assert call.kwargs["TopicArn"] == settings.EVENTS_TOPIC_ARN
    assert call.kwargs["MessageAttributes"] == {
        "kind": {"DataType": "String", "StringValue": "published"},
        "announcement_id": {"DataType": "String", "StringValue": row.id},
        "topics": {"DataType": "String.Array", "StringValue": '["music"]'},
    }


def test_the_local_topic_takes_the_message():
    assert announced(make_event().id).state == "sending"


def test_an_announcement_costs_a_constant_number_of_calls(published):
    make_event()
    event = make_event()
    with dynamodb_calls() as calls:
        announce(event_id=event.id)
    # Event, announcements, put, event again, start, breaker, acknowledge.
    assert calls == {"GetItem": 3, "Query": 1, "PutItem": 1, "UpdateItem": 2}


def test_announcing_again_tells_nobody_twice(settings, published):
    event = make_event()
    announce(event_id=event.id)
    queued(settings)
    assert announce(event_id=event.id) is None
    assert queued(settings) == []
    assert published.call_count == 1


def test_a_draft_is_silent_until_it_is_published(published):
    draft = make_event(EventStatus.DRAFT)
    assert announce(event_id=draft.id) is None
    change(draft.id, title="Autumn fair")
    assert announce(event_id=draft.id) is None
    event_publish(event_id=draft.id, version=2)
    assert announced(draft.id).id == f"{draft.id}.000003.published"


def test_an_event_that_is_gone_is_no_error():
    assert announce(event_id="0190a000-0000-7000-8000-000000000000") is None


def test_a_change_tells_old_and_new(published):
    event = make_event()
    announce(event_id=event.id)
    starts_at = event.starts_at + timedelta(hours=1)
    change(event.id, title="Winter fair", starts_at=starts_at)
    row = announced(event.id)
    assert (row.id, row.kind) == (f"{event.id}.000002.changed", "changed")
    assert row.changes == [
        {"field": "title", "old": "Summer fair", "new": "Winter fair"},
        {
            "field": "starts",
            "old": "2038-08-01T19:00:00",
            "new": "2038-08-01T20:00:00",
        },
    ]
    assert (row.told["starts_at"], row.event["starts_at"]) == (
        "2038-08-01T19:00:00+02:00",
        "2038-08-01T20:00:00+02:00",
    )


def test_a_change_that_was_not_announced_is_told_with_the_next_one(published):
    event = make_event()
    announce(event_id=event.id)
    change(event.id, location="Town hall", announced=False)
    assert announce(event_id=event.id) is None
    change(event.id, location="Town hall", title="Winter fair")
    assert [each["field"] for each in announced(event.id).changes] == [
        "title",
        "location",
    ]


def test_a_change_that_was_taken_back_is_not_told(published):
    event = make_event()
    announce(event_id=event.id)
    change(event.id, title="Winter fair")
    change(event.id)
    assert announce(event_id=event.id) is None
    assert event_get(event.id).announce_version is None
    assert told(event.id) == [("published", "sending")]


def test_a_change_before_anybody_was_told_is_news_not_a_change(published):
    event = make_event()
    change(event.id, title="Winter fair")
    row = announced(event.id)
    assert (row.kind, row.event["title"]) == ("published", "Winter fair")


def test_a_cancellation_before_anybody_was_told_is_silent(published):
    event = make_event()
    cancel(event.id)
    assert announce(event_id=event.id) is None
    assert event_get(event.id).announce_version is None
    assert told(event.id) == []


def test_long_texts_are_cut_in_what_changed(published):
    event = make_event()
    announce(event_id=event.id)
    change(event.id, description="\N{PARTY POPPER}" * 20_000)
    row = announced(event.id)
    assert len(row.changes[0]["new"]) == 2000
    assert len(row.event["description"]) == 20_000


def test_a_cancellation_stops_what_is_being_sent_and_goes_to_everybody(clock, published):
    ids = make_readers(400)
    event = make_event()
    first = announced(event.id)
    ses = FakeSes()

    def cancel_at_the_tenth(mail):
        if len(ses.accepted) == 10:
            cancel(event.id)
            announce(event_id=event.id)
            clock.sleep(LOOK_S)

    ses.before_accepting = cancel_at_the_tenth
    assert walk(first, ses, clock) == WalkEnd.HANDED_ON
    assert current(first).reason == "event cancelled"
    assert finish(first, ses, clock) == Sums(audience=50, sent=50)
    assert told(event.id) == [("published", "cancelled"), ("cancelled", "sending")]
    second = next(iter(event_announcements(event.id)))
    later = FakeSes()
    assert finish(second, later, clock) == Sums(audience=400, sent=400)
    assert later.counts == Counter(dict.fromkeys(ids, 1))
    assert {known(mail.letter.calendar).method for mail in later.accepted} == {"CANCEL"}


def test_a_cancellation_stops_what_waits_too(clock, published):
    make_readers(3)
    event = make_event()
    first = announced(event.id)
    ses = FakeSes("", "paused")
    walk(first, ses, clock)
    cancel(event.id)
    announce(event_id=event.id)
    assert finish(first, ses, clock) == Sums(audience=3, sent=1, suppressed=2)
    assert current(first).state == "cancelled"


def test_of_a_stopped_announcement_nothing_is_sent_again(clock, published):
    make_readers(3)
    event = make_event()
    first = announced(event.id)
    ses = FakeSes("", "dropped")
    walk(first, ses, clock)
    cancel(event.id)
    announce(event_id=event.id)
    assert finish(first, ses, clock) == Sums(audience=3, sent=1, suppressed=2)
    assert len(ses.accepted) == 1


def test_a_change_runs_beside_what_is_still_being_sent(published):
    event = make_event()
    announce(event_id=event.id)
    change(event.id, title="Winter fair")
    announce(event_id=event.id)
    assert told(event.id) == [("published", "sending"), ("changed", "sending")]


@pytest.mark.parametrize("kind", ["published", "changed", "cancelled"])
def test_killed_after_any_call_the_announcement_is_made_once(settings, kind):
    died = True
    calls = 0
    while died:
        calls += 1
        event = make_event()
        if kind != "published":
            announce(event_id=event.id)
        if kind == "changed":
            change(event.id, title="Winter fair")
        if kind == "cancelled":
            cancel(event.id)
        queued(settings)
        with killed_after(calls):
            try:
                announce(event_id=event.id)
                died = False
            except WorkerKilledError:
                died = True
        announce(event_id=event.id)
        assert next(row.kind for row in event_announcements(event.id)) == kind
        assert Counter(kind for kind, _ in told(event.id)).most_common(1)[0][1] == 1
        assert {task["announcement"] for task in queued(settings)} == {
            next(iter(event_announcements(event.id))).id
        }
        assert next(iter(event_announcements(event.id))).state == "sending"
        assert event_get(event.id).announce_version is None
    assert calls > 7


@contextmanager
def meanwhile(calls, action):
    """Within the block, somebody else does `action` right before the n-th call."""
    dispatch = Connection.dispatch
    made = []

    def interrupted(self, operation_name, operation_kwargs):
        made.append(operation_name)
        if len(made) == calls:
            with mock.patch.object(Connection, "dispatch", dispatch):
                action()
        return dispatch(self, operation_name, operation_kwargs)

    with mock.patch.object(Connection, "dispatch", interrupted):
        yield made


@pytest.mark.parametrize("calls", range(1, 8))
def test_an_event_cancelled_meanwhile_is_never_left_announced_as_taking_place(calls, published):
    event = make_event()

    def somebody_cancels():
        cancel(event.id)
        announce(event_id=event.id)

    with meanwhile(calls, somebody_cancels):
        announce(event_id=event.id)
    announce(event_id=event.id)
    assert told(event.id) in (
        [],
        [("published", "cancelled")],
        [("published", "stopping"), ("cancelled", "sending")],
    )
    assert event_get(event.id).announce_version is None


@pytest.mark.parametrize("calls", range(1, 8))
def test_of_an_event_changed_meanwhile_readers_learn_how_it_is(calls, published):
    event = make_event()

    def somebody_changes():
        change(event.id, title="Winter fair")
        announce(event_id=event.id)

    with meanwhile(calls, somebody_changes):
        announce(event_id=event.id)
    announce(event_id=event.id)
    assert told(event.id) in (
        [("published", "sending")],
        [("published", "cancelled"), ("published", "sending")],
        [("published", "sending"), ("changed", "sending")],
    )
    assert next(iter(event_announcements(event.id))).event["title"] == "Winter fair"


@pytest.mark.parametrize("calls", range(1, 8))
def test_two_at_once_make_one_announcement(calls, published):
    event = make_event()
    with meanwhile(calls, lambda: announce(event_id=event.id)):
        announce(event_id=event.id)
    assert told(event.id) == [("published", "sending")]
    assert event_get(event.id).announce_version is None
