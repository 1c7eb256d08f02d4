from datetime import UTC, datetime, timedelta
from unittest import mock

import pytest

from notifications import ledger
from notifications.announcements import announcement_pause
from notifications.progress import next_look, progress_of
from notifications.tally import Sums
from tests.dynamodb_calls import dynamodb_calls
from tests.notifications.sending import (
    FakeSes,
    WorkerKilledError,
    current,
    finish,
    make_announcement,
    make_readers,
    walk,
)

pytestmark = pytest.mark.usefixtures("aws")


def moment(clock):
    return datetime.fromtimestamp(clock(), UTC)


def die_half_way(row, clock):
    with pytest.raises(WorkerKilledError):
        walk(row, FakeSes(*[""] * 59, "killed"), clock)


def test_it_costs_one_query_while_it_is_sent_and_none_afterwards(clock):
    make_readers(120)
    row = make_announcement()
    die_half_way(row, clock)
    with dynamodb_calls() as calls:
        progress_of(row, now=moment(clock))
    assert calls == {"Query": 1}
    finish(row, FakeSes(), clock)
    row = current(row)
    with dynamodb_calls() as calls:
        progress = progress_of(row, now=moment(clock))
    assert calls == {}
    assert (progress.shards_ended, progress.sums.audience) == (1, 120)


def test_the_rate_is_that_of_the_last_minute(clock, settings):
    settings.CHUNK_LEASE_S = 30
    make_readers(100)
    row = make_announcement()
    with mock.patch("notifications.fanout.shard_fold"):
        walk(row, FakeSes(), clock)
    soon = row.started_at + timedelta(seconds=10)
    assert progress_of(row, now=soon).rate == 10
    late = moment(clock) + timedelta(seconds=50)
    row.started_at = late - timedelta(hours=1)
    assert progress_of(row, now=late).rate == pytest.approx(100 / 60)


def test_a_dead_worker_is_noticed_once_its_lease_is_over(clock):
    make_readers(120)
    row = make_announcement()
    die_half_way(row, clock)
    assert progress_of(row, now=moment(clock)).silent_since is None
    later = moment(clock) + timedelta(minutes=5)
    since = progress_of(row, now=later).silent_since
    assert since is not None
    assert row.started_at <= since < later
    assert next_look(row, now=later) == later + timedelta(minutes=1)


def test_of_a_paused_one_nobody_is_missed(clock):
    make_readers(120)
    row = make_announcement()
    die_half_way(row, clock)
    announcement_pause(row, reason="by hand")
    later = moment(clock) + timedelta(minutes=5)
    assert progress_of(current(row), now=later).silent_since is None


def test_nobody_knows_who_is_on_what_was_not_read(clock):
    make_readers(120)
    row = make_announcement()
    die_half_way(row, clock)
    later = moment(clock) + timedelta(minutes=5)
    with mock.patch("notifications.progress.CHUNKS_MAX", 1):
        progress = progress_of(row, now=later)
    assert (progress.is_whole, progress.silent_since) == (False, None)
    assert progress.sums.audience == 50


def test_of_mails_in_doubt_it_tells_when_they_are_settled(clock):
    make_readers(2)
    row = make_announcement()
    walk(row, FakeSes("", "lost"), clock)
    progress = progress_of(current(row), now=moment(clock))
    assert progress.sums == Sums(audience=2, sent=1, unknown=1)
    (chunk,) = (each for each in ledger.shard_chunks(row.id, "00") if each.ids)
    assert progress.settles_at == datetime.fromtimestamp(chunk.until + 60, UTC)


def test_shards_are_told_apart(clock, settings):
    settings.SHARD_COUNT = 3
    for shard, number in (("00", 60), ("01", 10), ("02", 70)):
        make_readers(number, shard=shard)
    row = make_announcement()
    walk(row, FakeSes(), clock, shard="01")
    with pytest.raises(WorkerKilledError):
        walk(row, FakeSes(*[""] * 55, "killed"), clock, shard="02")
    progress = progress_of(current(row), now=moment(clock))
    assert (progress.shards_ended, progress.shards) == (1, 3)
    assert (progress.sums.audience, progress.sums.sent) == (10 + 70, 10 + 50 + 5)
