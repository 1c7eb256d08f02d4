"""The delivery ledger: who was claimed, by whom, and what became of them.

One conditional put decides everything: the put of the chunk that follows. Whoever owns the
last chunk commits it by putting the next one; whoever finds it abandoned puts the next one
and marks it unknown in the same transaction, so a chunk is never both. `doubt` on the
successor says which of the two it was, so that a reader of the successor alone knows.
Only this module touches ChunkRow.
"""

import logging
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from pynamodb.exceptions import PutError, TransactWriteError, UpdateError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action
from pynamodb.transactions import TransactWrite

from ivent_site import metrics
from notifications.enums import SUPPRESSED, ChunkState
from notifications.refusals import is_resendable
from notifications.tables import ChunkRow

logger = logging.getLogger(__name__)

_CONDITION_FAILED = frozenset({"ConditionalCheckFailedException", "TransactionCanceledException"})
_ID_BYTES = 16
# Chunks that are held at once when a shard is read: DynamoDB would answer a megabyte of them.
_PAGE = 250
# What the log says when only SES's events can tell what became of mails.
BECAME_UNKNOWN: Final = "Mails are of unknown outcome."
# What the next claim does not commit.
_DOUBTFUL = frozenset(
    {ChunkState.UNKNOWN, ChunkState.RESENDING, ChunkState.PARKED, ChunkState.LEFT}
)
# Of which nobody has a walk or a resend under way, once their shard has ended.
_AT_REST = frozenset({ChunkState.CLAIMED, ChunkState.SETTLED, ChunkState.PARKED, ChunkState.LEFT})


