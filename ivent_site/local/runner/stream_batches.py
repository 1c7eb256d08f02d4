"""Lambda's rules for the batches of one stream shard.

https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html
https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ivent_site.local.runner.batch_response import WholeBatchFailedError, failed_identifiers
from ivent_site.local.runner.invocation import HandlerError

Record = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class StreamRules:
    """The settings of an event source mapping."""

    batch_size: int
    max_retries: int = 5
    max_age_s: float = 3600
    first_pause_s: float = 0.25
    longest_pause_s: float = 10


@dataclass(frozen=True, kw_only=True)
class Discarded:
    """Records that Lambda gave up, and why; they go to the on-failure destination."""

    records: list[Record]
    condition: str
    invocations: int


@dataclass
class _Batch:
    records: list[Record]
    invocations: int = 0
    retries: int = 0


class StreamBatches:
    """Delivers a shard's records in order: nothing goes ahead of what is still being retried."""

    def __init__(
        self,
        rules: StreamRules,
        *,
        invoke: Callable[[list[Record]], Any],
        discard: Callable[[Discarded], None],
        now: Callable[[], float],
        pause: Callable[[float], bool],
    ) -> None:
        """`pause` waits so many seconds, and says whether to stop instead of going on."""
        self._rules = rules
        self._invoke = invoke
        self._discard = discard
        self._now = now
        self._pause = pause

    def deliver(self, records: list[Record]) -> None:
        """Hand the records over, batch after batch; return when each is done or given up."""
        size = self._rules.batch_size
        work = deque(
            _Batch(records[start : start + size]) for start in range(0, len(records), size)
        )
        while work:
            batch = self._without_expired(work.popleft())
            if not batch.records:
                continue
            again = self._attempt(batch)
            work.extendleft(reversed(again))
            if any(part.retries for part in again) and self._pause(self._pause_s(again[0])):
                return

    def _attempt(self, batch: _Batch) -> list[_Batch]:
        """What of the batch is still to do."""
        batch.invocations += 1
        try:
            numbers = [record["dynamodb"]["SequenceNumber"] for record in batch.records]
            failed = failed_identifiers(self._invoke(batch.records), numbers)
        except (HandlerError, WholeBatchFailedError):
            return self._bisected(batch) or self._retried(batch)
        if not failed:
            return []
        done = min(numbers.index(number) for number in failed)
        if done:
            # It got ahead: what remains is another batch, with tries of its own.
            return [_Batch(batch.records[done:], invocations=batch.invocations)]
        return self._retried(batch)

    def _bisected(self, batch: _Batch) -> list[_Batch]:
        # Splitting costs no retry; that is how one bad record ends up alone.
        half = len(batch.records) // 2
        if not half:
            return []
        parts = (batch.records[:half], batch.records[half:])
        return [_Batch(part, invocations=batch.invocations) for part in parts]

    def _retried(self, batch: _Batch) -> list[_Batch]:
        batch.retries += 1
        if batch.retries <= self._rules.max_retries:
            return [batch]
        self._give_up(batch, "RetryAttemptsExhausted")
        return []

    def _without_expired(self, batch: _Batch) -> _Batch:
        oldest = self._now() - self._rules.max_age_s
        fresh: list[Record] = []
        expired: list[Record] = []
        for record in batch.records:
            created = record["dynamodb"]["ApproximateCreationDateTime"]
            (fresh if created >= oldest else expired).append(record)
        if expired:
            self._give_up(_Batch(expired, invocations=batch.invocations), "RecordAgeExceeded")
        return _Batch(fresh, invocations=batch.invocations, retries=batch.retries)

    def _give_up(self, batch: _Batch, condition: str) -> None:
        self._discard(
            Discarded(records=batch.records, condition=condition, invocations=batch.invocations)
        )

    def _pause_s(self, batch: _Batch) -> float:
        doubled = self._rules.first_pause_s * 2 ** (batch.retries - 1)
        return float(min(doubled, self._rules.longest_pause_s))
