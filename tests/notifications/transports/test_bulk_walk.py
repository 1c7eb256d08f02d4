"""The walk and the ledger with bulk calls: what is noted, in doubt and sent again."""

from collections import Counter

import pytest

from notifications.announcements import announcement_sums
from notifications.enums import ChunkState
from notifications.fanout import WalkEnd
from notifications.ledger import last_chunk, shard_chunks
from notifications.mime import UnmailableError
from notifications.rendering import Letters
from notifications.tally import Sums
from notifications.transports.ses_bulk import SesBulk
from tests.dynamodb_calls import dynamodb_calls
from tests.factories_subscriptions import known
from tests.notifications.sending import (
    SHARD,
    Clock,
    FakeSes,
    current,
    finish,
    make_announcement,
    make_readers,
    walk,
)

pytestmark = pytest.mark.usefixtures("aws")


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture(autouse=True)
def one_shard(settings):
    settings.SHARD_COUNT = 1
    settings.CHUNK_LEASE_S = 30
    settings.UNKNOWN_WAIT_S = 60


class Bulk(FakeSes):
    """The real transport; the sink's mails are what was accepted."""

    at_once = SesBulk.at_once

    def __init__(self, sink):
        super().__init__()
        self._sink = sink

    def send(self, mails, delivery):
        by_id = {mail.subscriber_id: mail for mail in mails}
        before = len(self._sink.sent)
        try:
            SesBulk().send(mails, delivery)
        finally:
            new = self._sink.sent[before:]
            self.accepted += [by_id[each.tags["subscriber"]] for each in new]


@pytest.fixture
def ses(sink):
    return Bulk(sink)


def once(ids):
    return Counter(dict.fromkeys(ids, 1))


def test_fifty_readers_of_one_language_cost_a_query_a_write_and_a_call(sink, ses, clock):
    ids = make_readers(100, timezone="Asia/Tokyo")
    row = make_announcement()
    with dynamodb_calls() as calls:
        assert walk(row, ses, clock) == WalkEnd.ENDED
    assert sink.calls == [50, 50]
    assert sink.counts == once(ids)
    # 2 chunks and the shard's end; the fold and what comes before the first chunk are per shard.
    assert calls["PutItem"] == 3
    assert announcement_sums(current(row)) == Sums(audience=100, sent=100)


def test_a_chunk_of_several_languages_is_as_many_calls_and_no_note_between_them(sink, ses, clock):
    ids = [each for lang in ("en", "de", "fr") for each in make_readers(10, locale=lang)]
    row = make_announcement()
    assert walk(row, ses, clock) == WalkEnd.ENDED
    assert sink.calls == [10, 10, 10]
    assert sink.counts == once(ids)
    first = next(iter(shard_chunks(row.id, SHARD)))
    assert sorted(first.ids) == sorted(ids)
    assert first.last == max(ids)
    # The next claim commits them all.
    assert first.progress == 0


@pytest.mark.parametrize("fault", ["cut", "error"])
def test_a_second_call_of_unknown_outcome_leaves_only_its_own_in_doubt(sink, ses, clock, fault):
    ids = [each for lang in ("en", "de", "fr") for each in make_readers(10, locale=lang)]
    row = make_announcement()
    sink.script = ["", fault]
    assert walk(row, ses, clock) == WalkEnd.ENDED
    assert announcement_sums(current(row)) == Sums(audience=30, sent=20, unknown=10)
    assert finish(row, ses, clock) == Sums(audience=30, sent=30)
    assert sink.counts == once(ids)


def test_an_entry_throttled_between_others_is_sent_alone_later(sink, ses, clock):
    ids = make_readers(4)
    row = make_announcement()
    sink.script = [["", "ACCOUNT_THROTTLED", "", "MESSAGE_REJECTED"]]
    assert walk(row, ses, clock) == WalkEnd.ENDED
    assert sink.calls == [4, 1]
    assert sink.counts == once(ids[:3])
    assert announcement_sums(current(row)) == Sums(audience=4, sent=3, refused=1)


def test_a_chunk_given_back_with_a_gap_remembers_who_was_sent_to(sink, ses, clock):
    ids = make_readers(4)
    row = make_announcement()
    sink.script = [["", "ACCOUNT_THROTTLED", "", "MESSAGE_REJECTED"], *["throttle"] * 30]
    assert walk(row, ses, clock) == WalkEnd.THROTTLED
    chunk = known(last_chunk(row.id, SHARD))
    assert (chunk.state, chunk.progress) == (ChunkState.RELEASED, 1)
    assert chunk.seen == {ids[2]}
    assert chunk.refused == {ids[3]: "MESSAGE_REJECTED"}
    assert chunk.unproven == (ids[1],)
    sink.script = []
    assert walk(row, ses, clock) == WalkEnd.ENDED
    assert sink.counts == once(ids[:3])
    assert announcement_sums(current(row)) == Sums(audience=4, sent=3, refused=1)


@pytest.mark.parametrize("fault", ["paused", "quota", "daily", "suspended"])
def test_a_stopped_account_pauses_the_announcement_and_fails_nobody(sink, ses, clock, fault):
    ids = make_readers(3)
    row = make_announcement()
    sink.script = [fault]
    assert walk(row, ses, clock) == WalkEnd.IDLE
    assert current(row).state == "paused"
    assert announcement_sums(current(row)) == Sums(audience=3, unknown=3)
    clock.sleep(20 * 60)
    assert finish(row, ses, clock) == Sums(audience=3, sent=3)
    assert sink.counts == once(ids)


def test_the_sandbox_pauses_the_announcement(sink, ses, clock):
    make_readers(3)
    sink.sandbox = True
    row = make_announcement()
    assert walk(row, ses, clock) == WalkEnd.IDLE
    assert (current(row).state, current(row).reason) == ("paused", "MESSAGE_REJECTED")
    assert sink.sent == []


def test_a_letter_that_cannot_be_made_leaves_what_was_sent_before_certain(ses, clock, monkeypatch):
    make_readers(50)
    make_readers(1, locale="de")
    row = make_announcement()
    plain = Letters.mail

    def mail(self, recipient, *, tags):
        if recipient.locale == "de":
            raise UnmailableError
        return plain(self, recipient, tags=tags)

    monkeypatch.setattr(Letters, "mail", mail)
    assert walk(row, ses, clock) == WalkEnd.IDLE
    assert (current(row).state, current(row).reason) == ("paused", "unmailable")
    assert known(last_chunk(row.id, SHARD)).state == ChunkState.SETTLED
    assert announcement_sums(current(row)) == Sums(audience=50, sent=50)
