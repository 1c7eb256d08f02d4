from datetime import UTC, datetime, timedelta
from unittest import mock

import pytest

from events.services import event_update
from ivent_site.dynamodb.writes import ConflictError
from notifications import ledger
from notifications.announce import announce
from notifications.announcements import (
    announcement_finish,
    announcement_pause,
    announcement_resume,
    announcement_stop,
    announcement_sums,
    shard_fold,
)
from notifications.feedback import record_rejected
from notifications.parked import parked_chunks
from notifications.refusals import DROPPED, is_resendable, refusal_text
from notifications.refused import (
    Outdated,
    is_resending,
    outdated,
    refusals_of,
    refused_resend,
    resendable_of,
)
from notifications.sweep import sweep
from notifications.tally import Sums
from subscriptions.services import subscription_leave
from tests.dynamodb_calls import dynamodb_calls
from tests.factories import make_data
from tests.factories_subscriptions import known
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


def run(ses, clock, **kwargs):
    sweep(worker=make_worker(ses, clock, **kwargs))


def refusing(clock, *script, readers=7):
    """An announcement that is done, of which SES refused some mails, and its readers."""
    ids = make_readers(readers)
    row = make_announcement()
    walk(row, FakeSes(*script), clock)
    assert current(row).state == "done"
    return current(row), ids


def resend(row):
    try:
        refused_resend(row)
    except ConflictError:
        return False
    return True


def test_what_ses_refused_is_told_by_reason(clock):
    row, ids = refusing(clock, "", "reject", "", "reject")
    assert announcement_sums(row) == Sums(audience=7, sent=5, refused=2)
    assert refusals_of(row) == {"MessageRejected": 2}
    record_rejected(row.id, "00.", [ids[0]])
    shard_fold(row, "00")
    assert refusals_of(current(row)) == {"MessageRejected": 2, DROPPED: 1}
    assert resendable_of(current(row)) == 2


@pytest.mark.parametrize(
    ("reason", "resendable"),
    [
        ("MessageRejected", True),
        ("MESSAGE_REJECTED", True),
        ("FAILED", True),
        ("INVALID_PARAMETER", False),
        ("InvalidParameterValue", False),
        ("unmailable", False),
        (DROPPED, False),
        ("SomethingNew", False),
    ],
)
def test_only_what_may_have_been_put_right_can_be_sent_once_more(reason, resendable):
    assert is_resendable(reason) is resendable
    assert refusal_text(reason).endswith(".")


def test_the_refused_are_sent_to_once_more_and_nobody_else(clock):
    row, ids = refusing(clock, "", "reject", "", "reject")
    assert resend(row)
    row = current(row)
    assert (row.state, is_resending(row)) == ("sending", True)
    assert announcement_sums(row) == Sums(audience=7, sent=5, unknown=2)
    assert not resend(row)
    ses = FakeSes()
    # Nobody of them was in doubt: no event is waited for.
    run(ses, clock)
    assert ses.counts == {ids[1]: 1, ids[3]: 1}
    row = current(row)
    assert (row.state, is_resending(row), refusals_of(row)) == ("done", False, {})
    assert announcement_sums(row) == Sums(audience=7, sent=7)


def test_the_decision_is_one_transaction_whatever_the_audience(clock, settings):
    settings.SHARD_COUNT = 2
    counts = []
    for number in (1, 20):
        row = make_announcement()
        for shard in ("00", "01"):
            make_readers(number, shard=shard)
            walk(row, FakeSes(*["reject"] * 300), clock, shard=shard)
        row = current(row)
        with dynamodb_calls() as calls:
            assert resend(row)
        counts.append(calls)
        finish(row, FakeSes(), clock)
    assert counts == [{"TransactWriteItems": 1}] * 2


def test_who_has_left_meanwhile_is_spared(clock):
    row, ids = refusing(clock, "reject", "reject")
    subscription_leave(subscription_id=ids[0])
    assert resend(row)
    ses = FakeSes()
    run(ses, clock)
    assert [*ses.counts] == [ids[1]]
    assert announcement_sums(current(row)) == Sums(audience=7, sent=6, suppressed=1)


