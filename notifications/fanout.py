"""The worker: walks one shard of an announcement, claim → send → next claim.

In the plain case 50 recipients cost one Query, one write (the claim) and the sending. What
comes up is told by exceptions, so that the walk itself reads as it goes.
"""

import logging
import random
import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Protocol

from django.conf import settings

from notifications import audience, ledger
from notifications.announcements import (
    announcement_get,
    announcement_pause,
    announcements_in,
    shard_fold,
)
from notifications.enums import SUPPRESSED, AnnouncementState, ChunkState
from notifications.ledger import Chunk, TakenError
from notifications.mails import Mail, in_order_of_letters
from notifications.mime import UnmailableError
from notifications.rate import Pace
from notifications.rendering import Letters
from notifications.tables import AnnouncementRow
from notifications.transports import Delivery, RefusedError, Transport, UnknownOutcomeError
from subscriptions.selectors import Recipient, still_confirmed

logger = logging.getLogger(__name__)

# Chunks between two looks at whether the announcement still is to be sent.
LOOK_EVERY: Final = 5
# Mails between two notes of a transport that sends one by one.
NOTE_EVERY: Final = 5
# Before a worker's end: when it begins no further chunk, and when it sends no further mail.
HAND_ON_S: Final = 5
LAST_CALL_S: Final = 2
# After which a walk lets other announcements have their turn, if there are any.
TURN_S: Final = 20
FIRST_WAIT_S, LONGEST_WAIT_S = 0.2, 10.0
OWNER_BYTES: Final = 9


class WalkEnd(StrEnum):
    """How a walk came to its end."""

    ENDED = "ended"  # the shard is through
    IDLE = "idle"  # nothing to do: another worker has it, or the announcement waits or is over
    HANDED_ON = "handed on"  # the time is up: queue the shard again
    THROTTLED = "throttled"  # the same, but not at once


class OutOfTimeError(Exception):
    """The lease or the worker's own time is over: nothing more may be sent now."""


@dataclass(kw_only=True)
class Worker:
    """One worker's means. `deadline` is in the clock's seconds: nothing is begun after it.

    Without a pace it sends as fast as it can.
    """

    transport: Transport
    deadline: float
    pace: Pace | None = None
    clock: Callable[[], float] = time.time
    sleep: Callable[[float], None] = time.sleep

    def lease(self) -> float:
        """The last moment at which a chunk claimed now may be sent; milliseconds are enough."""
        return round(self.clock() + settings.CHUNK_LEASE_S, 3)

    def is_late(self) -> bool:
        """Whether it is time to hand on."""
        return self.clock() >= self.deadline - HAND_ON_S


def new_owner() -> str:
    """A name for one walk: a worker's next walk must not take a chunk that failed for its own."""
    return secrets.token_urlsafe(OWNER_BYTES)


class ChunkDelivery:
    """What becomes of one chunk while it is sent; the transport's Delivery."""

    def __init__(self, chunk: Chunk, worker: Worker) -> None:
        self.chunk = chunk
        # Who is dealt with: sent to, or refused.
        self.done: set[str] = {*chunk.proven, *chunk.refused}
        # Whose call may have been accepted or not.
        self.doubted: set[str] = set()
        self.refused: dict[str, str] = {}
        self._worker = worker
        self._noted = len(self.done)

    def before_call(self) -> None:
        """See Delivery; notes the progress every few mails, which prolongs the lease."""
        if len(self.done) - self._noted >= NOTE_EVERY:
            self.note()
        if self._worker.clock() >= min(self.chunk.until, self._worker.deadline - LAST_CALL_S):
            raise OutOfTimeError

    def report(self, mail: Mail, *, refusal: str = "") -> None:
        """See Delivery."""
        self.done.add(mail.subscriber_id)
        if refusal:
            self.refused[mail.subscriber_id] = refusal

    def note(self) -> None:
        """Write down how far it has got; TakenError if the chunk is no longer the worker's."""
        progress, seen = self._progress()
        self.chunk = ledger.note(
            self.chunk,
            progress=progress,
            seen=seen,
            refused=self.refused,
            until=self._worker.lease(),
        )
        self._noted = len(self.done)

    def leave(self, state: ChunkState) -> Chunk:
        """The chunk, left in this state with how far it has got; TakenError as above."""
        progress, seen = self._progress()
        return ledger.leave(self.chunk, state, progress=progress, seen=seen, refused=self.refused)

    def _progress(self) -> tuple[int, set[str]]:
        """How many are dealt with without a gap, and who was sent to behind the gap."""
        ids = self.chunk.ids
        progress = next((at for at, each in enumerate(ids) if each not in self.done), len(ids))
        refused = self.refused.keys() | self.chunk.refused.keys()
        return progress, self.done.intersection(ids[progress:]) - refused


