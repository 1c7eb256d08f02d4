import base64
from unittest import mock

import pytest
from pynamodb.connection import Connection
from pynamodb.exceptions import PynamoDBException

from ivent_site.ids import uuid7
from notifications import ledger
from notifications.announcements import announcement_id
from notifications.enums import SUPPRESSED, AnnouncementKind, ChunkState
from notifications.ledger import TakenError
from notifications.tables import ChunkRow
from tests.dynamodb_calls import dynamodb_calls

pytestmark = pytest.mark.usefixtures("aws")

ANNOUNCEMENT = announcement_id(uuid7(), 999_999, AnnouncementKind.PUBLISHED)
SHARD = "0f"
UNTIL = 1_763_800_000.123


def ids(number):
    return sorted(uuid7() for _ in range(number))


def claim(after=None, *, owner="anna", readers=(), until=UNTIL, end=False):
    return ledger.claim(
        announcement_id=ANNOUNCEMENT,
        shard=SHARD,
        after=after,
        ids=readers,
        last=readers[-1] if readers else (after.last if after else ""),
        owner=owner,
        until=until,
        end=end,
    )


def stored(chunk):
    return ledger.chunk_get(ANNOUNCEMENT, chunk.key)


def test_a_claim_is_kept_as_it_was_made():
    readers = ids(50)
    chunk = claim(readers=readers)
    assert chunk.ids == tuple(readers)
    assert (chunk.key, chunk.last, chunk.owner) == (f"{SHARD}.", readers[-1], "anna")
    assert (chunk.until, chunk.state, chunk.end) == (UNTIL, ChunkState.CLAIMED, False)
    assert stored(chunk) == chunk
    assert ledger.last_chunk(ANNOUNCEMENT, SHARD) == chunk
    assert ledger.last_chunk(ANNOUNCEMENT, "0e") is None


def test_a_chunk_of_fifty_is_one_write_unit():
    before = claim(readers=ids(1))
    chunk = claim(before, readers=ids(50), owner="0123456789ab", until=1_763_800_000.123)
    chunk = ledger.note(chunk, progress=45, until=1_763_800_123.456)
    assert item_bytes(ChunkRow.get(ANNOUNCEMENT, chunk.key).to_dynamodb_dict()) < 1024


def item_bytes(item):
    """What DynamoDB counts: names and values, binary ones as they are, numbers at their longest."""
    sizes = {"S": len, "N": len, "B": lambda value: len(base64.b64decode(value))}
    sizes["BOOL"] = lambda value: 1
    return sum(
        len(name) + sum(sizes[kind](part) for kind, part in value.items())
        for name, value in item.items()
        if value != {"NULL": True}
    )


def test_of_two_who_go_on_from_the_same_place_one_gets_it():
    claim(readers=ids(2))
    with pytest.raises(TakenError):
        claim(readers=ids(3), owner="bert")


def test_the_end_commits_the_last_chunk():
    chunk = claim(readers=ids(2))
    end = claim(chunk, end=True)
    assert (end.end, end.ids, end.doubt) == (True, (), False)
    assert stored(chunk).state == ChunkState.CLAIMED


def twice(operation):
    """Every such call is made twice, as by a client that repeats it when its reply was lost."""
    dispatch = Connection.dispatch

    def repeated(self, operation_name, operation_kwargs):
        if operation_name == operation:
            operation_kwargs.pop("ClientRequestToken", None)
            dispatch(self, operation_name, operation_kwargs)
        return dispatch(self, operation_name, operation_kwargs)

    return mock.patch.object(Connection, "dispatch", repeated)


def test_a_claim_whose_reply_was_lost_is_ones_own():
    readers = ids(2)
    with twice("PutItem"):
        chunk = claim(readers=readers)
    assert (chunk.owner, chunk.ids) == ("anna", tuple(readers))