def test_what_is_refused_again_waits_for_the_next_decision(clock):
    row, ids = refusing(clock, "reject", "reject")
    assert resend(row)
    ses = FakeSes("reject", "")
    assert finish(row, ses, clock) == Sums(audience=7, sent=6, refused=1)
    assert [*ses.counts] == [ids[1]]
    assert resend(current(row))
    assert finish(row, ses, clock) == Sums(audience=7, sent=7)
    assert ses.counts == {ids[0]: 1, ids[1]: 1}


def test_a_resent_mail_of_unknown_outcome_is_settled_by_its_event_or_parked(clock):
    row, ids = refusing(clock, "reject")
    assert resend(row)
    ses = FakeSes("lost")
    run(ses, clock)
    assert announcement_sums(current(row)) == Sums(audience=7, sent=6, unknown=1)
    assert finish(row, ses, clock, events=False) == Sums(audience=7, sent=6, parked=1)
    assert ses.counts == {ids[0]: 1}
    ses.publish_events()
    assert announcement_sums(current(row)) == Sums(audience=7, sent=7)


def test_beside_a_parked_mail_only_the_refused_one_is_sent(clock):
    ids = make_readers(3)
    row = make_announcement()
    walk(row, FakeSes("reject", "", "dropped"), clock)
    clock.sleep(95)
    run(FakeSes(*["dropped"] * 20), clock)
    clock.sleep(95)
    run(FakeSes(), clock)
    row = current(row)
    assert announcement_sums(row) == Sums(audience=3, sent=1, refused=1, parked=1)
    assert resend(row)
    ses = FakeSes()
    assert finish(row, ses, clock, events=False) == Sums(audience=3, sent=2, parked=1)
    assert [*ses.counts] == [ids[0]]
    (chunk,) = parked_chunks(current(row))
    assert chunk.unproven == (ids[2],)


def test_stopped_half_way_the_rest_stays_refused(clock):
    row, _ids = refusing(clock, "reject", "reject", "reject")
    assert resend(row)
    ses = FakeSes("", "paused")
    run(ses, clock)
    row = current(row)
    assert (row.state, announcement_sums(row).unknown) == ("paused", 2)
    assert announcement_stop(row, reason="by hand")
    assert finish(row, ses, clock) == Sums(audience=7, sent=5, refused=2)
    assert (current(row).state, len(ses.accepted)) == ("cancelled", 1)


def test_stopped_before_it_began_all_stay_refused(clock):
    row, _ids = refusing(clock, "reject", "reject")
    assert resend(row)
    assert announcement_stop(current(row), reason="by hand")
    ses = FakeSes()
    assert finish(row, ses, clock) == Sums(audience=7, sent=5, refused=2)
    assert ses.accepted == []


def test_paused_and_resumed_it_goes_on_without_waiting_for_events(clock):
    row, ids = refusing(clock, "reject", "reject")
    assert resend(row)
    announcement_pause(current(row), reason="by hand")
    ses = FakeSes()
    run(ses, clock)
    assert ses.accepted == []
    announcement_resume(current(row))
    ses.script = ["", *["throttle"] * 40]
    run(ses, clock, seconds=30)
    assert [*ses.counts] == [ids[0]]
    ses.script = []
    run(ses, clock)
    assert ses.counts == {ids[0]: 1, ids[1]: 1}
    assert current(row).state == "done"


@pytest.mark.parametrize(("stop", "left"), [(announcement_pause, 6), (announcement_stop, 0)])
def test_paused_or_stopped_while_they_are_sent_the_rest_is_not(clock, monkeypatch, stop, left):
    monkeypatch.setattr("notifications.audience.CHUNK_SIZE", 2)
    row, ids = refusing(clock, *["reject"] * 8, readers=8)
    assert resend(row)
    ses = FakeSes()

    def stop_at_the_first(mail):
        ses.before_accepting = lambda mail: None
        assert stop(current(row), reason="by hand")

    ses.before_accepting = stop_at_the_first
    run(ses, clock)
    assert [*ses.counts] == ids[:2]
    sums = announcement_sums(current(row))
    assert sums == Sums(audience=8, sent=2, refused=6 - left, unknown=left)


