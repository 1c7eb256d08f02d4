import pytest
from django.test import override_settings

from notifications.delivery import Worker
from notifications.enums import ChunkState
from notifications.fanout import LOOK_S, WalkEnd, walk_shard
from notifications.ledger import last_chunk
from notifications.rate import ASK_EVERY_S, FIRST_RATE, Pace, process_pace
from notifications.transports.account import PAUSED, Account, AccountUnknownError
from tests.factories_subscriptions import known
from tests.notifications.sending import (
    SHARD,
    FakeSes,
    current,
    finish,
    make_announcement,
    make_readers,
    walk,
)


class Ses:
    """An account that is asked, and counts how often."""

    def __init__(self, rate=10.0, stopped=""):
        self.rate, self.stopped, self.asked, self.silent = rate, stopped, 0, False

    def __call__(self):
        self.asked += 1
        if self.silent:
            raise AccountUnknownError
        return Account(rate=self.rate, stopped=self.stopped)


def make_pace(account, *, workers=1):
    return Pace(ask=account, workers=workers)


@pytest.mark.parametrize(
    ("rate", "workers", "size"),
    [
        *((1, 1, 1), (0.5, 1, 1), (14, 1, 14), (50, 1, 50), (80, 1, 80), (2000, 1, 200)),
        *((14, 10, 14), (200, 10, 50), (1200, 10, 120)),
    ],
)
def test_a_chunk_is_no_more_than_a_second_may_carry(rate, workers, size):
    assert make_pace(Ses(rate), workers=workers).chunk_size(0) == size


def test_the_first_mails_wait_for_nothing():
    assert make_pace(Ses()).wait_s(100) == 0


def test_mails_take_their_time():
    pace = make_pace(Ses(rate=10))
    pace.spend(50, 100)
    assert pace.wait_s(100) == 5
    assert pace.wait_s(104) == 1
    assert pace.wait_s(106) == 0
    pace.spend(10, 106)
    assert pace.wait_s(106) == 1


def test_workers_share_the_rate():
    pace = make_pace(Ses(rate=10), workers=4)
    pace.spend(10, 100)
    assert pace.wait_s(100) == 4


def test_the_account_is_asked_once_a_minute():
    account = Ses(rate=10)
    pace = make_pace(account)
    assert pace.chunk_size(100) == 10
    account.rate = 20
    assert pace.chunk_size(100 + ASK_EVERY_S - 1) == 10
    assert account.asked == 1
    assert pace.chunk_size(100 + ASK_EVERY_S) == 20
    assert account.asked == 2


def test_an_account_that_does_not_answer_keeps_its_last_rate():
    account = Ses(rate=40)
    account.silent = True
    pace = make_pace(account)
    assert pace.chunk_size(100) == FIRST_RATE
    account.silent = False
    assert pace.chunk_size(200) == 40
    account.silent = True
    assert pace.chunk_size(300) == 40


def test_the_settings_may_say_the_rate():
    process_pace.cache_clear()
    with override_settings(MAIL_RATE=20, FANOUT_CONCURRENCY=2):
        pace = process_pace()
    process_pace.cache_clear()
    # Two workers that walk, and what is sent beside them.
    pace.spend(20, 100)
    assert (pace.chunk_size(100), pace.wait_s(100)) == (20, 3)


def worker(ses, clock, pace, *, seconds=300):
    return Worker(
        transport=ses, deadline=clock() + seconds, clock=clock, sleep=clock.sleep, pace=pace
    )


