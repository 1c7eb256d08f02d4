"""Unknown chunks: what SES's events did not prove is sent once more, and never a third time.

So is what SES refused and a person wants sent to once more: nobody of those was in doubt, so
they wait for no event.
"""

import logging
from collections.abc import Iterable, Sequence
from typing import Final

from django.conf import settings

from ivent_site import metrics
from notifications import ledger
from notifications.announcements import SETTLE_AT, announcement_pause, folded_shards, shard_fold
from notifications.audience import still_wanting
from notifications.delivery import (
    OutOfTimeError,
    Worker,
    new_owner,
    send_patiently,
)
from notifications.enums import SUPPRESSED, AnnouncementState, ChunkState
from notifications.fanout import chunk_tags, letters_of
from notifications.ledger import Chunk, TakenError
from notifications.mails import Mail
from notifications.mime import UnmailableError
from notifications.queueing import feedback_backlog
from notifications.refused import refused_reopen
from notifications.rendering import Copies
from notifications.tables import AnnouncementRow
from notifications.tally import shard_tally
from notifications.transports import RefusedError

logger = logging.getLogger(__name__)

# What the log says of mails that were sent once more.
RESENT: Final = "Mails of unknown outcome were sent once more."
# For how many further UNKNOWN_WAIT_S SES's events are waited for that are queued already.
PATIENCE: Final = 3


class ResendDelivery:
    """What becomes of a chunk while its rest is sent again; the transport's Delivery."""

    def __init__(self, chunk: Chunk, worker: Worker) -> None:
        self.chunk = chunk
        self.refused: dict[str, str] = {}
        self.done: set[str] = set()
        # Whose second call, too, may have been accepted or not.
        self.doubted: set[str] = set()
        self._worker = worker
        self._called: set[str] = set()
        self._sent: list[str] = []

    def before_call(self, mails: Sequence[Mail]) -> None:
        """See Delivery; writes down who is tried, so that nobody else ever tries them again."""
        called = {mail.subscriber_id for mail in mails}
        self._worker.take_turn(len(mails), until=self.chunk.until)
        self._called |= called
        self.note(trying=called)
        if self._worker.clock() >= self.chunk.until:
            raise OutOfTimeError

    def report(self, mail: Mail, *, refusal: str = "") -> None:
        """See Delivery."""
        self.done.add(mail.subscriber_id)
        if refusal:
            self.refused[mail.subscriber_id] = refusal
        else:
            self._sent.append(mail.subscriber_id)

    def note(self, trying: Iterable[str] = ()) -> None:
        """Write down who was sent it, and who is about to be; TakenError if the chunk is no
        longer the worker's.
        """
        if self._sent or trying:
            until = self._worker.lease()
            self.chunk = ledger.note_resent(self.chunk, self._sent, until=until, trying=trying)
            self._sent = []

    @property
    def spared(self) -> set[str]:
        """Who was tried in a call that surely came to nothing."""
        return self._called - self.done - self.doubted


def is_due(row: AnnouncementRow, shard: str, *, now: float) -> bool:
    """Whether the shard has an unknown chunk that may be settled by now."""
    values = folded_shards(row).get(shard, {})
    return bool(values.get("unknown")) and values.get(SETTLE_AT, 0) <= now


def settle_shard(row: AnnouncementRow, shard: str, worker: Worker) -> None:
    """Settle what is due of the shard's unknown chunks, and its sums. Safe to repeat.

    Whoever an event proves is sent; the others are sent to once more. Those for whom that is
    unknown too, and only those, are parked for a person. Of a stopped announcement nothing is
    sent again.
    """
    if not refused_reopen(row, shard, worker):
        return
    letters = letters_of(row)
    backlog = feedback_backlog()
    for chunk in shard_tally(ledger.shard_chunks(row.id, shard)).doubtful:
        if worker.is_late():
            break
        try:
            _settle(row, chunk, worker, letters, backlog=backlog)
        except TakenError:
            logger.info("Another sweep settles the chunk.", extra={"chunk": chunk.key})
    shard_fold(row, shard)


