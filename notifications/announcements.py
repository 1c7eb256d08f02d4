"""Announcements: reading them, and each step from one state to the next.

Every step is one conditional update, so it may be repeated and races are decided by DynamoDB.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from django.conf import settings
from pynamodb.exceptions import UpdateError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from events.snapshot import Change, EventSnapshot
from ivent_site import metrics
from ivent_site.counters.daily import daily_add
from ivent_site.dynamodb.writes import ConflictError, put
from notifications import ledger
from notifications.digest_times import digest_at_of
from notifications.enums import (
    TRANSITIONS,
    AnnouncementKind,
    AnnouncementState,
    Reason,
)
from notifications.ledger import TakenError
from notifications.tables import AnnouncementRow
from notifications.tally import ShardTally, Sums, shard_tally

_EVENT_ID_CHARS = 36
# Longer than anything but a description may be.
CHANGE_CHARS = 2000
# Among a shard's sums: when (Unix seconds) the first of its unknown chunks may be settled,
SETTLE_AT = "settle_at"
# and the keys of the first of its parked chunks.
PARKED_KEYS = "parked_keys"
PARKED_SHOWN = 5
# how many were refused why, and that these are to be sent to once more where that makes sense.
REFUSALS = "refusals"
AGAIN = "again"
FOLD_ATTEMPTS = 5
# What the numbers of right now may cost: about 2 MB of reading, of 100,000 recipients.
LIVE_CHUNKS_MAX = 2000
UNFINISHED = frozenset(
    {AnnouncementState.SENDING, AnnouncementState.PAUSED, AnnouncementState.STOPPING}
)


@dataclass(frozen=True, slots=True)
class Decision:
    """What is to be told about an event."""

    kind: AnnouncementKind
    changes: tuple[Change, ...] = ()
    note: str = ""
    subject: str = ""


def announcement_id(event_id: str, version: int, kind: AnnouncementKind) -> str:
    """The id of the one announcement of this kind about this version."""
    return f"{event_id}.{version:06}.{kind}"


def shard_names(count: int) -> list[str]:
    """The shards of an announcement: "00" to "0f" for sixteen."""
    return [f"{number:02x}" for number in range(count)]


def announcement_get(id_: str) -> AnnouncementRow | None:
    """The announcement as it is now; None if there is none."""
    try:
        return AnnouncementRow.get(id_[:_EVENT_ID_CHARS], id_, consistent_read=True)
    except AnnouncementRow.DoesNotExist:
        return None


def event_announcements(event_id: str, *, limit: int | None = None) -> Iterable[AnnouncementRow]:
    """The announcements of an event, the newest first: one consistent Query, read lazily."""
    return AnnouncementRow.query(
        event_id, scan_index_forward=False, consistent_read=True, limit=limit, page_size=limit or 10
    )


def announcements_in(state: AnnouncementState, *, limit: int) -> list[AnnouncementRow]:
    """The oldest announcements in a state."""
    return list(AnnouncementRow.by_state.query(state.value, limit=limit))


def reminder_id(event_id: str, due_at: datetime, minutes: int) -> str:
    """The id of the one reminder of that moment, so many minutes before the event."""
    due_minute = int(due_at.timestamp()) // 60
    return f"{event_id}.at{due_minute}-{minutes}.{AnnouncementKind.REMINDER}"


def announcement_draft(
    *, snapshot: EventSnapshot, version: int, decision: Decision, id_: str = ""
) -> AnnouncementRow:
    """The announcement, held, and not stored."""
    now = datetime.now(UTC)
    return AnnouncementRow(
        snapshot.id,
        id_ or announcement_id(snapshot.id, version, decision.kind),
        version=version,
        kind=decision.kind.value,
        state=AnnouncementState.HELD.value,
        event=snapshot.to_json(),
        changes=_changes_json(snapshot, decision.changes),
        note=decision.note,
        subject=decision.subject,
        digest_at=digest_at_of(decision.kind, starts_at=snapshot.starts_at, now=now),
        shard_count=settings.SHARD_COUNT,
        shards={},
        created_at=now,
        updated_at=now,
    )


def announcement_create(
    *, snapshot: EventSnapshot, version: int, decision: Decision, id_: str = ""
) -> AnnouncementRow:
    """The announcement, held; the one that is there already, if it is."""
    row = announcement_draft(snapshot=snapshot, version=version, decision=decision, id_=id_)
    try:
        put(row, condition=AnnouncementRow.id.does_not_exist())
    except ConflictError:
        return announcement_get(row.id) or row
    return row


def announcement_start(row: AnnouncementRow) -> bool:
    """Whether a held announcement is being sent now, or was already: it counts as told."""
    now = datetime.now(UTC)
    return _move(
        row,
        AnnouncementState.SENDING,
        AnnouncementRow.started_at.set(now),
        # Whoever starts it queues it next; should that fail, the sweep does in a while.
        AnnouncementRow.queued_at.set(now),
        AnnouncementRow.reason.set(""),
        only_from=AnnouncementState.HELD,
    )


def announcement_withdraw(row: AnnouncementRow) -> bool:
    """Whether a held announcement is now cancelled, or was already: nobody has been told."""
    return _give_up(row, Reason.SUPERSEDED)


def announcement_hold(row: AnnouncementRow) -> bool:
    """Whether a held announcement now waits for a person: it is about news of long ago."""
    reason = AnnouncementRow.reason.set(Reason.OLD)
    return _move(row, AnnouncementState.HELD, reason, only_from=AnnouncementState.HELD)


def announcement_discard(row: AnnouncementRow) -> bool:
    """Whether a held announcement is now cancelled by a person's decision."""
    return _give_up(row, Reason.DISCARDED)