def test_a_take_over_whose_reply_was_lost_is_ones_own():
    abandoned = claim(readers=ids(2))
    with twice("TransactWriteItems"):
        chunk = claim(abandoned, owner="bert", readers=ids(2))
    assert (chunk.owner, chunk.doubt) == ("bert", True)


@pytest.mark.parametrize("state", [ChunkState.RELEASED, ChunkState.UNKNOWN, ChunkState.SETTLED])
def test_a_chunk_left_with_a_lost_reply_is_left(state):
    chunk = claim(readers=ids(2))
    with twice("UpdateItem"):
        assert ledger.leave(chunk, state, progress=1).state == state


def test_who_takes_over_makes_the_chunk_unknown():
    abandoned = claim(readers=ids(2))
    chunk = claim(abandoned, owner="bert", readers=ids(2))
    assert stored(abandoned).state == ChunkState.UNKNOWN
    assert chunk.doubt


def test_a_slow_owner_cannot_commit_what_was_taken_over():
    abandoned = claim(readers=ids(2))
    claim(abandoned, owner="bert", readers=ids(2))
    with pytest.raises(TakenError):
        claim(abandoned, readers=ids(2))
    for change in (
        lambda: ledger.note(abandoned, progress=1, until=UNTIL),
        lambda: ledger.refuse(abandoned, {abandoned.ids[0]: "x"}),
        lambda: ledger.leave(abandoned, ChunkState.SETTLED, progress=2),
    ):
        with pytest.raises(TakenError):
            change()


def test_nobody_takes_over_what_its_slow_owner_has_committed():
    first = claim(readers=ids(2))
    claim(first, readers=ids(2))
    with pytest.raises(TakenError):
        claim(first, owner="bert", readers=ids(2))
    assert stored(first).state == ChunkState.CLAIMED


def test_nobody_takes_over_a_lease_that_was_prolonged():
    chunk = claim(readers=ids(2))
    ledger.note(chunk, progress=1, until=UNTIL + 60)
    with pytest.raises(TakenError):
        claim(chunk, owner="bert", readers=ids(2))


def test_a_released_chunk_is_retaken_by_one():
    released = ledger.leave(claim(readers=ids(3)), ChunkState.RELEASED, progress=1)
    retaken = ledger.retake(released, owner="bert", until=UNTIL + 1)
    assert (retaken.owner, retaken.state, retaken.progress) == ("bert", ChunkState.CLAIMED, 1)
    with pytest.raises(TakenError):
        ledger.retake(released, owner="carl", until=UNTIL + 1)
    assert not claim(retaken, owner="bert", readers=ids(1)).doubt


def test_an_unknown_chunk_is_resent_by_one():
    unknown = ledger.leave(claim(readers=ids(3)), ChunkState.UNKNOWN, progress=1)
    resending = ledger.start_resend(unknown, owner="bert", until=UNTIL)
    with pytest.raises(TakenError):
        ledger.start_resend(unknown, owner="carl", until=UNTIL)
    ledger.note_resent(resending, [unknown.ids[1]], until=UNTIL)
    assert stored(unknown).unproven == (unknown.ids[2],)


def test_who_was_tried_is_nobody_elses_to_try_again():
    unknown = ledger.leave(claim(readers=ids(4)), ChunkState.UNKNOWN, progress=1)
    mine = ledger.start_resend(unknown, owner="bert", until=UNTIL)
    mine = ledger.note_resent(mine, [], until=UNTIL, trying=unknown.ids[1:3])
    mine = ledger.note_resent(mine, [unknown.ids[1]], until=UNTIL)
    # Bert died: Carl tries only whom he had not come to.
    hers = ledger.start_resend(mine, owner="carl", until=UNTIL + 1)
    assert hers.unproven == unknown.ids[2:]
    assert hers.untried == unknown.ids[3:]
    # And a sleeping Bert can neither try anybody any more, nor begin again.
    with pytest.raises(TakenError):
        ledger.note_resent(mine, [], until=UNTIL, trying=[unknown.ids[3]])
    with pytest.raises(TakenError):
        ledger.start_resend(mine, owner="bert", until=UNTIL + 1)


