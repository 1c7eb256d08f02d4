"""What became of everybody: the sums of each shard, and with the last of them the end."""

from collections.abc import Mapping
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from django.conf import settings
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from ivent_site import metrics
from ivent_site.counters.daily import daily_add
from notifications import ledger
from notifications.announcements.reading import folded_shards, is_started, shard_names
from notifications.announcements.steps import move, update
from notifications.deliveries import deliveries_release
from notifications.enums import AnnouncementState
from notifications.ledger import TakenError
from notifications.tables import AnnouncementRow
from notifications.tally import ShardTally, Sums, shard_tally

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
        if update(row, actions + ending, condition=condition):
            _count_folded(before, tally.sums)
            if settings.KEEP_DELIVERIES:
                deliveries_release(row.id, shard)
            metrics.count(announcements_done=bool(ending))
            announcement_finish(row)
            return tally.sums
        row.refresh(consistent_read=True)
    raise TakenError(f"{row.id}#{shard}")


def announcement_finish(row: AnnouncementRow) -> bool:
    """Whether the announcement is over: all shards ended, and nobody is left unknown."""
    if row.state in {AnnouncementState.DONE, AnnouncementState.CANCELLED}:
        return True
    if not _is_over(row, folded_shards(row)):
        return False
    return move(row, _end_state(row), only_if=_nothing_moved(row))


def announcement_sums(row: AnnouncementRow) -> Sums:
    """The numbers of right now; while more than a hundred thousand are open, those of the first.

    Of shards that are settled they are from the row, of the others from the ledger: from the
    first chunks only, so that a page about millions costs no more than one about thousands.
    """
    sums = Sums()
    if not is_started(row):
        return sums
    folded = folded_shards(row)
    chunks_max = max(LIVE_CHUNKS_MAX // int(row.shard_count), 1)
    for shard in shard_names(int(row.shard_count)):
        if shard in folded and not folded[shard]["unknown"]:
            sums += Sums.from_map(folded[shard])
            continue
        chunks = islice(ledger.shard_chunks(row.id, shard), chunks_max)
        sums += shard_tally(chunks, again=AGAIN in folded.get(shard, {})).sums
    return sums


def _count_folded(before: dict[str, Any] | None, sums: Sums) -> None:
    """Count the difference, so that a shard that is summed again is not counted again."""
    told, known = sums.as_map(), Sums.from_map(before or {}).as_map()
    more = {name: int(told[name] - known[name]) for name in ("sent", "refused")}
    daily_add(**more)
    metrics.count(
        **more, **{name: int(told[name] - known[name]) for name in ("suppressed", "parked")}
    )


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


def _folded(tally: ShardTally) -> dict[str, Any]:
    values: dict[str, Any] = tally.sums.as_map()
    if tally.doubtful:
        values[SETTLE_AT] = min(each.until for each in tally.doubtful) + settings.UNKNOWN_WAIT_S
    if tally.parked:
        values[PARKED_KEYS] = [*tally.parked[:PARKED_SHOWN]]
    if tally.refusals:
        values[REFUSALS] = tally.refusals
    return values