def announcement_empty(row: AnnouncementRow) -> bool:
    """Whether a held announcement is now cancelled because there is nothing in it."""
    return _give_up(row, Reason.EMPTY)


def announcement_stop(row: AnnouncementRow, *, reason: str) -> bool:
    """Whether the announcement goes no further: its shards end where they are."""
    return _move(
        row,
        AnnouncementState.STOPPING,
        AnnouncementRow.reason.set(reason),
        AnnouncementRow.queued_at.remove(),
    )


def announcement_pause(row: AnnouncementRow, *, reason: str) -> bool:
    """Whether the announcement waits, with everything as it is."""
    return _move(row, AnnouncementState.PAUSED, AnnouncementRow.reason.set(reason))


def announcement_shelve(row: AnnouncementRow) -> bool:
    """Whether an unfinished announcement of long ago now waits for a person."""
    reason = AnnouncementRow.reason.set(Reason.OLD)
    return _move(row, AnnouncementState.PAUSED, reason, only_from=AnnouncementState(row.state))


def announcement_resume(row: AnnouncementRow) -> bool:
    """Whether a paused announcement goes on; the sweep queues its shards."""
    return _move(
        row,
        AnnouncementState.SENDING,
        AnnouncementRow.reason.set(""),
        AnnouncementRow.queued_at.remove(),
        only_from=AnnouncementState.PAUSED,
    )


def announcement_queued(row: AnnouncementRow, at: datetime) -> None:
    """Note when the shards were queued."""
    row.update(actions=[AnnouncementRow.queued_at.set(at)])


def shard_fold(row: AnnouncementRow, shard: str, *, sums: Sums | None = None) -> Sums:
    """The sums of the shard from the ledger, kept on the announcement if the shard has ended.

    With every shard there and nobody unknown, the announcement is finished. Repeating it is
    harmless: the ledger says it all. Whoever finds that another has written sums since reads
    the ledger again, so that no older state of it overwrites a newer one. `sums` are those of
    a walk that has made the whole shard by itself, and need no reading unless somebody was
    refused: what is corrected of them meanwhile waits for them, and is summed after them.
    """
    for attempt in range(FOLD_ATTEMPTS):
        before = folded_shards(row).get(shard)
        again = AGAIN in (before or {})
        if sums is not None and not sums.refused and attempt == 0 and before is None:
            tally = ShardTally(sums=sums, ended=True, doubtful=())
        else:
            tally = shard_tally(ledger.shard_chunks(row.id, shard), again=again)
        if not tally.ended:
            return tally.sums
        values = _folded(tally) | ({AGAIN: True, SETTLE_AT: 0} if again else {})
        path = AnnouncementRow.shards[shard]
        actions = [path.set(values)]
        condition = path.does_not_exist() if before is None else path == before
        ending: list[Action] = []
        if _is_over(row, folded_shards(row) | {shard: values}):
            ending = _ending(row)
            condition &= _nothing_moved(row)
        if _update(row, actions + ending, condition=condition):
            _count_folded(before, tally.sums)
            metrics.count(announcements_done=bool(ending))
            announcement_finish(row)
            return tally.sums
        row.refresh(consistent_read=True)
    raise TakenError(f"{row.id}#{shard}")


def _count_folded(before: dict[str, Any] | None, sums: Sums) -> None:
    """Count the difference, so that a shard that is summed again is not counted again."""
    told, known = sums.as_map(), Sums.from_map(before or {}).as_map()
    more = {name: int(told[name] - known[name]) for name in ("sent", "refused")}
    daily_add(**more)
    metrics.count(
        **more, **{name: int(told[name] - known[name]) for name in ("suppressed", "parked")}
    )


def folded_shards(row: AnnouncementRow) -> dict[str, dict[str, Any]]:
    """The sums of every shard that has ended."""
    shards: dict[str, dict[str, Any]] = row.shards.as_dict()
    return shards


def announcement_finish(row: AnnouncementRow) -> bool:
    """Whether the announcement is over: all shards ended, and nobody is left unknown."""
    if row.state in {AnnouncementState.DONE, AnnouncementState.CANCELLED}:
        return True
    return _is_over(row, folded_shards(row)) and _move(row, _end_state(row))