def test_a_person_may_have_everybody_tried_again():
    unknown = ledger.leave(claim(readers=ids(2)), ChunkState.UNKNOWN, progress=0)
    mine = ledger.start_resend(unknown, owner="bert", until=UNTIL)
    mine = ledger.note_resent(mine, [], until=UNTIL, trying=unknown.ids)
    ledger.resolve(mine, ChunkState.PARKED)
    ledger.unpark(ANNOUNCEMENT, unknown.key, ChunkState.UNKNOWN)
    assert stored(unknown).untried == unknown.ids


def test_who_was_tried_in_vain_for_sure_may_be_tried_again():
    unknown = ledger.leave(claim(readers=ids(3)), ChunkState.UNKNOWN, progress=0)
    mine = ledger.start_resend(unknown, owner="bert", until=UNTIL)
    mine = ledger.note_resent(mine, [], until=UNTIL, trying=unknown.ids)
    ledger.resolve(mine, ChunkState.UNKNOWN, spared=unknown.ids[:2])
    assert stored(unknown).untried == unknown.ids[:2]


def test_an_event_that_came_just_before_the_resend_counts():
    unknown = ledger.leave(claim(readers=ids(2)), ChunkState.UNKNOWN, progress=0)
    ledger.record_seen(ANNOUNCEMENT, unknown.key, [unknown.ids[0]])
    resending = ledger.start_resend(unknown, owner="bert", until=UNTIL)
    assert resending.unproven == (unknown.ids[1],)


def test_refusals_add_up():
    chunk = claim(readers=ids(3))
    chunk = ledger.refuse(chunk, {chunk.ids[0]: "MessageRejected"})
    chunk = ledger.refuse(chunk, {chunk.ids[1]: SUPPRESSED})
    assert stored(chunk).refused == {chunk.ids[0]: "MessageRejected", chunk.ids[1]: SUPPRESSED}


def test_events_of_a_committed_chunk_cost_one_read_and_no_write():
    chunk = claim(readers=ids(2))
    claim(chunk, readers=ids(2))
    with dynamodb_calls() as calls:
        assert ledger.record_seen(ANNOUNCEMENT, chunk.key, chunk.ids) is None
    assert calls == {"Query": 1}


def test_events_of_a_chunk_that_is_not_committed_cost_one_write():
    chunk = claim(readers=ids(2))
    with dynamodb_calls() as calls:
        ledger.record_seen(ANNOUNCEMENT, chunk.key, [*chunk.ids, uuid7()])
    assert calls == {"Query": 1, "UpdateItem": 1}
    assert stored(chunk).seen == frozenset(chunk.ids)
    assert ledger.record_seen(ANNOUNCEMENT, chunk.key, chunk.ids) is None


def test_events_are_kept_when_the_successor_came_by_a_take_over():
    chunk = claim(readers=ids(2))
    claim(chunk, owner="bert", readers=ids(2))
    ledger.record_seen(ANNOUNCEMENT, chunk.key, chunk.ids)
    assert stored(chunk).unproven == ()


def test_the_first_chunk_of_the_next_shard_is_no_successor():
    chunk = claim(readers=ids(1))
    ledger.claim(
        announcement_id=ANNOUNCEMENT,
        shard="10",
        after=None,
        ids=ids(1),
        last=uuid7(),
        owner="anna",
        until=UNTIL,
    )
    assert ledger.record_seen(ANNOUNCEMENT, chunk.key, chunk.ids) is not None


def test_events_of_what_is_not_in_the_ledger_are_let_pass():
    assert ledger.record_seen(ANNOUNCEMENT, f"{SHARD}.{uuid7()}", ids(1)) is None


def test_other_errors_are_not_taken_for_anothers_claim():
    with (
        mock.patch.object(Connection, "dispatch", side_effect=PynamoDBException("down")),
        pytest.raises(PynamoDBException),
    ):
        claim(readers=ids(1))
