"""Sending a chunk's mails: the worker that does it, and what becomes of each of them."""

import logging
import random
import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from django.conf import settings

from notifications import ledger
from notifications.enums import ChunkState
from notifications.ledger import Chunk
from notifications.mails import Mail
from notifications.rate import Pace
from notifications.transports import Delivery, RefusedError, Transport, UnknownOutcomeError

logger = logging.getLogger(__name__)

# Calls between two notes: of a bulk transport a chunk seldom takes so many.
NOTE_EVERY: Final = 5
# Before a worker's end: when it begins no further chunk, and when it sends no further mail.
HAND_ON_S: Final = 5
LAST_CALL_S: Final = 2
FIRST_WAIT_S, LONGEST_WAIT_S = 0.2, 10.0
OWNER_BYTES: Final = 9


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

    def wait_s(self) -> float:
        """How long until mails may leave at the worker's pace."""
        return self.pace.wait_s(self.clock()) if self.pace else 0.0

    def take_turn(self, mails: int, *, until: float) -> None:
        """Wait until so many mails may leave; OutOfTimeError if that is after `until`."""
        wait_s = self.wait_s()
        if self.clock() + wait_s >= min(until, self.deadline - LAST_CALL_S):
            raise OutOfTimeError
        if wait_s:
            self.sleep(wait_s)
        if self.pace:
            # Which may ask SES for the rate, and wait for the answer.
            self.pace.spend(mails, self.clock())
        # It may have been frozen meanwhile.
        if self.clock() >= until:
            raise OutOfTimeError

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
        self._calls = 0

    def before_call(self, mails: Sequence[Mail]) -> None:
        """See Delivery; notes the progress every few calls, and when half of the lease is over,
        which prolongs it.
        """
        now, until = self._worker.clock(), self.chunk.until
        if now >= until:
            raise OutOfTimeError
        halfway = until - settings.CHUNK_LEASE_S / 2
        is_time = self._calls >= NOTE_EVERY or now + self._worker.wait_s() > halfway
        if is_time and len(self.done) > self._noted:
            self.note()
        self._worker.take_turn(len(mails), until=self.chunk.until)
        self._calls += 1

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
        self._calls = 0

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