def walk_shard(*, announcement_id: str, shard: str, worker: Worker) -> WalkEnd:
    """Mail the shard from where the ledger ends, until it is through or time is up.

    Safe to call at any time, twice at once, and after any death.
    """
    row = announcement_get(announcement_id)
    if row is None or row.state not in {AnnouncementState.SENDING, AnnouncementState.STOPPING}:
        return WalkEnd.IDLE
    try:
        return _Walk(row, shard, worker).run()
    except TakenError:
        return WalkEnd.IDLE


class _Walk:
    def __init__(self, row: AnnouncementRow, shard: str, worker: Worker) -> None:
        self._row = row
        self._shard = shard
        self._worker = worker
        self._owner = new_owner()
        self._topics = frozenset(row.event["topics"])
        self._last: Chunk | None = None
        self._letters: Letters | None = None
        self._turn_ends = worker.clock() + TURN_S

    def run(self) -> WalkEnd:
        try:
            if not self._pick_up():
                return WalkEnd.IDLE
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
        chunks = 0
        exhausted = False
        while self._last is None or not self._last.end:
            if self._worker.is_late() or self._is_others_turn():
                self._give_back()
                return WalkEnd.HANDED_ON
            chunks += 1
            if chunks % LOOK_EVERY == 0:
                self._row.refresh(consistent_read=True)
            if self._row.state == AnnouncementState.STOPPING or exhausted:
                self._end()
                continue
            if self._row.state != AnnouncementState.SENDING:
                self._give_back()
                return WalkEnd.IDLE
            self._keep_pace()
            exhausted = self._next_chunk()
        shard_fold(self._row, self._shard)
        return WalkEnd.ENDED

    def _is_others_turn(self) -> bool:
        now = self._worker.clock()
        if now < self._turn_ends:
            return False
        self._turn_ends = now + TURN_S
        under_way = announcements_in(AnnouncementState.SENDING, limit=2)
        return any(each.id != self._row.id for each in under_way)

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
        size = pace.chunk_size(self._worker.clock()) if pace else audience.CHUNK_SIZE
        stretch = audience.next_stretch(self._shard, after=after, topics=self._topics, size=size)
        if stretch.end and not stretch.recipients:
            return True
        # Everything that can fail without a mail fails before the claim.
        mails = self._mails(stretch.recipients, after)
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
        recipients = still_confirmed(rest) if wanted else []
        gone = set(rest) - {recipient.id for recipient in recipients}
        if gone:
            self._last = chunk = ledger.refuse(chunk, dict.fromkeys(sorted(gone), SUPPRESSED))
        mails = self._mails(recipients, chunk.key.partition(".")[2])
        self._last = self._send(chunk, mails)

    def _send(self, chunk: Chunk, mails: Sequence[Mail]) -> Chunk:
        """The chunk after every mail of it was sent or refused, or is unknown."""
        delivery = ChunkDelivery(chunk, self._worker)
        if self._worker.pace:
            self._worker.pace.spend(len(mails), self._worker.clock())
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


def letters_of(row: AnnouncementRow) -> Letters:
    """The letters of the announcement."""
    return Letters(announcement_id=row.id, kind=row.kind, event=row.event, changes=row.changes)


def chunk_tags(announcement_id: str, key: str) -> dict[str, str]:
    """The tags of a chunk's mails. SES allows letters, digits, "_" and "-" only."""
    return {"announcement": announcement_id.replace(".", "_"), "chunk": key.replace(".", "_")}


class PatientDelivery(Delivery, Protocol):
    """A Delivery that a call may be repeated for: who is dealt with, and who is in doubt."""

    chunk: Chunk
    done: set[str]
    doubted: set[str]


def send_patiently(mails: Sequence[Mail], delivery: PatientDelivery, worker: Worker) -> None:
    """Send, waiting longer and longer after each throttling while the lease lasts.

    A call of unknown outcome puts its mails in doubt; the others go on.
    """
    wait_s = FIRST_WAIT_S
    while True:
        settled = delivery.done | delivery.doubted
        left = [mail for mail in mails if mail.subscriber_id not in settled]
        before = len(delivery.done)
        try:
            worker.transport.send(left, delivery)
        except UnknownOutcomeError as err:
            logger.warning("A send has an unknown outcome.", extra={"chunk": delivery.chunk.key})
            called = {mail.subscriber_id for mail in (left if err.mails is None else err.mails)}
            delivery.doubted |= called - delivery.done
        except RefusedError as err:
            if len(delivery.done) > before:
                wait_s = FIRST_WAIT_S
            delay_s = random.uniform(wait_s / 2, wait_s)  # noqa: S311 - no secret
            in_time = min(delivery.chunk.until, worker.deadline - HAND_ON_S)
            if not err.retryable or worker.clock() + delay_s >= in_time:
                raise
            worker.sleep(delay_s)
            wait_s = min(2 * wait_s, LONGEST_WAIT_S)
        else:
            return
