from datetime import UTC, datetime, timedelta
from unittest import mock

import pytest
from django.conf import settings

from events.selectors import event_get
from ivent_site.aws import sqs
from notifications.announce import announce
from notifications.announcements import (
    announcement_pause,
    announcement_resume,
    announcement_stop,
    announcement_sums,
    event_announcements,
)
from notifications.enums import Reason
from notifications.resend import PATIENCE
from notifications.sweep import sweep
from notifications.tally import Sums
from notifications.transports import UnknownOutcomeError
from tests.dynamodb_calls import dynamodb_calls
from tests.factories import make_event
from tests.notifications.sending import (
    FakeSes,
    WorkerKilledError,
    current,
    finish,
    killed_after,
    make_announcement,
    make_readers,
    make_worker,
    walk,
)

pytestmark = pytest.mark.usefixtures("aws")


@pytest.fixture
def queue():
    """The shards that were queued, by announcement."""
    queued = []
    with mock.patch(
        "notifications.sweep.queue_shards", side_effect=lambda id_, shards: queued.append(id_)
    ):
        yield queued


def run(ses, clock, **kwargs):
    sweep(worker=make_worker(ses, clock, **kwargs))


def test_what_the_stream_lost_is_announced_after_a_while(clock):
    event = make_event()
    run(FakeSes(), clock)
    assert [*event_announcements(event.id)] == []
    clock.sleep(61)
    run(FakeSes(), clock)
    assert [row.state for row in event_announcements(event.id)] == ["sending"]
    assert event_get(event.id).announce_version is None


def test_one_event_that_fails_is_no_others_trouble(clock):
    events = [make_event(), make_event()]
    clock.sleep(61)

    def fail_for_the_first(*, event_id):
        if event_id == events[0].id:
            raise OSError
        announce(event_id=event_id)

    with mock.patch("notifications.sweep.announce", side_effect=fail_for_the_first):
        run(FakeSes(), clock)
    assert [len([*event_announcements(each.id)]) for each in events] == [0, 1]


def test_shards_whose_tasks_were_lost_are_queued_again_but_not_at_once(clock, queue):
    row = make_announcement()
    run(FakeSes(), clock)
    assert queue == []
    clock.sleep(61)
    run(FakeSes(), clock)
    assert queue == [row.id]
    run(FakeSes(), clock)
    assert queue == [row.id]


def test_an_announcement_that_was_never_queued_is_queued_at_once(clock, queue):
    row = make_announcement()
    row.queued_at = None
    row.save()
    run(FakeSes(), clock)
    assert queue == [row.id]


def test_a_shard_with_a_living_owner_is_left_to_it(clock, queue):
    make_readers(2)
    row = make_announcement()
    clock.sleep(61)
    with pytest.raises(WorkerKilledError):
        walk(row, FakeSes("killed"), clock)
    run(FakeSes(), clock)
    assert queue == []
    clock.sleep(61)
    run(FakeSes(), clock)
    assert queue == [row.id]


def test_a_shard_that_ended_unsummed_is_summed(clock, queue):
    make_readers(2)
    row, ses = make_announcement(), FakeSes()
    with mock.patch("notifications.fanout.shard_fold"):
        walk(row, ses, clock)
    assert current(row).state == "sending"
    clock.sleep(61)
    run(ses, clock)
    assert queue == []
    assert current(row).state == "done"


def test_unknown_sends_wait_for_their_events(clock):
    make_readers(2)
    row, ses = make_announcement(), FakeSes("dropped")
    walk(row, ses, clock)
    clock.sleep(30 + 59)
    run(ses, clock)
    assert len(ses.accepted) == 0
    clock.sleep(2)
    run(ses, clock)
    assert len(ses.accepted) == 2
    assert current(row).state == "done"


def test_unknown_sends_wait_while_events_are_still_to_be_read(clock):
    make_readers(2)
    row, ses = make_announcement(), FakeSes("dropped")
    walk(row, ses, clock)
    sqs().send_message(QueueUrl=settings.FEEDBACK_QUEUE_URL, MessageBody="an event")
    clock.sleep(30 + 61)
    run(ses, clock)
    assert len(ses.accepted) == 0
    sqs().purge_queue(QueueUrl=settings.FEEDBACK_QUEUE_URL)
    run(ses, clock)
    assert len(ses.accepted) == 2


def test_unknown_sends_do_not_wait_for_ever_for_events_to_be_read(clock, caplog):
    make_readers(2)
    row, ses = make_announcement(), FakeSes("dropped")
    walk(row, ses, clock)
    sqs().send_message(QueueUrl=settings.FEEDBACK_QUEUE_URL, MessageBody="an event")
    clock.sleep(30 + 60 * (1 + PATIENCE) + 1)
    run(ses, clock)
    assert len(ses.accepted) == 2
    assert "The feedback queue lags: a mail may be sent twice." in caplog.messages


class SesByMail(FakeSes):
    """Says which mail the call was about."""

    def _call(self, mail):
        try:
            return super()._call(mail)
        except UnknownOutcomeError as err:
            raise UnknownOutcomeError(str(err), mails=[mail]) from err