class TakenError(Exception):
    """Another worker holds the place or the chunk. No retry helps: it goes on instead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """A contiguous run of a shard's subscribers. `until` is in Unix seconds; it is 0 where nobody
    who is unproven was in doubt.
    """

    announcement_id: str
    key: str
    ids: tuple[str, ...]
    last: str
    owner: str
    until: float
    end: bool
    state: ChunkState
    progress: int
    seen: frozenset[str]
    refused: Mapping[str, str]
    doubt: bool
    rejected: frozenset[str] = frozenset()
    tried: frozenset[str] = frozenset()
    again: Mapping[str, str] = field(default_factory=dict)
    walked_until: float | None = None

    @property
    def undelivered(self) -> frozenset[str]:
        """Who got nothing: refused at once, or by SES after it had accepted the mail."""
        return self.rejected.intersection(self.ids) | self.refused.keys()

    @property
    def proven(self) -> frozenset[str]:
        """Who has surely been mailed, whatever is not known of the others."""
        return (self.seen | frozenset(self.ids[: self.progress])) - self.refused.keys()

    @property
    def unproven(self) -> tuple[str, ...]:
        """Who neither has surely been mailed nor was refused, at once or later."""
        settled = self.proven | self.undelivered
        return tuple(each for each in self.ids if each not in settled)

    @property
    def untried(self) -> tuple[str, ...]:
        """Who of the unproven may be sent to once more."""
        return tuple(each for each in self.unproven if each not in self.tried)

    @property
    def refusals(self) -> dict[str, str]:
        """Whom SES refused, and why."""
        return {id_: reason for id_, reason in self.refused.items() if reason != SUPPRESSED}

    @property
    def resendable(self) -> dict[str, str]:
        """Whom of the refused a person may have sent to once more, and why they were refused."""
        if self.state not in _AT_REST:
            return {}
        return {id_: reason for id_, reason in self.refusals.items() if is_resendable(reason)}


def last_chunk(announcement_id: str, shard: str) -> Chunk | None:
    """Where the walk of the shard has got to; None if it has not begun."""
    rows = ChunkRow.query(
        announcement_id,
        ChunkRow.key.startswith(_prefix(shard)),
        scan_index_forward=False,
        limit=1,
        consistent_read=True,
    )
    row = next(iter(rows), None)
    return _chunk(row) if row else None


def chunk_get(announcement_id: str, key: str) -> Chunk | None:
    """The chunk as it is now."""
    try:
        return _chunk(ChunkRow.get(announcement_id, key, consistent_read=True))
    except ChunkRow.DoesNotExist:
        return None


def shard_chunks(announcement_id: str, shard: str) -> Iterable[Chunk]:
    """Every chunk of the shard, in the order of the walk."""
    rows = ChunkRow.query(
        announcement_id,
        ChunkRow.key.startswith(_prefix(shard)),
        consistent_read=True,
        page_size=_PAGE,
    )
    return map(_chunk, rows)


def chunks_from(announcement_id: str, *, shard: str, limit: int) -> list[Chunk]:
    """The first chunks of this shard and those behind it: one Query up to a thousand of them."""
    rows = ChunkRow.query(
        announcement_id, ChunkRow.key >= _prefix(shard), limit=limit, page_size=limit
    )
    return [_chunk(row) for row in rows]


def chunk_with(announcement_id: str, shard: str, id_: str) -> tuple[Chunk, Chunk | None] | None:
    """The chunk in which the subscriber was claimed, and its successor: two reads, or one.

    None if there is no such chunk (yet).
    """
    rows = ChunkRow.query(
        announcement_id,
        # The key says after whom the run begins, so a run's first has a greater id than its key.
        ChunkRow.key.between(_prefix(shard), _prefix(shard) + _before(id_)),
        scan_index_forward=False,
        limit=1,
        consistent_read=True,
    )
    row = next(iter(rows), None)
    if row is None:
        return None
    chunk = _chunk(row)
    if id_ not in chunk.ids:
        return None
    return chunk, chunk_get(announcement_id, _prefix(shard) + chunk.last)


def claim(
    *,
    announcement_id: str,
    shard: str,
    after: Chunk | None,
    ids: Iterable[str],
    last: str,
    owner: str,
    until: float,
    end: bool = False,
) -> Chunk:
    """The chunk that follows `after`, now the owner's; TakenError if it is another's.

    `after` of the same owner is committed by it; of another owner whose lease is over, it
    becomes unknown in the same transaction.
    """
    abandoned = after is not None and after.state == ChunkState.CLAIMED and after.owner != owner
    row = ChunkRow(
        announcement_id,
        _prefix(shard) + (after.last if after else ""),
        # As UUIDs' bytes, without an object for each: this is the way of every recipient.
        ids=bytes.fromhex("".join(ids).replace("-", "")),
        last=last,
        owner=owner,
        until=until,
        end=end or None,
        doubt=abandoned or (after is not None and after.state in _DOUBTFUL) or None,
    )
    free = ChunkRow.key.does_not_exist()
    try:
        if after is not None and abandoned:
            _take_over(row, after, free)
            _tell_unknown(after)
        else:
            row.save(condition=free)
    except (PutError, TransactWriteError) as err:
        if err.cause_response_code not in _CONDITION_FAILED:
            raise
        # A claim whose reply was lost looks like another's when the client repeats it.
        found = chunk_get(announcement_id, row.key)
        if found is None or found.owner != owner:
            raise TakenError(row.key) from err
        return found
    return _chunk(row)


def _take_over(row: ChunkRow, after: Chunk, free: Condition) -> None:
    with TransactWrite(connection=ChunkRow._get_connection().connection) as transaction:
        transaction.update(
            _row(after),
            actions=[ChunkRow.state.set(ChunkState.UNKNOWN)],
            condition=_owned(after) & (ChunkRow.until == after.until),
        )
        transaction.save(row, condition=free)


def retake(chunk: Chunk, *, owner: str, until: float) -> Chunk:
    """The released chunk, claimed anew for its rest; TakenError if another was faster."""
    return _change(
        chunk,
        [ChunkRow.state.remove(), ChunkRow.owner.set(owner), ChunkRow.until.set(until)],
        condition=ChunkRow.state == ChunkState.RELEASED,
        done=lambda found: found.owner == owner and found.state == ChunkState.CLAIMED,
    )


def note(
    chunk: Chunk,
    *,
    progress: int,
    until: float,
    seen: Iterable[str] = (),
    refused: Mapping[str, str] | None = None,
) -> Chunk:
    """The owner's chunk with its lease prolonged, and whom it has surely dealt with.

    These are the first `progress` of it, and `seen` behind them; some of them `refused`.
    TakenError if it is no longer the owner's.
    """
    return _change(
        chunk,
        [ChunkRow.until.set(until), *_dealt_with(chunk, progress, seen, refused)],
        condition=_owned(chunk),
    )


def refuse(chunk: Chunk, refused: Mapping[str, str]) -> Chunk:
    """The chunk with who did not get it and why, besides who was known not to."""
    return _change(
        chunk, [ChunkRow.refused.set({**chunk.refused, **refused})], condition=_owned(chunk)
    )


def leave(
    chunk: Chunk,
    state: ChunkState,
    *,
    progress: int,
    seen: Iterable[str] = (),
    refused: Mapping[str, str] | None = None,
) -> Chunk:
    """The owner's chunk, left as SETTLED, RELEASED or UNKNOWN; TakenError if it is another's.

    The rest is as in `note`.
    """
    left = _change(
        chunk,
        [ChunkRow.state.set(state), *_dealt_with(chunk, progress, seen, refused)],
        condition=_owned(chunk),
        done=lambda found: found.owner == chunk.owner and found.state == state,
    )
    if state is ChunkState.UNKNOWN:
        _tell_unknown(left)
    return left


def start_resend(chunk: Chunk, *, owner: str, until: float) -> Chunk:
    """The chunk in doubt, to be sent once more by `owner`; TakenError if another was faster.

    It comes back with every event that had been seen until then, and with everybody whom a
    former owner has tried: that one, should it wake up, can try nobody any more.
    """
    unchanged = ChunkRow.state == chunk.state
    if chunk.state is ChunkState.RESENDING:
        unchanged &= (ChunkRow.owner == chunk.owner) & (ChunkRow.until == chunk.until)
    return _change(
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


def unpark(transaction: TransactWrite, announcement_id: str, key: str) -> None:
    """Let the transaction make the parked chunk unknown again, to be resent once more."""
    transaction.update(
        ChunkRow(announcement_id, key),
        actions=[ChunkRow.state.set(ChunkState.UNKNOWN), ChunkRow.tried.remove()],
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
    if sent := _packed({*chunk.ids} - chunk.undelivered - {*open_}):
        actions.append(ChunkRow.seen.add(sent))
    if tried := _packed(chunk.tried & again.keys()):
        actions.append(ChunkRow.tried.delete(tried))
    claimed = chunk.state is ChunkState.CLAIMED
    unchanged = ChunkRow.state.does_not_exist() if claimed else ChunkRow.state == chunk.state
    unchanged &= (ChunkRow.owner == chunk.owner) & (ChunkRow.until == chunk.until)
    transaction.update(_row(chunk), actions=actions, condition=unchanged)
    successor = _prefix(chunk.key.partition(".")[0]) + chunk.last
    transaction.update(
        ChunkRow(chunk.announcement_id, successor),
        actions=[ChunkRow.doubt.set(True)],
        condition=ChunkRow.key.exists(),
    )


def record_rejected(announcement_id: str, key: str, ids: Iterable[str]) -> bool:
    """Note whom SES did not mail after all; False if there is no such chunk. Safe to repeat."""
    try:
        ChunkRow(announcement_id, key).update(
            actions=[ChunkRow.rejected.add(_packed(ids))], condition=ChunkRow.key.exists()
        )
    except UpdateError as err:
        if err.cause_response_code not in _CONDITION_FAILED:
            raise
        return False
    return True


def note_resent(
    chunk: Chunk, ids: Iterable[str], *, until: float, trying: Iterable[str] = ()
) -> Chunk:
    """The chunk with these surely resent, those being tried now, and the lease prolonged.

    TakenError if it was lost.
    """
    actions: list[Action] = [ChunkRow.until.set(until)]
    if sent := _packed(ids):
        actions.append(ChunkRow.seen.add(sent))
    if tried := _packed(trying):
        actions.append(ChunkRow.tried.add(tried))
    return _change(
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
    if untried := _packed(spared):
        actions.append(ChunkRow.tried.delete(untried))
    return _change(
        chunk,
        actions,
        condition=(ChunkRow.state == chunk.state) & (ChunkRow.owner == chunk.owner),
        done=lambda found: found.state == state,
    )


def record_seen(announcement_id: str, key: str, ids: Iterable[str]) -> Chunk | None:
    """The chunk with these proven to have been mailed; None if that was clear already.

    One read, and for a committed chunk no write.
    """
    rows = ChunkRow.query(announcement_id, ChunkRow.key >= key, limit=2, consistent_read=True)
    found = [_chunk(row) for row in rows]
    if not found or found[0].key != key:
        return None
    chunk = found[0]
    shard = key.partition(".")[0]
    followed = len(found) > 1 and found[1].key.startswith(_prefix(shard))
    if chunk.state == ChunkState.SETTLED or (followed and not found[1].doubt):
        return None
    new = (set(ids) & set(chunk.ids)) - chunk.seen
    if not new:
        return None
    return _change(chunk, [ChunkRow.seen.add(_packed(new))], condition=ChunkRow.key.exists())


def _change(
    chunk: Chunk,
    actions: Sequence[Action],
    *,
    condition: Condition,
    done: Callable[[Chunk], bool] | None = None,
) -> Chunk:
    """The chunk after the update. `done` tells whether a repeated update had been made before."""
    row = _row(chunk)
    try:
        row.update(actions=[*actions], condition=condition)
    except UpdateError as err:
        if err.cause_response_code not in _CONDITION_FAILED:
            raise
        found = chunk_get(chunk.announcement_id, chunk.key)
        if found is None or done is None or not done(found):
            raise TakenError(chunk.key) from err
        return found
    return _chunk(row)


def _tell_unknown(chunk: Chunk) -> None:
    mails = len(chunk.unproven)
    metrics.count(unknown=mails)
    logger.warning(BECAME_UNKNOWN, extra={"chunk": chunk.key, "mails": mails})


def _dealt_with(
    chunk: Chunk, progress: int, seen: Iterable[str], refused: Mapping[str, str] | None
) -> list[Action]:
    actions: list[Action] = [ChunkRow.progress.set(progress)]
    if strays := _packed(seen):
        actions.append(ChunkRow.seen.add(strays))
    if refused:
        actions.append(ChunkRow.refused.set({**chunk.refused, **refused}))
    return actions


def _keep_walked_until(chunk: Chunk) -> Action:
    kept: Action = ChunkRow.walked_until.set(ChunkRow.walked_until | chunk.until)
    return kept


def _owned(chunk: Chunk) -> Condition:
    owned: Condition = ChunkRow.state.does_not_exist() & (ChunkRow.owner == chunk.owner)
    return owned


def _prefix(shard: str) -> str:
    return f"{shard}."


def _before(id_: str) -> str:
    """The last possible id before this one."""
    return str(uuid.UUID(int=uuid.UUID(id_).int - 1))


def _row(chunk: Chunk) -> ChunkRow:
    return ChunkRow(chunk.announcement_id, chunk.key)


def _packed(ids: Iterable[str]) -> set[bytes]:
    return {uuid.UUID(each).bytes for each in ids}


def _unpacked(value: bytes) -> str:
    text = value.hex()
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))


def _chunk(row: ChunkRow) -> Chunk:
    ids: Any = row.ids or b""
    return Chunk(
        announcement_id=row.announcement,
        key=row.key,
        ids=tuple(
            _unpacked(ids[start : start + _ID_BYTES]) for start in range(0, len(ids), _ID_BYTES)
        ),
        last=row.last,
        owner=row.owner,
        until=float(row.until),
        end=bool(row.end),
        state=ChunkState(row.state or ChunkState.CLAIMED),
        progress=int(row.progress or 0),
        seen=frozenset(map(_unpacked, row.seen or ())),
        refused=row.refused or {},
        doubt=bool(row.doubt),
        rejected=frozenset(map(_unpacked, row.rejected or ())),
        tried=frozenset(map(_unpacked, row.tried or ())),
        again=row.again or {},
        walked_until=None if row.walked_until is None else float(row.walked_until),
    )
