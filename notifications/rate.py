"""How fast mails leave: what SES allows the account, shared by the workers there are.

Each worker keeps to its share whatever it sends, and gives up its turn from time to time
(see the walk), so that announcements under way share the account's rate among them.
"""

import logging
from collections.abc import Callable
from functools import cache
from typing import Final

from django.conf import settings

from notifications.audience import CHUNK_MAX, CHUNK_SIZE
from notifications.transports.account import Account, AccountUnknownError, account_get

logger = logging.getLogger(__name__)

ASK_EVERY_S: Final = 60
# That of a new account in production: kept to as long as SES has not said its own.
FIRST_RATE: Final = 14


class Pace:
    """One worker's share of the account's rate. `now` is in Unix seconds throughout."""

    def __init__(self, *, ask: Callable[[], Account], workers: int) -> None:
        self._ask = ask
        self._workers = workers
        self._account = Account(rate=FIRST_RATE)
        self._ask_at = 0.0
        self._free_at = 0.0

    def stopped(self, now: float) -> str:
        """Why nothing may be sent at all; "" if mails may be sent."""
        return self._now(now).stopped

    def chunk_size(self, now: float) -> int:
        """How many mails go together: what the worker may send in a second, at least the usual
        chunk; but never more than the account may.
        """
        rate = self._now(now).rate
        share = min(CHUNK_MAX, int(rate / self._workers))
        return max(1, min(max(CHUNK_SIZE, share), int(rate)))

    def wait_s(self, now: float) -> float:
        """How long until the next mails may leave; 0 for the first ones."""
        return max(0.0, self._free_at - now)

    def spend(self, mails: int, now: float) -> None:
        """Note that so many mails leave now."""
        share = max(self._now(now).rate, 1) / self._workers
        self._free_at = max(self._free_at, now) + mails / share

    def _now(self, now: float) -> Account:
        """The account as it was at most a minute ago, or when SES last answered."""
        if now >= self._ask_at:
            self._ask_at = now + ASK_EVERY_S
            try:
                self._account = self._ask()
            except AccountUnknownError:
                logger.warning("SES does not say what the account may send.", exc_info=True)
        return self._account


@cache
def process_pace() -> Pace:
    """This process's pace: with the settings' rate, or else with SES's."""
    fixed = settings.MAIL_RATE
    ask = (lambda: Account(rate=fixed)) if fixed else account_get
    # One share is for what is no walk: mails sent once more, and confirmations.
    return Pace(ask=ask, workers=settings.FANOUT_CONCURRENCY + 1)
