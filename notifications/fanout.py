"""The worker: walks one shard of an announcement, claim → send → next claim.

In the plain case 50 recipients cost one Query, one write (the claim) and the sending. What
comes up is told by exceptions, so that the walk itself reads as it goes.
"""

import logging
from collections.abc import Sequence
from enum import StrEnum
from typing import Final

from django.conf import settings

from notifications import audience, ledger
from notifications.announcements import (
    announcement_get,
    announcement_pause,
    announcements_in,
    folded_shards,
    shard_fold,
)
from notifications.audience import Audience, Readers
from notifications.delivery import (
    HAND_ON_S,
    ChunkDelivery,
    OutOfTimeError,
    Worker,
    new_owner,
    send_patiently,
)
from notifications.digest_events import DigestEvent
from notifications.digest_letters import DigestLetters
from notifications.enums import SUPPRESSED, AnnouncementKind, AnnouncementState, ChunkState
from notifications.ledger import Chunk, TakenError
from notifications.mails import Mail, in_order_of_letters
from notifications.mime import UnmailableError
from notifications.phrases import language_of
from notifications.rendering import Copies, Letters
from notifications.tables import AnnouncementRow
from notifications.tally import Sums, chunk_sums
from notifications.transports import RefusedError
from subscriptions.selectors import Recipient

logger = logging.getLogger(__name__)

# Between two looks at whether the announcement still is to be sent, and whether others wait for
# their turn: by the clock, so that a stop is seen as soon at any rate, and a fast walk reads no
# more for it than a slow one.
LOOK_S: Final = 10
# Of the oldest announcements under way, which share the workers.
UNDER_WAY_MAX: Final = 5


class WalkEnd(StrEnum):
    """How a walk came to its end."""

    ENDED = "ended"  # the shard is through
    IDLE = "idle"  # nothing to do: another worker has it, or the announcement waits or is over
    HANDED_ON = "handed on"  # the time is up: queue the shard again
    THROTTLED = "throttled"  # the same, but not at once


def walk_shard(*, announcement_id: str, shard: str, worker: Worker, fresh: bool = False) -> WalkEnd:
    """Mail the shard from where the ledger ends, until it is through or time is up.

    Safe to call at any time, twice at once, and after any death. `fresh` is a hint that nobody
    has begun the shard, which spares a look: should it be wrong, the first claim says so.
    """
    row = announcement_get(announcement_id)
    if row is None or row.state not in {AnnouncementState.SENDING, AnnouncementState.STOPPING}:
        return WalkEnd.IDLE
    for begin_at_once in (True, False) if fresh else (False,):
        walk = _Walk(row, shard, worker)
        try:
            return walk.run(fresh=begin_at_once)
        except TakenError:
            if walk.has_claimed:
                break
    return WalkEnd.IDLE