def test_a_sweep_killed_after_any_call_sends_each_at_most_once(clock, monkeypatch):
    monkeypatch.setattr("notifications.audience.CHUNK_SIZE", 2)
    ids = make_readers(4)
    script = ["reject", "", "reject", "reject"]
    died, calls = True, 0
    while died:
        calls += 1
        row = make_announcement()
        walk(row, FakeSes(*script), clock)
        assert resend(current(row))
        ses = FakeSes()
        with killed_after(calls):
            try:
                run(ses, clock)
                died = False
            except WorkerKilledError:
                died = True
        # Something corrects the ledger meanwhile, and sums the shard again.
        shard_fold(current(row), "00")
        sums = finish(row, ses, clock)
        assert sums == Sums(audience=4, sent=4 - sums.parked, parked=sums.parked)
        assert ses.counts.keys() <= {ids[0], ids[2], ids[3]}
        # Parked is who was about to be sent to when it died, and nobody else.
        assert len(ses.accepted) == len(ses.counts) == 3 - sums.parked
        assert sums.parked <= 1
    assert calls > 20


def test_two_sweeps_at_once_send_nobody_twice(clock):
    row, ids = refusing(clock, "reject", "reject", "reject")
    assert resend(row)
    ses = FakeSes()
    reopen = ledger.reopen

    def sweep_before(transaction, chunk):
        ledger.reopen = reopen
        run(ses, clock)
        reopen(transaction, chunk)

    with mock.patch("notifications.ledger.reopen", sweep_before):
        run(ses, clock)
    assert ses.counts == dict.fromkeys(ids[:3], 1)
    assert finish(row, ses, clock) == Sums(audience=7, sent=7)


def test_what_two_sweeps_see_refused_again_is_tried_once(clock):
    """The slower one would reopen what the faster one has been refused once more."""
    row, _ids = refusing(clock, "reject", "reject")
    assert resend(row)
    ses = FakeSes("reject", "reject")
    stale = current(row)
    run(ses, clock)
    assert refusals_of(current(row)) == {"MessageRejected": 2}
    with (
        mock.patch("notifications.sweep.announcements_in", return_value=[stale]),
        mock.patch.object(stale, "refresh"),
    ):
        run(ses, clock)
    assert ses.accepted == []
    assert finish(row, ses, clock) == Sums(audience=7, sent=5, refused=2)


def test_a_sweep_without_time_goes_on_with_the_next(clock):
    ids = make_readers(110)
    row = make_announcement()
    walk(row, FakeSes(*["reject"] * 110), clock)
    assert resend(current(row))
    slow = FakeSes()
    slow.before_accepting = lambda mail: clock.sleep(0.2)
    run(slow, clock, seconds=15)
    assert 0 < len(slow.accepted) < 110
    slow.before_accepting = lambda mail: None
    assert finish(row, slow, clock) == Sums(audience=110, sent=110)
    assert slow.counts == dict.fromkeys(ids, 1)


def test_of_two_people_who_decide_at_once_one_is_told_so(clock):
    row, _ids = refusing(clock, "reject")
    other = current(row)
    assert resend(row)
    assert not resend(other)


def test_old_news_is_sent_to_nobody(clock):
    now = datetime.now(UTC)
    row, _ids = refusing(clock, "reject")
    assert outdated(row, now=now) is None
    assert outdated(row, now=now + timedelta(days=36500)) is Outdated.EVENT_OVER
    event_update(event_id=row.event_id, version=1, data=make_data(title="Winter fair"))
    changed = known(announce(event_id=row.event_id))
    assert outdated(row, now=now) is Outdated.NEWS_SINCE
    assert outdated(changed, now=now) is None


def test_a_worker_that_slept_does_not_end_what_a_person_opened_meanwhile(clock):
    row, _ids = refusing(clock, "reject")
    slept = current(row)
    slept.state, slept.updated_at = "sending", slept.updated_at - timedelta(seconds=1)
    refused_resend(row)
    assert not announcement_finish(slept)
    assert (current(row).state, is_resending(current(row))) == ("sending", True)
