"""Mails that SES refused: a person has them sent once more, where that makes sense (`refusals`).

The decision is one transaction, whatever the audience: it marks the shards. The sweep then makes
each of their chunks with such mails one in doubt, in a transaction that proves the mark is still
there, and takes the mark off before any of them is sent: so each is sent once for one decision,
whoever dies in between, and what SES refuses again waits for the next one.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final

from django.db import transaction
from pynamodb.exceptions import TransactWriteError, UpdateError
from pynamodb.transactions import TransactWrite

from events.snapshot import EventSnapshot
from ivent_site.counters.daily import daily_add
from ivent_site.dynamodb.writes import ConflictError, put
from notifications import ledger
from notifications.announcements import (
    AGAIN,
    REFUSALS,
    SETTLE_AT,
    event_announcements,
    folded_shards,
    is_started,
)
from notifications.delivery import Worker
from notifications.enums import ASIDE, AnnouncementState
from notifications.refusals import is_resendable
from notifications.tables import AnnouncementRow

# Of an event's announcements, the newest first; more than these a reader has not been told.
_NEWEST: Final = 20


class Outdated(StrEnum):
    """Why it makes no sense any more to send it."""

    EVENT_OVER = "event over"
    NEWS_SINCE = "news since"


def refusals_of(row: AnnouncementRow) -> Counter[str]:
    """How many were refused, by SES's code: of the shards that have ended, without a read."""
    found: Counter[str] = Counter()
    for sums in folded_shards(row).values():
        found += Counter(_refusals(sums))
    return found


def resendable_of(row: AnnouncementRow) -> int:
    """How many of the refused a person may have sent to once more; none until it is done."""
    if row.state != AnnouncementState.DONE:
        return 0
    return sum(_resendable(sums) for sums in folded_shards(row).values())


def is_resending(row: AnnouncementRow) -> bool:
    """Whether some of the refused are still to be sent to once more, as a person asked."""
    return any(AGAIN in sums for sums in folded_shards(row).values())


def outdated(row: AnnouncementRow, *, now: datetime) -> Outdated | None:
    """Why nobody should be told this any more: one Query. None if it still is news."""
    return outdated_among(row, event_announcements(row.event_id, limit=_NEWEST), now=now)


def outdated_among(
    row: AnnouncementRow, newest: Iterable[AnnouncementRow], *, now: datetime
) -> Outdated | None:
    """The same without a read of its own, where the newest announcements are at hand."""
    if "starts_at" in row.event:
        event = EventSnapshot.from_json(row.event)
        if (event.ends_at or event.starts_at) <= now:
            return Outdated.EVENT_OVER
    told = (each for each in newest if each.kind not in ASIDE and is_started(each))
    later = any(each.event_id == row.event_id and each.created_at > row.created_at for each in told)
    return Outdated.NEWS_SINCE if later else None


def refused_resend(row: AnnouncementRow) -> None:
    """Have the refused sent to once more, beginning with the next sweep.

    Those for whom it makes sense, and who still want it. ConflictError, at the latest at the end
    of the transaction, if the announcement has gone on meanwhile, or there is nobody.
    """
    number = resendable_of(row)
    if not number:
        raise ConflictError
    unchanged = (AnnouncementRow.state == row.state) & (AnnouncementRow.shards == row.shards)
    row.shards = {
        shard: _marked(sums) if _resendable(sums) else sums
        for shard, sums in folded_shards(row).items()
    }
    row.state = AnnouncementState.SENDING.value
    row.queued_at = None
    row.updated_at = datetime.now(UTC)
    with transaction.atomic():
        put(row, condition=unchanged)
        # They are counted again, as sent or as refused, when the shards are summed again.
        daily_add(refused=-number)


def refused_reopen(row: AnnouncementRow, shard: str, worker: Worker) -> bool:
    """Whether everybody of the shard whom a person wants sent to once more is in doubt now.

    False if the worker has no time left, or another one does it. Safe to repeat.
    """
    if AGAIN not in folded_shards(row).get(shard, {}):
        return True
    if row.state != AnnouncementState.STOPPING:
        for chunk in ledger.shard_chunks(row.id, shard):
            if worker.is_late() or (chunk.resendable and not _reopen(row, shard, chunk)):
                return False
    return _unmark(row, shard)


def _reopen(row: AnnouncementRow, shard: str, chunk: ledger.Chunk) -> bool:
    mark = AnnouncementRow.shards[shard][AGAIN]
    try:
        with TransactWrite(connection=AnnouncementRow._get_connection().connection) as together:
            together.condition_check(AnnouncementRow, row.event_id, row.id, condition=mark.exists())
            ledger.reopen(together, chunk)
    except TransactWriteError as err:
        if err.cause_response_code != "TransactionCanceledException":
            raise
        return False
    return True


def _unmark(row: AnnouncementRow, shard: str) -> bool:
    mark = AnnouncementRow.shards[shard][AGAIN]
    try:
        row.update(actions=[mark.remove()], condition=mark.exists())
    except UpdateError as err:
        if err.cause_response_code != "ConditionalCheckFailedException":
            raise
        return False
    return True


def _marked(sums: dict[str, Any]) -> dict[str, Any]:
    """The shard's sums with the mark, and with the refused as open."""
    number = _resendable(sums)
    left = {reason: count for reason, count in _refusals(sums).items() if not is_resendable(reason)}
    open_ = {"refused": sums["refused"] - number, "unknown": sums["unknown"] + number}
    return {**sums, **open_, REFUSALS: left, SETTLE_AT: 0, AGAIN: True}


def _resendable(sums: dict[str, Any]) -> int:
    return sum(count for reason, count in _refusals(sums).items() if is_resendable(reason))


def _refusals(sums: dict[str, Any]) -> dict[str, int]:
    return {reason: int(count) for reason, count in sums.get(REFUSALS, {}).items()}
