"""What becomes of chunks in doubt, or refused in part: seen, rejected, sent once more, settled."""

from collections.abc import Iterable, Mapping

from pynamodb.exceptions import UpdateError
from pynamodb.expressions.update import Action
from pynamodb.transactions import TransactWrite

from ivent_site.dynamodb import writes
from notifications.enums import ChunkState
from notifications.ledger.change import CONDITION_FAILED, change
from notifications.ledger.chunk import Chunk, chunk_of, packed, prefix, row_of
from notifications.tables import ChunkRow


def record_seen(announcement_id: str, key: str, ids: Iterable[str]) -> Chunk | None:
    """The chunk with these proven to have been mailed; None if that was clear already.

    One read, and for a committed chunk no write.
    """
    rows = ChunkRow.query(announcement_id, ChunkRow.key >= key, limit=2, consistent_read=True)
    found = [chunk_of(row) for row in rows]
    if not found or found[0].key != key:
        return None
    chunk = found[0]
    shard = key.partition(".")[0]
    followed = len(found) > 1 and found[1].key.startswith(prefix(shard))
    if chunk.state == ChunkState.SETTLED or (followed and not found[1].doubt):
        return None
    new = (set(ids) & set(chunk.ids)) - chunk.seen
    if not new:
        return None
    return change(chunk, [ChunkRow.seen.add(packed(new))], condition=ChunkRow.key.exists())


def record_rejected(announcement_id: str, key: str, ids: Iterable[str]) -> bool:
    """Note whom SES did not mail after all; False if there is no such chunk. Safe to repeat."""
    try:
        ChunkRow(announcement_id, key).update(
            actions=[ChunkRow.rejected.add(packed(ids))], condition=ChunkRow.key.exists()
        )
    except UpdateError as err:
        if err.cause_response_code not in CONDITION_FAILED:
            raise
        return False
    return True


def start_resend(chunk: Chunk, *, owner: str, until: float) -> Chunk:
    """The chunk in doubt, to be sent once more by `owner`; TakenError if another was faster.

    It comes back with every event that had been seen until then, and with everybody whom a
    former owner has tried: that one, should it wake up, can try nobody any more.
    """
    unchanged = ChunkRow.state == chunk.state
    if chunk.state is ChunkState.RESENDING:
        unchanged &= (ChunkRow.owner == chunk.owner) & (ChunkRow.until == chunk.until)
    return change(
        chunk,
        [
            ChunkRow.state.set(ChunkState.RESENDING),
            ChunkRow.owner.set(owner),
            ChunkRow.until.set(until),
            _keep_walked_until(chunk),
        ],
        condition=unchanged,
        done=lambda found: found.owner == owner and found.state == ChunkState.RESENDING,
    )


def note_resent(
    chunk: Chunk, ids: Iterable[str], *, until: float, trying: Iterable[str] = ()
) -> Chunk:
    """The chunk with these surely resent, those being tried now, and the lease prolonged.

    TakenError if it was lost.
    """
    actions: list[Action] = [ChunkRow.until.set(until)]
    if sent := packed(ids):
        actions.append(ChunkRow.seen.add(sent))
    if tried := packed(trying):
        actions.append(ChunkRow.tried.add(tried))
    return change(
        chunk,
        actions,
        condition=(ChunkRow.state == ChunkState.RESENDING) & (ChunkRow.owner == chunk.owner),
    )


def resolve(
    chunk: Chunk,
    state: ChunkState,
    *,
    refused: Mapping[str, str] | None = None,
    spared: Iterable[str] = (),
    until: float | None = None,
) -> Chunk:
    """The unknown or resent chunk, moved on to `state`; TakenError if it has moved already.

    `spared` are some of the tried whose call surely came to nothing. `until` is as of a Chunk.
    """
    actions: list[Action] = [ChunkRow.state.set(state)]
    if until is not None:
        actions.append(ChunkRow.until.set(until))
    if refused:
        actions.append(ChunkRow.refused.set({**chunk.refused, **refused}))
    if untried := packed(spared):
        actions.append(ChunkRow.tried.delete(untried))
    return change(
        chunk,
        actions,
        condition=(ChunkRow.state == chunk.state) & (ChunkRow.owner == chunk.owner),
        done=lambda found: found.state == state,
    )


def unpark(announcement_id: str, key: str, state: ChunkState) -> None:
    """Make the parked chunk UNKNOWN, to be resent once more, or LEFT: a part of a block."""
    actions: list[Action] = [ChunkRow.state.set(state)]
    if state is ChunkState.UNKNOWN:
        actions.append(ChunkRow.tried.remove())
    writes.update(
        ChunkRow,
        announcement_id,
        key,
        actions=actions,
        condition=ChunkRow.state == ChunkState.PARKED,
    )


def reopen(transaction: TransactWrite, chunk: Chunk) -> None:
    """Let the transaction have the chunk's resendable mails sent once more, as of one in doubt.

    The chunk is of a shard that has ended. Whoever counts as sent stays so by name, for its
    successor vouches for nobody any more.
    """
    again = chunk.resendable
    open_ = chunk.unproven if chunk.state in {ChunkState.PARKED, ChunkState.LEFT} else ()
    rest = {id_: reason for id_, reason in chunk.refused.items() if id_ not in again}
    actions: list[Action] = [
        ChunkRow.state.set(ChunkState.UNKNOWN),
        ChunkRow.until.set(0),
        _keep_walked_until(chunk),
        ChunkRow.progress.set(0),
        ChunkRow.refused.set(rest),
        ChunkRow.again.set({**chunk.again, **again}),
    ]
    if sent := packed({*chunk.ids} - chunk.undelivered - {*open_}):
        actions.append(ChunkRow.seen.add(sent))
    if tried := packed(chunk.tried & again.keys()):
        actions.append(ChunkRow.tried.delete(tried))
    claimed = chunk.state is ChunkState.CLAIMED
    unchanged = ChunkRow.state.does_not_exist() if claimed else ChunkRow.state == chunk.state
    unchanged &= (ChunkRow.owner == chunk.owner) & (ChunkRow.until == chunk.until)
    transaction.update(row_of(chunk), actions=actions, condition=unchanged)
    successor = prefix(chunk.key.partition(".")[0]) + chunk.last
    transaction.update(
        ChunkRow(chunk.announcement_id, successor),
        actions=[ChunkRow.doubt.set(True)],
        condition=ChunkRow.key.exists(),
    )


def _keep_walked_until(chunk: Chunk) -> Action:
    kept: Action = ChunkRow.walked_until.set(ChunkRow.walked_until | chunk.until)
    return kept