@pytest.mark.usefixtures("aws")
class TestWalks:
    def test_a_walk_keeps_to_its_share(self, clock):
        ids = make_readers(100)
        row, ses, started = make_announcement(), FakeSes(), clock()
        pace = make_pace(Ses(rate=20), workers=2)
        end = walk_shard(announcement_id=row.id, shard=SHARD, worker=worker(ses, clock, pace))
        assert end == WalkEnd.ENDED
        # A hundred calls at ten a second; nothing waits for the time of the last one.
        assert clock() - started == pytest.approx(9.9)
        assert set(ses.counts) == set(ids)

    def test_a_long_wait_leaves_nothing_open(self, clock, settings):
        settings.CHUNK_LEASE_S = 10
        make_readers(4)
        row, ses = make_announcement(), FakeSes()
        states = []

        def sleep(seconds):
            states.append(known(last_chunk(row.id, SHARD)).state)
            clock.sleep(seconds)

        mine = worker(ses, clock, make_pace(Ses(rate=1), workers=20))
        mine.sleep = sleep
        assert walk_shard(announcement_id=row.id, shard=SHARD, worker=mine) == WalkEnd.ENDED
        assert set(states) == {ChunkState.SETTLED}
        assert sum(ses.counts.values()) == 4

    def test_a_wait_beyond_the_workers_time_hands_on(self, clock):
        ids = make_readers(4)
        row, ses = make_announcement(), FakeSes()
        pace = make_pace(Ses(rate=2), workers=30)
        ends: list[WalkEnd] = []
        while not ends or ends[-1] != WalkEnd.ENDED:
            mine = worker(ses, clock, pace, seconds=20)
            ends.append(walk_shard(announcement_id=row.id, shard=SHARD, worker=mine))
            clock.sleep(20)
        assert ends == [WalkEnd.HANDED_ON, WalkEnd.HANDED_ON, WalkEnd.ENDED]
        assert set(ses.counts) == set(ids)
        assert set(ses.counts.values()) == {1}

    def test_an_account_that_may_not_send_pauses_and_goes_on_later(self, clock):
        ids = make_readers(40)
        row, ses, account = make_announcement(), FakeSes(), Ses(rate=10)
        pace = make_pace(account)

        def stop_at_the_twelfth(mail):
            if len(ses.accepted) == 11:
                account.stopped = PAUSED
                clock.sleep(ASK_EVERY_S / 4)

        ses.before_accepting = stop_at_the_twelfth
        mine = worker(ses, clock, pace)
        clock.sleep(ASK_EVERY_S)
        pace.stopped(clock())
        clock.sleep(ASK_EVERY_S - 5)
        assert walk_shard(announcement_id=row.id, shard=SHARD, worker=mine) == WalkEnd.IDLE
        assert (current(row).state, current(row).reason) == ("paused", PAUSED)
        assert known(last_chunk(row.id, SHARD)).state == ChunkState.SETTLED
        assert len(ses.accepted) == 20
        clock.sleep(15 * 60)
        account.stopped = ""
        assert finish(row, ses, clock).sent == 40
        assert set(ses.counts) == set(ids)
        assert set(ses.counts.values()) == {1}

    def test_a_large_announcement_gives_up_its_turn_to_a_small_one(self, clock):
        make_readers(150)
        large, small, ses = make_announcement(), make_announcement(), FakeSes()
        ses.before_accepting = lambda mail: clock.sleep(LOOK_S / 50)
        assert walk(large, ses, clock) == WalkEnd.HANDED_ON
        assert len(ses.accepted) == 50
        assert known(last_chunk(large.id, SHARD)).state == ChunkState.SETTLED
        ses.before_accepting = lambda mail: None
        assert walk(small, ses, clock) == WalkEnd.ENDED
        assert walk(large, ses, clock) == WalkEnd.ENDED

    def test_an_announcement_by_itself_gives_up_no_turn(self, clock):
        make_readers(150)
        row, ses = make_announcement(), FakeSes()
        ses.before_accepting = lambda mail: clock.sleep(LOOK_S / 50)
        assert walk(row, ses, clock) == WalkEnd.ENDED

    def test_a_worker_that_waits_for_the_accounts_rate_past_its_lease_sends_nothing_more(
        self, clock
    ):
        ids = make_readers(3)
        row, ses, account = make_announcement(), FakeSes(), Ses(rate=10)

        def answer_late():
            if account.asked:
                clock.sleep(31)
            return account()

        pace = make_pace(answer_late, workers=20)
        # The minute is over in the middle of the chunk.
        pace._now(clock() + 1 - ASK_EVERY_S)
        mine = worker(ses, clock, pace)
        assert walk_shard(announcement_id=row.id, shard=SHARD, worker=mine) == WalkEnd.HANDED_ON
        assert [mail.subscriber_id for mail in ses.accepted] == ids[:1]

    def test_a_worker_frozen_while_it_waits_for_its_turn_sends_nothing_more(self, clock):
        ids = make_readers(3)
        row, ses = make_announcement(), FakeSes()
        mine = worker(ses, clock, make_pace(Ses(rate=10), workers=20))

        def freeze_at_the_second(seconds):
            clock.sleep(31)
            mine.sleep = clock.sleep
            # Another goes on meanwhile.
            assert walk(row, FakeSes(), clock) == WalkEnd.ENDED

        mine.sleep = freeze_at_the_second
        assert walk_shard(announcement_id=row.id, shard=SHARD, worker=mine) == WalkEnd.IDLE
        assert [mail.subscriber_id for mail in ses.accepted] == ids[:1]
