"""Once a minute: whatever is due, or was left behind, goes on.

Bounded per run, safe to repeat, and two at once do no harm: everything it does is decided by
a conditional write or harmless to do twice.
"""

import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import groupby
from operator import attrgetter
from typing import Final

from django.conf import settings

from events.derive import derive_event, derive_upcoming
from events.selectors import events_due
from events.tables import EventRow
from notifications import ledger
from notifications.announce import ALARM, announce
from notifications.announcements import (
    announcement_finish,
    announcement_get,
    announcement_pause,
    announcement_queued,
    announcement_resume,
    announcement_shelve,
    announcements_in,
    folded_shards,
    shard_fold,
    shard_names,
)
from notifications.breaker import breaker_check, breaker_get
from notifications.deliverability import Correction, correction_done, corrections
from notifications.delivery import Worker
from notifications.digest_due import digest_make
from notifications.due import publish_if_due, remind
from notifications.enums import AnnouncementState, ChunkState, Reason
from notifications.queueing import queue_shards
from notifications.resend import is_due, settle_shard
from notifications.tables import AnnouncementRow

logger = logging.getLogger(__name__)

EVENTS_MAX: Final = 50
ANNOUNCEMENTS_MAX: Final = 50
CORRECTIONS_MAX: Final = 1000
# A paused announcement tries again: whatever stopped the account may be over.
PAUSE: Final = timedelta(minutes=15)
# What nobody has looked at for so long comes of a table restored from a backup, or of a long
# outage: whom it has reached meanwhile is not sure.
FORGOTTEN: Final = timedelta(hours=24)


def sweep(*, worker: Worker) -> None:
    """Publish, announce and remind of what is due, and bring unfinished announcements on."""
    now = datetime.fromtimestamp(worker.clock(), UTC)
    # First, so that what is due is due by today's rules.
    _try(worker, partial(derive_upcoming, now=now, is_late=worker.is_late))
    for event in events_due(now=now, limit=EVENTS_MAX):
        _try(worker, partial(_see_to, event, now))
    _try(worker, partial(digest_make, now=now))
    noted = corrections(limit=CORRECTIONS_MAX)
    for announcement_id, some in groupby(noted, key=attrgetter("announcement_id")):
        _try(worker, partial(_correct, announcement_id, [*some]))
    _try(worker, partial(breaker_check, now=now))
    _try(worker, partial(_heed_breaker, now))
    for state in (AnnouncementState.STOPPING, AnnouncementState.SENDING):
        for row in announcements_in(state, limit=ANNOUNCEMENTS_MAX):
            _try(worker, partial(_bring_on, row, worker, now))


def _see_to(event: EventRow, now: datetime) -> None:
    # Under new rules it may come up before its page does.
    derive_event(event, now=now)
    if publish_if_due(event, now=now):
        # The stream announces it; the next run does if that fails.
        return
    announce(event_id=event.id)
    remind(event_id=event.id, now=now)


def _try(worker: Worker, action: Callable[[], object]) -> None:
    """One item's failure is no other's; what there is no time for comes with the next run."""
    if worker.is_late():
        return
    try:
        action()
    except Exception:
        logger.exception("The sweep could not bring an item on.")


def _correct(announcement_id: str, noted: list[Correction]) -> None:
    """Sum the shards again. That of one still under way waits, lest it is being summed now."""
    row = announcement_get(announcement_id)
    for correction in noted:
        if row is not None:
            if correction.shard not in folded_shards(row):
                continue
            shard_fold(row, correction.shard)
        correction_done(correction)


def _heed_breaker(now: datetime) -> None:
    """Pause what is being sent while the breaker is open; resume what may be."""
    is_open = breaker_get().is_open(now=now)
    if is_open:
        for row in announcements_in(AnnouncementState.SENDING, limit=ANNOUNCEMENTS_MAX):
            announcement_pause(row, reason=Reason.BREAKER)
    for row in announcements_in(AnnouncementState.PAUSED, limit=ANNOUNCEMENTS_MAX):
        if _may_resume(row, now, breaker_is_open=is_open):
            announcement_resume(row)


def _may_resume(row: AnnouncementRow, now: datetime, *, breaker_is_open: bool) -> bool:
    if row.reason in {Reason.BY_HAND, Reason.OLD} or breaker_is_open:
        return False
    if row.reason == Reason.BREAKER:
        return True
    if row.updated_at + FORGOTTEN < now:
        _leave_to_a_person(row)
        return False
    return bool(row.updated_at + PAUSE <= now)


def _leave_to_a_person(row: AnnouncementRow) -> None:
    logger.error(
        "An announcement of long ago waits in the admin: resume or cancel it.",
        extra={"alarm": ALARM, "announcement": row.id},
    )
    announcement_shelve(row)


def _bring_on(row: AnnouncementRow, worker: Worker, now: datetime) -> None:
    row.refresh(consistent_read=True)
    queued_at: datetime | None = row.queued_at
    is_sending = row.state == AnnouncementState.SENDING
    if is_sending and queued_at is not None and queued_at + FORGOTTEN < now:
        _leave_to_a_person(row)
        return
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