def is_started(row: AnnouncementRow) -> bool:
    """Whether somebody may have been told: PynamoDB's types know no null."""
    started_at: datetime | None = row.started_at
    return started_at is not None


def announcement_sums(row: AnnouncementRow) -> Sums:
    """The numbers of right now, as of announcement_progress."""
    return announcement_progress(row)[0]


def announcement_progress(row: AnnouncementRow) -> tuple[Sums, bool]:
    """The numbers of right now, and whether they are of all that was done.

    Of shards that are settled they are from the row, of the others from the ledger: from the
    first chunks only, so that a page about millions costs no more than one about thousands.
    """
    sums, is_whole = Sums(), True
    if not is_started(row):
        return sums, is_whole
    folded = folded_shards(row)
    chunks_max = max(LIVE_CHUNKS_MAX // int(row.shard_count), 1)
    for shard in shard_names(int(row.shard_count)):
        if shard in folded and not folded[shard]["unknown"]:
            sums += Sums.from_map(folded[shard])
            continue
        chunks = [*islice(ledger.shard_chunks(row.id, shard), chunks_max + 1)]
        again = AGAIN in folded.get(shard, {})
        sums += shard_tally(chunks[:chunks_max], again=again).sums
        is_whole = is_whole and len(chunks) <= chunks_max
    return sums, is_whole


def _move(
    row: AnnouncementRow,
    state: AnnouncementState,
    *actions: Action,
    only_from: AnnouncementState | None = None,
) -> bool:
    """Whether the row is in `state` now, by this call or before it; refreshes the row."""
    allowed = (
        [only_from] if only_from else [old for old, new in TRANSITIONS.items() if state in new]
    )
    condition = AnnouncementRow.state.is_in(*(old.value for old in allowed))
    everything = [
        AnnouncementRow.state.set(state.value),
        AnnouncementRow.updated_at.set(datetime.now(UTC)),
        AnnouncementRow.created_key.set(row.list_key),
        *actions,
    ]
    if _update(row, everything, condition=condition):
        metrics.count(
            announcements_started=only_from is AnnouncementState.HELD
            and state is AnnouncementState.SENDING,
            announcements_done=state is AnnouncementState.DONE,
        )
        return True
    row.refresh(consistent_read=True)
    return bool(row.state == state)


def _update(row: AnnouncementRow, actions: Sequence[Action], *, condition: Condition) -> bool:
    """Whether the condition held, and the row is changed."""
    try:
        row.update(actions=[*actions], condition=condition)
    except UpdateError as err:
        if err.cause_response_code != "ConditionalCheckFailedException":
            raise
        return False
    return True


def _is_over(row: AnnouncementRow, shards: Mapping[str, Mapping[str, Any]]) -> bool:
    complete = len(shards) >= row.shard_count
    return complete and not any(sums["unknown"] for sums in shards.values())


def _end_state(row: AnnouncementRow) -> AnnouncementState:
    stopping = row.state == AnnouncementState.STOPPING
    return AnnouncementState.CANCELLED if stopping else AnnouncementState.DONE


def _ending(row: AnnouncementRow) -> list[Action]:
    """What ends the announcement in the write of its last shard's sums."""
    if row.state not in {AnnouncementState.SENDING, AnnouncementState.STOPPING}:
        return []
    return [
        AnnouncementRow.state.set(_end_state(row).value),
        AnnouncementRow.updated_at.set(datetime.now(UTC)),
    ]


def _nothing_moved(row: AnnouncementRow) -> Condition:
    """That the row is in the state that was read, with no chunk sent back to be resent since."""
    same: Condition = (AnnouncementRow.state == row.state) & (
        AnnouncementRow.updated_at == row.updated_at
    )
    return same


def _give_up(row: AnnouncementRow, reason: Reason) -> bool:
    given = AnnouncementRow.reason.set(reason)
    return _move(row, AnnouncementState.CANCELLED, given, only_from=AnnouncementState.HELD)


def _folded(tally: ShardTally) -> dict[str, Any]:
    values: dict[str, Any] = tally.sums.as_map()
    if tally.doubtful:
        values[SETTLE_AT] = min(each.until for each in tally.doubtful) + settings.UNKNOWN_WAIT_S
    if tally.parked:
        values[PARKED_KEYS] = [*tally.parked[:PARKED_SHOWN]]
    if tally.refusals:
        values[REFUSALS] = tally.refusals
    return values


def _changes_json(snapshot: EventSnapshot, changes: Iterable[Change]) -> list[dict[str, object]]:
    """Changes as JSON holds them: values in the form of `EventSnapshot.to_json`."""
    new = snapshot.to_json()
    return [
        {
            "field": change.field,
            "old": _short(_plain(change.old)),
            "new": _short(new[change.field]),
        }
        for change in changes
    ]


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value


def _short(value: object) -> object:
    """Long texts cut: an item holds 400 KB, and the whole text is in the event."""
    if isinstance(value, str) and len(value) > CHANGE_CHARS:
        return value[: CHANGE_CHARS - 1] + "…"
    return value
