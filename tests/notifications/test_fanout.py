from collections import Counter

import pytest

from notifications.announcements import announcement_pause, announcement_resume, announcement_sums
from notifications.enums import ChunkState
from notifications.fanout import LOOK_S, WalkEnd, walk_shard
from notifications.ledger import last_chunk
from notifications.parked import parked_chunks
from notifications.sweep import sweep
from notifications.tally import Sums
from subscriptions.enums import StopCause
from subscriptions.selectors import shard_recipients
from subscriptions.services import subscription_leave, subscription_record_feedback
from tests.dynamodb_calls import dynamodb_calls
from tests.factories_subscriptions import known
from tests.notifications.sending import (
    SHARD,
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


def once(ids):
    return Counter(dict.fromkeys(ids, 1))


@pytest.mark.parametrize("readers", [0, 1, 49, 50, 51, 120])
def test_every_confirmed_reader_gets_one_mail(readers, clock):
    ids = make_readers(readers)
    row, ses = make_announcement(), FakeSes()
    assert walk(row, ses, clock) == WalkEnd.ENDED
    assert ses.counts == once(ids)
    assert current(row).state == "done"
    assert announcement_sums(current(row)) == Sums(audience=readers, sent=readers)


def test_a_walk_of_what_is_done_mails_nobody(clock):
    make_readers(3)
    row, ses = make_announcement(), FakeSes()
    walk(row, ses, clock)
    assert walk(row, ses, clock) == WalkEnd.IDLE
    assert len(ses.accepted) == 3


def test_fifty_readers_cost_one_query_and_one_write(clock):
    row = make_announcement()
    spent = []
    for readers in (60, 210):
        make_readers(readers)
        with dynamodb_calls() as calls:
            walk(make_announcement(), BulkSes(), clock)
        spent.append(calls)
    # 60 readers are 2 chunks, 270 are 6.
    assert spent[1] - spent[0] == {"Query": 4, "PutItem": 4}
    assert current(row).state == "sending"


class BulkSes(FakeSes):
    """Sends a chunk in one call, as a bulk transport does."""

    at_once = 50

    def send(self, mails, delivery):
        delivery.before_call(mails)
        for mail in mails:
            delivery.report(mail, refusal=self._call(mail))


def test_whoever_left_bounced_or_complained_gets_no_mail(clock):
    ids = make_readers(5)
    row, ses = make_announcement(), FakeSes()
    subscription_leave(subscription_id=ids[0])
    subscription_record_feedback(subscription_id=ids[1], cause=StopCause.BOUNCE)
    subscription_record_feedback(subscription_id=ids[2], cause=StopCause.COMPLAINT)
    walk(row, ses, clock)
    assert ses.counts == once(ids[3:])


def test_a_subscriber_who_left_during_the_send_gets_no_mail(clock):
    ids = make_readers(60)
    row, ses = make_announcement(), FakeSes()

    def leave_at_the_first_mail(mail):
        if not ses.accepted:
            subscription_leave(subscription_id=ids[55])

    ses.before_accepting = leave_at_the_first_mail
    walk(row, ses, clock)
    assert ses.counts == once(set(ids) - {ids[55]})
    assert announcement_sums(current(row)) == Sums(audience=59, sent=59)


def test_whoever_leaves_while_a_worker_is_frozen_before_its_claim_gets_no_mail(clock, monkeypatch):
    ids = make_readers(3)
    row, ses = make_announcement(), FakeSes()

    def read_and_freeze(**kwargs):
        monkeypatch.setattr("notifications.audience.shard_recipients", shard_recipients)
        found = shard_recipients(**kwargs)
        clock.sleep(200)
        subscription_leave(subscription_id=ids[1])
        return found

    monkeypatch.setattr("notifications.audience.shard_recipients", read_and_freeze)
    assert walk(row, ses, clock) == WalkEnd.ENDED
    assert ses.counts == once([ids[0], ids[2]])


def test_topics_choose_the_readers(clock):
    everything = make_readers(2)
    music = make_readers(60, topics=["music"])
    make_readers(70, topics=["sport"])
    both = make_readers(1, topics=["sport", "music"])
    row, ses = make_announcement(topics=("music", "art")), FakeSes()
    assert walk(row, ses, clock) == WalkEnd.ENDED
    assert ses.counts == once([*everything, *music, *both])


def test_an_event_without_topics_is_for_everybody(clock):
    ids = make_readers(2, topics=["sport"])
    row, ses = make_announcement(), FakeSes()
    walk(row, ses, clock)
    assert ses.counts == once(ids)


def test_a_walk_through_many_who_do_not_want_it_goes_on_in_steps(clock, monkeypatch):
    monkeypatch.setattr("notifications.audience.QUERIES_MAX", 1)
    make_readers(100, topics=["sport"])
    music = make_readers(1, topics=["music"])
    row, ses = make_announcement(topics=("music",)), FakeSes()
    assert walk(row, ses, clock) == WalkEnd.ENDED
    assert ses.counts == once(music)
    assert announcement_sums(current(row)) == Sums(audience=1, sent=1)


def test_a_mail_that_ses_refuses_is_counted_and_its_neighbours_are_sent(clock):
    ids = make_readers(3)
    row, ses = make_announcement(), FakeSes("", "reject")
    walk(row, ses, clock)
    assert ses.counts == once([ids[0], ids[2]])
    assert announcement_sums(current(row)) == Sums(audience=3, sent=2, refused=1)
    assert current(row).state == "done"


def test_a_throttled_call_is_tried_again_within_the_lease(clock):
    ids = make_readers(12)
    row, ses = make_announcement(), FakeSes("", "throttle", "throttle", "", "throttle")
    assert walk(row, ses, clock) == WalkEnd.ENDED
    assert ses.counts == once(ids)


def test_a_shard_that_stays_throttled_is_handed_on_and_loses_nothing(clock):
    ids = make_readers(60)
    row, ses = make_announcement(), FakeSes(*[""] * 7, *["throttle"] * 30)
    assert walk(row, ses, clock) == WalkEnd.THROTTLED
    chunk = known(last_chunk(row.id, SHARD))
    assert (chunk.state, chunk.progress) == (ChunkState.RELEASED, 7)
    assert announcement_sums(current(row)) == Sums(audience=50, sent=7, unknown=43)
    ses.script.clear()
    assert walk(row, ses, clock) == WalkEnd.ENDED
    assert ses.counts == once(ids)
    assert announcement_sums(current(row)) == Sums(audience=60, sent=60)


def test_whoever_leaves_while_the_shard_waits_gets_no_mail(clock):
    ids = make_readers(4)
    row, ses = make_announcement(), FakeSes("", *["throttle"] * 30)
    walk(row, ses, clock)
    subscription_leave(subscription_id=ids[2])
    ses.script.clear()
    walk(row, ses, clock)
    assert ses.counts == once([ids[0], ids[1], ids[3]])
    assert announcement_sums(current(row)) == Sums(audience=4, sent=3, suppressed=1)


def test_a_stopped_account_pauses_the_announcement_and_fails_nobody(clock):
    ids = make_readers(4)
    row, ses = make_announcement(), FakeSes("", "paused")
    assert walk(row, ses, clock) == WalkEnd.IDLE
    paused = current(row)
    assert (paused.state, paused.reason) == ("paused", "AccountSendingPausedException")
    assert walk(row, ses, clock) == WalkEnd.IDLE
    assert announcement_resume(paused)
    assert walk(row, ses, clock) == WalkEnd.ENDED
    assert ses.counts == once(ids)
    assert current(row).state == "done"


def test_a_pause_is_seen_within_seconds(clock):
    ids = make_readers(300)
    row, ses = make_announcement(), FakeSes()

    def pause_at_the_first_mail(mail):
        clock.sleep(LOOK_S / 80)
        if not ses.accepted:
            announcement_pause(current(row), reason="by hand")

    ses.before_accepting = pause_at_the_first_mail
    assert walk(row, ses, clock) == WalkEnd.IDLE
    assert len(ses.accepted) == 100
    assert known(last_chunk(row.id, SHARD)).state == ChunkState.SETTLED
    announcement_resume(current(row))
    assert walk(row, ses, clock) == WalkEnd.ENDED
    assert ses.counts == once(ids)


def test_a_worker_whose_time_is_up_hands_on_without_a_gap(clock):
    ids = make_readers(120)
    row, ses = make_announcement(), FakeSes()
    ses.before_accepting = lambda mail: clock.sleep(1)
    ends: list[WalkEnd] = []
    while not ends or ends[-1] != WalkEnd.ENDED:
        worker = make_worker(ses, clock, seconds=33)
        ends.append(walk_shard(announcement_id=row.id, shard=SHARD, worker=worker))
    assert ends == [WalkEnd.HANDED_ON] * 3 + [WalkEnd.ENDED]
    assert ses.counts == once(ids)
    assert announcement_sums(current(row)) == Sums(audience=120, sent=120)


def test_a_lost_reply_is_settled_by_its_event_and_not_sent_again(clock):
    ids = make_readers(60)
    row, ses = make_announcement(), FakeSes(*[""] * 10, "lost")
    assert walk(row, ses, clock) == WalkEnd.ENDED
    assert announcement_sums(current(row)) == Sums(audience=60, sent=20, unknown=40)
    assert finish(row, ses, clock) == Sums(audience=60, sent=60)
    assert ses.counts == once(ids)


def test_a_lost_call_is_sent_again_once(clock):
    ids = make_readers(5)
    row, ses = make_announcement(), FakeSes("", "dropped")
    walk(row, ses, clock)
    assert finish(row, ses, clock) == Sums(audience=5, sent=5)
    assert ses.counts == once(ids)


def test_whoever_left_before_the_second_try_gets_no_mail(clock):
    ids = make_readers(5)
    row, ses = make_announcement(), FakeSes("", "dropped")
    walk(row, ses, clock)
    subscription_leave(subscription_id=ids[3])
    assert finish(row, ses, clock) == Sums(audience=5, sent=4, suppressed=1)
    assert ses.counts == once(set(ids) - {ids[3]})


def test_what_is_unknown_twice_is_parked_and_the_announcement_is_done(clock):
    make_readers(3)
    row, ses = make_announcement(), FakeSes("", "dropped", "dropped")
    walk(row, ses, clock)
    assert finish(row, ses, clock) == Sums(audience=3, sent=1, parked=2)
    assert current(row).state == "done"


def test_a_late_event_takes_a_parked_mail_out_of_doubt(clock):
    make_readers(2)
    row, ses = make_announcement(), FakeSes("", "dropped", "lost")
    walk(row, ses, clock)
    assert finish(row, ses, clock, events=False) == Sums(audience=2, sent=1, parked=1)
    ses.publish_events()
    assert announcement_sums(current(row)) == Sums(audience=2, sent=2)


def test_a_resend_that_is_throttled_is_tried_again_later(clock):
    ids = make_readers(3)
    row, ses = make_announcement(), FakeSes("dropped", "", "throttle")
    walk(row, ses, clock)
    assert finish(row, ses, clock) == Sums(audience=3, sent=3)
    assert ses.counts == once(ids)


def test_nobody_takes_a_shard_whose_owner_is_alive(clock):
    make_readers(5)
    row, ses = make_announcement(), FakeSes("killed")
    with pytest.raises(WorkerKilledError):
        walk(row, ses, clock)
    clock.sleep(29)
    assert walk(row, ses, clock) == WalkEnd.IDLE
    assert len(ses.accepted) == 1


def test_a_dead_workers_chunk_becomes_unknown_and_the_walk_goes_on_behind_it(clock):
    ids = make_readers(60)
    row, ses = make_announcement(), FakeSes(*[""] * 8, "killed")
    with pytest.raises(WorkerKilledError):
        walk(row, ses, clock)
    clock.sleep(31)
    assert walk(row, ses, clock) == WalkEnd.ENDED
    # Five were noted; nobody knows yet of the other four that were accepted.
    assert announcement_sums(current(row)) == Sums(audience=60, sent=15, unknown=45)
    assert finish(row, ses, clock) == Sums(audience=60, sent=60)
    assert ses.counts == once(ids)


def test_a_worker_that_slept_past_its_lease_sends_nothing_more(clock):
    ids = make_readers(60)
    row, ses = make_announcement(), FakeSes()

    def sleep_at_the_eighth(mail):
        if len(ses.accepted) == 7:
            ses.before_accepting = lambda mail: None
            clock.sleep(31)
            # Another worker takes over while this one sleeps, in the middle of its call.
            assert walk(row, ses, clock) == WalkEnd.ENDED

    ses.before_accepting = sleep_at_the_eighth
    assert walk(row, ses, clock) == WalkEnd.IDLE
    assert finish(row, ses, clock) == Sums(audience=60, sent=60)
    assert ses.counts == once(ids)


def test_two_workers_at_one_shard_with_a_changing_audience_mail_nobody_twice(clock):
    ids = make_readers(110)
    row, ses = make_announcement(), FakeSes()
    late = []

    def race(mail):
        if len(ses.accepted) in (3, 70):
            late.extend(make_readers(1))
            subscription_leave(subscription_id=ids[len(ses.accepted) + 30])
            assert walk(row, ses, clock) == WalkEnd.IDLE

    ses.before_accepting = race
    assert walk(row, ses, clock) == WalkEnd.ENDED
    assert max(ses.counts.values()) == 1
    assert set(ses.counts) >= set(ids) - {ids[33], ids[100]}
    sums = announcement_sums(current(row))
    assert sums.audience == sums.sent == len(ses.accepted)


@pytest.mark.parametrize("bulk", [True, False])
def test_a_worker_killed_after_any_call_loses_nobody_and_doubles_nobody(clock, bulk):
    ids = make_readers(55)
    for calls in range(1, 40):
        row = make_announcement()
        ses = BulkSes() if bulk else FakeSes()
        died = False
        with killed_after(calls):
            try:
                walk(row, ses, clock)
            except WorkerKilledError:
                died = True
        assert finish(row, ses, clock) == Sums(audience=55, sent=55), calls
        assert ses.counts == once(ids), calls
        if not died:
            break
    assert not died


def test_a_worker_killed_after_any_mail_loses_nobody_and_doubles_nobody(clock):
    ids = make_readers(7)
    for mails in range(7):
        row, ses = make_announcement(), FakeSes(*[""] * mails, "killed")
        with pytest.raises(WorkerKilledError):
            walk(row, ses, clock)
        assert finish(row, ses, clock) == Sums(audience=7, sent=7), mails
        assert ses.counts == once(ids), mails


def test_a_chunk_in_doubt_is_settled_as_soon_as_every_event_is_there(clock):
    ids = make_readers(3)
    row, ses = make_announcement(), FakeSes("", "", "lost")
    walk(row, ses, clock)
    assert current(row).state == "sending"
    ses.publish_events()
    assert current(row).state == "done"
    assert announcement_sums(current(row)) == Sums(audience=3, sent=3)
    assert ses.counts == once(ids)


def test_a_chunk_whose_walk_failed_is_not_the_same_workers_to_commit(clock):
    ids = make_readers(4)
    row, ses = make_announcement(), FakeSes()
    worker = make_worker(ses, clock)

    def fail_at_the_third(mail):
        if len(ses.accepted) == 2:
            ses.before_accepting = lambda mail: None
            raise OSError("gone")

    ses.before_accepting = fail_at_the_third
    with pytest.raises(OSError, match="gone"):
        walk_shard(announcement_id=row.id, shard=SHARD, worker=worker)
    clock.sleep(31)
    assert walk_shard(announcement_id=row.id, shard=SHARD, worker=worker) == WalkEnd.ENDED
    assert announcement_sums(current(row)) == Sums(audience=4, unknown=4)
    assert finish(row, ses, clock) == Sums(audience=4, sent=4)
    assert ses.counts == once(ids)


def test_a_sweep_that_dies_while_it_sends_again_leaves_a_person_only_whom_it_has_called(clock):
    ids = make_readers(5)
    row, ses = make_announcement(), FakeSes("dropped")
    walk(row, ses, clock)
    # The second of five is called and the sweep dies; its event never comes.
    ses.script = ["", "killed"]
    clock.sleep(100)
    with pytest.raises(WorkerKilledError):
        sweep(worker=make_worker(ses, clock))
    assert finish(row, ses, clock, events=False) == Sums(audience=5, sent=4, parked=1)
    assert ses.counts == once(ids)
    (chunk,) = parked_chunks(current(row))
    assert chunk.unproven == (ids[1],)