class _Walk:
    def __init__(self, row: AnnouncementRow, shard: str, worker: Worker) -> None:
        self._row = row
        self._shard = shard
        self._worker = worker
        self._owner = new_owner()
        self._audience = Audience(
            shard,
            readers=Readers.of(row),
            letter_of=lambda recipient: language_of(recipient.locale),
        )
        self._last: Chunk | None = None
        self._letters: Copies | None = None
        self._look_at = worker.clock() + LOOK_S
        # What the shard adds up to, as long as this walk alone knows it all for certain.
        self._sums: Sums | None = None

    @property
    def has_claimed(self) -> bool:
        """Whether something of the shard is or was this walk's."""
        return self._last is not None and self._last.owner == self._owner

    def run(self, *, fresh: bool) -> WalkEnd:
        try:
            if not fresh and not self._pick_up():
                return WalkEnd.IDLE
            if self._last is None:
                self._sums = Sums()
            return self._walk()
        except OutOfTimeError:
            return WalkEnd.HANDED_ON
        except RefusedError as err:
            if err.retryable:
                return WalkEnd.THROTTLED
            return self._pause(err.reason)
        except UnmailableError:
            return self._pause("unmailable")

    def _pick_up(self) -> bool:
        """Whether the shard is the worker's to go on with, after finishing a released chunk."""
        self._last = chunk = ledger.last_chunk(self._row.id, self._shard)
        if chunk is None or chunk.end:
            return True
        if chunk.state == ChunkState.CLAIMED:
            return chunk.until < self._worker.clock()
        if chunk.state == ChunkState.RELEASED:
            self._finish_released(chunk)
        return True

    def _walk(self) -> WalkEnd:
        exhausted = False
        while self._last is None or not self._last.end:
            if self._worker.is_late() or self._is_others_turn():
                self._give_back()
                return WalkEnd.HANDED_ON
            if self._row.state == AnnouncementState.STOPPING or exhausted:
                self._end()
                continue
            if self._row.state != AnnouncementState.SENDING:
                self._give_back()
                return WalkEnd.IDLE
            self._keep_pace()
            exhausted = self._next_chunk()
        shard_fold(self._row, self._shard, sums=self._sums)
        return WalkEnd.ENDED

    def _is_others_turn(self) -> bool:
        """Look, if that was long ago, how the announcement and the others are."""
        now = self._worker.clock()
        if now < self._look_at:
            return False
        self._look_at = now + LOOK_S
        # An index: a moment behind is soon enough, and one Query tells both.
        under_way = announcements_in(AnnouncementState.SENDING, limit=UNDER_WAY_MAX)
        others = [each for each in under_way if each.id != self._row.id]
        if len(others) == len(under_way):
            self._row.refresh(consistent_read=True)
        # Some have been sent to everybody, and only wait for SES's events.
        return any(len(folded_shards(each)) < each.shard_count for each in others)

    def _keep_pace(self) -> None:
        """Wait until mails may leave; nothing stays open over a long wait or an interruption."""
        pace, worker = self._worker.pace, self._worker
        if pace is None:
            return
        now = worker.clock()
        stopped, wait_s = pace.stopped(now), pace.wait_s(now)
        too_late = now + wait_s >= worker.deadline - HAND_ON_S
        if stopped or too_late or wait_s > settings.CHUNK_LEASE_S / 2:
            self._give_back()
        if stopped:
            raise RefusedError(stopped, retryable=False)
        if too_late:
            raise OutOfTimeError
        if wait_s:
            worker.sleep(wait_s)

    def _next_chunk(self) -> bool:
        """Whether nobody comes after the chunk that was claimed and sent, if there was anybody."""
        after = self._last.last if self._last else ""
        pace = self._worker.pace
        now = self._worker.clock()
        size = pace.chunk_size(now) if pace else audience.CHUNK_SIZE
        if self._worker.transport.at_once == 1:
            size = min(size, audience.CHUNK_SIZE)
        stretch = self._audience.next_stretch(after=after, size=size, now=now)
        if stretch.end and not stretch.recipients:
            return True
        # Everything that can fail without a mail fails before the claim.
        try:
            mails = self._mails(stretch.recipients, after)
        except UnmailableError:
            self._give_back()
            raise
        if self._worker.clock() - now > settings.CHUNK_LEASE_S / 2:
            # It was frozen: some of whom it has read may have left since.
            return False
        self._last = ledger.claim(
            announcement_id=self._row.id,
            shard=self._shard,
            after=self._last,
            ids=(mail.subscriber_id for mail in mails),
            last=stretch.last,
            owner=self._owner,
            until=self._worker.lease(),
        )
        self._last = self._send(self._last, mails)
        if self._last.state is not ChunkState.CLAIMED:
            self._sums = None
        elif self._sums is not None:
            self._sums += chunk_sums(self._last, committed=True)
        return stretch.end

    def _end(self) -> None:
        last = self._last.last if self._last else ""
        self._last = ledger.claim(
            announcement_id=self._row.id,
            shard=self._shard,
            after=self._last,
            ids=(),
            last=last,
            owner=self._owner,
            until=self._worker.lease(),
            end=True,
        )

    def _finish_released(self, chunk: Chunk) -> None:
        chunk = ledger.retake(chunk, owner=self._owner, until=self._worker.lease())
        self._last = chunk
        rest = chunk.unproven
        wanted = self._row.state == AnnouncementState.SENDING
        recipients = audience.still_wanting(self._row, rest) if wanted else []
        gone = set(rest) - {recipient.id for recipient in recipients}
        if gone:
            self._last = chunk = ledger.refuse(chunk, dict.fromkeys(sorted(gone), SUPPRESSED))
        mails = self._mails(recipients, chunk.key.partition(".")[2])
        self._last = self._send(chunk, mails)

    def _send(self, chunk: Chunk, mails: Sequence[Mail]) -> Chunk:
        """The chunk after every mail of it was sent or refused, or is unknown."""
        delivery = ChunkDelivery(chunk, self._worker)
        try:
            send_patiently(mails, delivery, self._worker)
        except (RefusedError, OutOfTimeError):
            # No call is under way: who is not in doubt nor reported has surely not been sent to.
            delivery.leave(ChunkState.UNKNOWN if delivery.doubted else ChunkState.RELEASED)
            raise
        if delivery.doubted:
            return delivery.leave(ChunkState.UNKNOWN)
        if delivery.refused:
            return ledger.refuse(delivery.chunk, delivery.refused)
        return delivery.chunk

    def _give_back(self) -> None:
        """Commit the last chunk, since no next claim of this worker will."""
        chunk = self._last
        owned = chunk and chunk.state == ChunkState.CLAIMED and chunk.owner == self._owner
        if chunk and owned:
            ledger.leave(chunk, ChunkState.SETTLED, progress=len(chunk.ids))

    def _pause(self, reason: str) -> WalkEnd:
        logger.error("An announcement is paused.", extra={"reason": reason})
        announcement_pause(self._row, reason=reason)
        return WalkEnd.IDLE

    def _mails(self, recipients: Sequence[Recipient], after: str) -> list[Mail]:
        if self._letters is None:
            self._letters = letters_of(self._row)
        tags = chunk_tags(self._row.id, f"{self._shard}.{after}")
        return in_order_of_letters(
            self._letters.mail(each, tags={**tags, "subscriber": each.id}) for each in recipients
        )


def letters_of(row: AnnouncementRow) -> Copies:
    """The letters of the announcement."""
    if row.kind == AnnouncementKind.DIGEST:
        return DigestLetters(
            announcement_id=row.id,
            slot=row.digest_at,
            events=[DigestEvent.from_json(each) for each in row.events],
        )
    return Letters(
        announcement_id=row.id,
        kind=row.kind,
        event=row.event,
        changes=row.changes,
        note=row.note,
        subject=row.subject,
        told=row.told,
    )


def chunk_tags(announcement_id: str, key: str) -> dict[str, str]:
    """The tags of a chunk's mails. SES allows letters, digits, "_" and "-" only."""
    return {"announcement": announcement_id.replace(".", "_"), "chunk": key.replace(".", "_")}