def _settle(
    row: AnnouncementRow, chunk: Chunk, worker: Worker, letters: Copies, *, backlog: int
) -> None:
    if not chunk.unproven:
        ledger.resolve(chunk, ChunkState.SETTLED)
    elif not _has_waited(chunk, now=worker.clock(), backlog=backlog):
        return
    elif not chunk.untried:
        ledger.resolve(chunk, ChunkState.PARKED)
    else:
        _settle_untried(row, chunk, worker, letters)


def _settle_untried(row: AnnouncementRow, chunk: Chunk, worker: Worker, letters: Copies) -> None:
    # A shard's chunks may take many minutes, in which a person may pause or stop it.
    row.refresh(consistent_read=True)
    if row.state == AnnouncementState.STOPPING:
        tried = len(chunk.untried) < len(chunk.unproven)
        gone = {each: chunk.again.get(each, SUPPRESSED) for each in chunk.untried}
        ledger.resolve(chunk, ChunkState.PARKED if tried else ChunkState.SETTLED, refused=gone)
    elif row.state == AnnouncementState.SENDING:
        _resend(row, chunk, worker, letters)


def _has_waited(chunk: Chunk, *, now: float, backlog: int) -> bool:
    """Whether no event that might prove the chunk is to be expected any more."""
    if not chunk.until:
        return True
    over_since = now - (chunk.until + settings.UNKNOWN_WAIT_S)
    if over_since < 0:
        return False
    if not backlog:
        return True
    # Whatever proves it may be among those that nobody has read yet.
    extra = {"chunk": chunk.key, "events": backlog}
    if over_since < PATIENCE * settings.UNKNOWN_WAIT_S:
        logger.info("An unknown chunk waits for the feedback queue.", extra=extra)
        return False
    logger.warning("The feedback queue lags: a mail may be sent twice.", extra=extra)
    return True


def _resend(row: AnnouncementRow, chunk: Chunk, worker: Worker, letters: Copies) -> None:
    chunk = ledger.start_resend(chunk, owner=new_owner(), until=worker.lease())
    untried = chunk.untried
    recipients = still_wanting(row, untried)
    gone = set(untried) - {each.id for each in recipients}
    if gone:
        suppressed = dict.fromkeys(sorted(gone), SUPPRESSED)
        chunk = ledger.resolve(chunk, ChunkState.RESENDING, refused=suppressed)
    tags = chunk_tags(row.id, chunk.key)
    mails = [letters.mail(each, tags={**tags, "subscriber": each.id}) for each in recipients]
    delivery = ResendDelivery(chunk, worker)
    try:
        send_patiently(mails, delivery, worker)
    except (RefusedError, OutOfTimeError, UnmailableError) as err:
        # No call is under way, so this was no second try for those who are left.
        _put_down(delivery, ChunkState.UNKNOWN)
        if isinstance(err, RefusedError) and not err.retryable:
            announcement_pause(row, reason=err.reason)
    else:
        _put_down(delivery, ChunkState.SETTLED)
    resent = len(delivery.done | delivery.doubted)
    metrics.count(resent=resent)
    logger.info(RESENT, extra={"chunk": chunk.key, "mails": resent})


def _put_down(delivery: ResendDelivery, state: ChunkState) -> None:
    """Write down who was sent it, and move the chunk on unless somebody is in doubt again:
    then its events have the same time again to come.
    """
    delivery.note(trying=delivery.doubted)
    if delivery.doubted:
        state = ChunkState.RESENDING
    elif state is ChunkState.SETTLED and set(delivery.chunk.unproven) - delivery.refused.keys():
        # A former sweep tried them and died; they have had their time.
        state = ChunkState.PARKED
    ledger.resolve(
        delivery.chunk,
        state,
        refused=delivery.refused,
        spared=delivery.spared,
        # All events there might be have been waited for already.
        until=0 if state is ChunkState.UNKNOWN else None,
    )
