"""Once a minute: whatever was left behind goes on.

Bounded per run, safe to repeat, and two at once do no harm: everything it does is decided by
a conditional write or harmless to do twice.
"""

import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Final

from django.conf import settings

from events.selectors import events_due
from notifications import ledger
from notifications.announce import announce
from notifications.announcements import (
    announcement_finish,
    announcement_queued,
    announcement_resume,
    announcements_in,
    folded_shards,
    shard_fold,
    shard_names,
)
from notifications.enums import AnnouncementState, ChunkState
from notifications.fanout import Worker
from notifications.queueing import queue_shards
from notifications.resend import is_due, settle_shard
from notifications.tables import AnnouncementRow

logger = logging.getLogger(__name__)

EVENTS_MAX: Final = 50
ANNOUNCEMENTS_MAX: Final = 50
# A paused announcement tries again: whatever stopped the account may be over.
PAUSE: Final = timedelta(minutes=15)


def sweep(*, worker: Worker) -> None:
    """Announce what the stream lost, and bring unfinished announcements on."""
    now = datetime.fromtimestamp(worker.clock(), UTC)
    for event in events_due(now=now, limit=EVENTS_MAX):
        _try(worker, partial(announce, event_id=event.id))
    for row in announcements_in(AnnouncementState.PAUSED, limit=ANNOUNCEMENTS_MAX):
        if row.updated_at + PAUSE <= now:
            _try(worker, partial(announcement_resume, row))
    for state in (AnnouncementState.STOPPING, AnnouncementState.SENDING):
        for row in announcements_in(state, limit=ANNOUNCEMENTS_MAX):
            _try(worker, partial(_bring_on, row, worker, now))


def _try(worker: Worker, action: Callable[[], object]) -> None:
    """One item's failure is no other's; what there is no time for comes with the next run."""
    if worker.is_late():
        return
    try:
        action()
    except Exception:
        logger.exception("The sweep could not bring an item on.")


def _bring_on(row: AnnouncementRow, worker: Worker, now: datetime) -> None:
    row.refresh(consistent_read=True)
    _queue_idle(row, worker, now)
    for shard in shard_names(int(row.shard_count)):
        if is_due(row, shard, now=worker.clock()) and not worker.is_late():
            settle_shard(row, shard, worker)
    announcement_finish(row)


def _queue_idle(row: AnnouncementRow, worker: Worker, now: datetime) -> None:
    """Queue the shards that nobody walks, unless they have just been queued."""
    lately = timedelta(seconds=2 * settings.CHUNK_LEASE_S)
    queued_at: datetime | None = row.queued_at
    if queued_at is not None and now < queued_at + lately:
        return
    folded = folded_shards(row)
    idle = []
    for shard in shard_names(int(row.shard_count)):
        if shard in folded:
            continue
        chunk = ledger.last_chunk(row.id, shard)
        if chunk is not None and chunk.end:
            shard_fold(row, shard)
        elif chunk is None or chunk.state != ChunkState.CLAIMED or chunk.until < worker.clock():
            idle.append(shard)
    if idle:
        queue_shards(row.id, idle)
    announcement_queued(row, now)
