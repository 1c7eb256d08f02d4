"""Nothing leaves before its window is over, and what is undone in time is never told."""

from collections import Counter
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from unittest import mock

import pytest
from freezegun import freeze_time

from events.enums import EventStatus
from events.errors import TransitionError
from events.selectors import event_get
from events.services import event_cancel, event_message, event_undo, event_update
from ivent_site.ids import uuid7
from notifications import handlers
from notifications.announce import announce
from notifications.announcements import event_announcements
from notifications.queueing import EventTask, task_parse
from tests.factories import make_data, make_event
from tests.factories_subscriptions import known
from tests.notifications.sending import WorkerKilledError, killed_after

pytestmark = pytest.mark.usefixtures("aws")
NOON = datetime(2038, 1, 1, 12, tzinfo=UTC)
OVER = NOON + timedelta(seconds=60)
KINDS = ("published", "changed", "cancelled", "message")


@pytest.fixture
def delayed():
    """What is queued for later: [(body, seconds)]."""
    with mock.patch("notifications.queueing.sqs") as sqs:
        sqs.return_value.send_message_batch.return_value = {}
        send = sqs.return_value.send_message
        yield lambda: [
            (each.kwargs["MessageBody"], each.kwargs["DelaySeconds"])
            for each in send.call_args_list
        ]


@pytest.fixture(autouse=True)
def _window(settings):
    settings.UNDO_WINDOW_S = 60


def told(row):
    """Kind and state, the oldest first."""
    return [(each.kind, each.state) for each in event_announcements(row.id)][::-1]


def window_over():
    """Within the block it is over for whoever announces, whose clock may be ahead."""
    return mock.patch("notifications.announce._is_early", return_value=False)


def known_event():
    row = make_event()
    with window_over():
        announce(event_id=row.id)
    return event_get(row.id)


def test_before_the_window_is_over_only_somebody_is_asked_to_come_back(delayed):
    with freeze_time(NOON):
        row = make_event()
    with freeze_time(NOON + timedelta(seconds=20)):
        assert announce(event_id=row.id) is None
    assert told(row) == []
    assert delayed() == [(EventTask(row.id).body(), 40)]
    with freeze_time(OVER):
        assert known(announce(event_id=row.id)).state == "sending"
    assert told(row) == [("published", "sending")]
    assert event_get(row.id).announce_version is None


def test_a_window_longer_than_a_queue_can_wait_is_waited_for_in_parts(delayed, settings):
    settings.UNDO_WINDOW_S = 3600
    with freeze_time(NOON):
        row = make_event()
        announce(event_id=row.id)
    assert delayed() == [(EventTask(row.id).body(), 900)]


def test_who_is_asked_back_announces(delayed):
    with freeze_time(NOON):
        row = make_event()
    with freeze_time(OVER):
        handlers._fan_out({"body": EventTask(row.id).body()}, worker=mock.Mock())
    assert told(row) == [("published", "sending")]
    assert task_parse(EventTask(row.id).body()) == EventTask(row.id)


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_undone_in_time_is_never_told(kind):
    row = known_event() if kind != "published" else None
    before = told(row) if row else []
    row = _ask(kind, row)
    event_undo(event_id=row.id, version=int(row.version))
    with window_over():
        assert announce(event_id=row.id) is None
    assert told(row) == before
    stored = event_get(row.id)
    assert stored.due_at is None
    assert stored.status == (EventStatus.DRAFT if kind == "published" else EventStatus.PUBLISHED)


@pytest.mark.parametrize("kind", KINDS)
def test_killed_after_any_call_what_was_not_undone_is_told_once(kind):
    died, calls = True, 0
    while died:
        calls += 1
        row = _ask(kind, known_event() if kind != "published" else None)
        with window_over():
            with killed_after(calls):
                try:
                    announce(event_id=row.id)
                    died = False
                except WorkerKilledError:
                    died = True
            announce(event_id=row.id)
        assert Counter(each for each, _ in told(row))[kind] == 1
        assert (kind, "sending") in told(row)
        assert event_get(row.id).due_at is None
    assert calls > 6


@pytest.mark.parametrize("kind", KINDS)
def test_an_undo_at_the_same_moment_wins_or_loses_and_nothing_between(kind):
    """Somebody takes back what another is starting, and has got so far with."""
    outcomes = []
    for calls in range(1, 10):
        row = known_event() if kind != "published" else None
        before = told(row) if row else []
        row = _ask(kind, row)
        with window_over(), killed_after(calls), suppress(WorkerKilledError):
            announce(event_id=row.id)
        current = event_get(row.id)
        undone = True
        try:
            event_undo(event_id=row.id, version=int(current.version))
        except TransitionError:
            undone = False
        with window_over():
            announce(event_id=row.id)
        started = (
            {state for told_kind, state in told(row) if told_kind == kind and state != "cancelled"}
            if kind not in {each for each, _ in before}
            else set()
        )
        assert "sending" not in started if undone else "sending" in started
        outcomes.append(undone)
    # First it can be undone, then it cannot.
    assert outcomes == sorted(outcomes, reverse=True)
    assert {*outcomes} == {True, False}


def test_a_note_goes_with_the_change_and_a_reason_with_the_cancellation():
    row = known_event()
    row = event_update(
        event_id=row.id, version=1, data=make_data(title="Winter fair"), note="It is **cold**."
    )
    with window_over():
        assert known(announce(event_id=row.id)).note == "It is **cold**."
        row = event_cancel(event_id=row.id, version=2, reason="Too cold.")
        assert known(announce(event_id=row.id)).note == "Too cold."


def test_a_note_about_what_nobody_had_heard_of_is_not_told():
    row = make_event()
    event_update(event_id=row.id, version=1, data=make_data(title="New"), note="Renamed.")
    with window_over():
        announced = known(announce(event_id=row.id))
    assert (announced.kind, announced.note) == ("published", "")


def test_a_message_waits_for_the_change_before_it():
    with freeze_time(NOON - timedelta(hours=1)):
        row = known_event()
    with freeze_time(NOON):
        row = _ask("message", row)
    with freeze_time(NOON + timedelta(seconds=30)):
        event_update(event_id=row.id, version=2, data=make_data(title="Winter fair"))
    with freeze_time(OVER):
        assert announce(event_id=row.id) is None
    with freeze_time(OVER + timedelta(seconds=30)):
        announce(event_id=row.id)
    messages = [each for each in event_announcements(row.id) if each.kind == "message"]
    assert [(each.subject, each.note, each.event["title"]) for each in messages] == [
        ("The weather", "Bring a coat.", "Winter fair")
    ]
    assert [kind for kind, _ in told(row)] == ["published", "message", "changed"]


def _ask(kind, row):
    match kind:
        case "published":
            return make_event()
        case "changed":
            return event_update(event_id=row.id, version=1, data=make_data(title="Winter fair"))
        case "cancelled":
            return event_cancel(event_id=row.id, version=1)
        case _:
            return event_message(
                event_id=row.id,
                version=1,
                subject="The weather",
                text="Bring a coat.",
                token=uuid7(),
            )