def test_a_second_call_of_unknown_outcome_parks_its_own_mail_only(clock):
    ids = make_readers(4)
    row, ses = make_announcement(), SesByMail(*["dropped"] * 4)
    walk(row, ses, clock)
    clock.sleep(91)
    ses.script = ["", "dropped", "throttle", ""]
    run(ses, clock)
    assert set(ses.counts) == {*ids} - {ids[1]}
    assert finish(row, ses, clock) == Sums(audience=4, sent=3, parked=1)
    assert max(ses.counts.values()) == 1


def test_two_sweeps_at_once_send_nobody_twice(clock):
    ids = make_readers(3)
    row, ses = make_announcement(), FakeSes("dropped")
    walk(row, ses, clock)
    clock.sleep(91)

    def sweep_at_the_first(mail):
        ses.before_accepting = lambda mail: None
        run(ses, clock)

    ses.before_accepting = sweep_at_the_first
    run(ses, clock)
    assert sorted(ses.counts.items()) == [(each, 1) for each in ids]
    assert announcement_sums(current(row)) == Sums(audience=3, sent=3)


@pytest.mark.parametrize("events", [True, False])
def test_a_sweep_killed_after_any_call_doubles_nobody(clock, events):
    ids = make_readers(7)
    died = True
    calls = 0
    while died:
        calls += 1
        row, ses = make_announcement(), FakeSes("dropped")
        walk(row, ses, clock)
        clock.sleep(91)
        with killed_after(calls):
            try:
                run(ses, clock)
                died = False
            except WorkerKilledError:
                died = True
        sums = finish(row, ses, clock, events=events)
        assert sums.sent + sums.parked == sums.audience == 7
        assert max(ses.counts.values(), default=0) <= 1
        # With all events told, nobody is lost for a person to find; without, those in doubt are.
        proven = set(ses.counts) if events else set()
        assert sums.sent >= len(proven & set(ids))
    assert calls > 8


def test_a_sweep_that_slept_past_its_lease_sends_nothing_more(clock):
    make_readers(3)
    row, ses = make_announcement(), FakeSes("dropped")
    walk(row, ses, clock)
    clock.sleep(91)

    def oversleep(mail):
        ses.before_accepting = lambda mail: None
        clock.sleep(31)

    ses.before_accepting = oversleep
    run(ses, clock)
    assert len(ses.accepted) == 1
    assert finish(row, ses, clock) == Sums(audience=3, sent=3)
    assert max(ses.counts.values()) == 1


def test_a_paused_announcement_tries_again_after_a_while(clock):
    ids = make_readers(2)
    row, ses = make_announcement(), FakeSes("paused")
    walk(row, ses, clock)
    clock.sleep(timedelta(minutes=14).total_seconds())
    run(ses, clock)
    assert current(row).state == "paused"
    clock.sleep(timedelta(minutes=2).total_seconds())
    run(ses, clock)
    assert current(row).state == "sending"
    walk(row, ses, clock)
    assert set(ses.counts) == set(ids)


def test_a_sweep_without_time_does_nothing(clock):
    event = make_event()
    clock.sleep(61)
    run(FakeSes(), clock, seconds=1)
    assert [*event_announcements(event.id)] == []


def test_a_sweep_with_nothing_to_do_costs_eight_reads(clock):
    row = make_announcement()
    announcement_pause(row, reason="by hand")
    with dynamodb_calls() as calls:
        run(FakeSes(), clock)
    # Due events; corrections; the counts of the day; paused, stopping and sending announcements;
    # the breaker before and after its check.
    assert calls == {"Query": 6, "GetItem": 2}
    assert current(row).updated_at > datetime.now(UTC) - timedelta(minutes=1)


def test_what_was_stopped_stays_so_however_long_ago_it_was(clock, queue):
    """Held for a person, it might be resumed, though its event has been cancelled since."""
    row = make_announcement()
    assert announcement_stop(row, reason=Reason.EVENT_CANCELLED)
    run(FakeSes(), clock)
    clock.sleep(timedelta(hours=24, minutes=1).total_seconds())
    run(FakeSes(), clock)
    assert (current(row).state, current(row).reason) == ("stopping", Reason.EVENT_CANCELLED)
    assert queue == [row.id] * 2


@pytest.mark.parametrize("reason", [None, "Throttling"])
def test_an_announcement_of_long_ago_is_left_to_a_person(clock, queue, caplog, reason):
    """As after its table was restored from a backup: whom it has reached since is not known."""
    row = make_announcement()
    if reason:
        announcement_pause(row, reason=reason)
    clock.sleep(timedelta(hours=24, minutes=1).total_seconds())
    for _ in range(2):
        run(FakeSes(), clock)
        assert (current(row).state, current(row).reason) == ("paused", Reason.OLD)
        clock.sleep(timedelta(hours=1).total_seconds())
    assert queue == []
    assert [vars(record)["alarm"] for record in caplog.records] == ["held"]
    announcement_resume(row)
    run(FakeSes(), clock)
    assert current(row).state == "sending"
    assert queue == [row.id]
