from dataclasses import replace

from ivent_site.ids import uuid7
from notifications.enums import SUPPRESSED, ChunkState
from notifications.ledger import Chunk
from notifications.tally import Sums, shard_tally


def chunk(number, **values):
    plain = Chunk(
        announcement_id="a",
        key="00.",
        ids=tuple(sorted(uuid7() for _ in range(number))),
        last="",
        owner="anna",
        until=1.0,
        end=False,
        state=ChunkState.CLAIMED,
        progress=0,
        seen=frozenset(),
        refused={},
        doubt=False,
    )
    return replace(plain, **values)


END = chunk(0, end=True)


def sums(*chunks):
    return shard_tally(chunks).sums


def test_nothing_adds_up_to_nothing():
    tally = shard_tally([])
    assert (tally.sums, tally.ended, tally.doubtful) == (Sums(), False, ())


def test_what_is_followed_is_sent():
    assert sums(chunk(3), chunk(2), END) == Sums(audience=5, sent=5)


def test_the_last_chunk_is_under_way():
    assert sums(chunk(3), chunk(2, progress=1)) == Sums(audience=5, sent=4, unknown=1)


def test_each_refusal_counts_as_what_it_is():
    one = chunk(3)
    refused = {one.ids[0]: "MessageRejected", one.ids[1]: SUPPRESSED}
    assert sums(replace(one, refused=refused), END) == Sums(
        audience=3, sent=1, refused=1, suppressed=1
    )


def test_a_doubtful_successor_commits_nothing():
    one = chunk(4, state=ChunkState.UNKNOWN, progress=1)
    one = replace(one, seen=frozenset({one.ids[3]}))
    tally = shard_tally([one, replace(END, doubt=True)])
    assert tally.sums == Sums(audience=4, sent=2, unknown=2)
    assert (tally.ended, tally.doubtful) == (True, (one,))


def test_settled_is_sent_and_parked_is_parked():
    settled = chunk(2, state=ChunkState.SETTLED)
    parked = chunk(3, state=ChunkState.PARKED, progress=1, doubt=True)
    assert sums(settled, parked, replace(END, doubt=True)) == Sums(audience=5, sent=3, parked=2)
