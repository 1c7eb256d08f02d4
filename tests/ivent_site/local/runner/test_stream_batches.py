from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ivent_site.local.runner.invocation import HandlerError
from ivent_site.local.runner.stream_batches import (
    Discarded,
    Record,
    StreamBatches,
    StreamRules,
)

NOW = 1_000_000.0


class Shard:
    """A shard whose handler answers as `reply` says; it raises for an Exception."""

    def __init__(self, reply: Callable[[list[int]], Any], **rules: Any) -> None:
        self.reply = reply
        self.calls: list[list[int]] = []
        self.discarded: list[tuple[list[int], str, int]] = []
        self.pauses: list[float] = []
        self.stop = False
        self.rules = StreamRules(**{"batch_size": 10, "max_retries": 2, **rules})

    def deliver(self, *numbers: int, created_at: float = NOW) -> None:
        StreamBatches(
            self.rules,
            invoke=self._invoke,
            discard=self._discard,
            now=lambda: NOW,
            pause=self._pause,
        ).deliver([_record(number, created_at) for number in numbers])

    def _invoke(self, records: list[Record]) -> Any:
        self.calls.append(_numbers(records))
        reply = self.reply(self.calls[-1])
        if isinstance(reply, Exception):
            raise reply
        return reply

    def _discard(self, discarded: Discarded) -> None:
        numbers = _numbers(discarded.records)
        self.discarded.append((numbers, discarded.condition, discarded.invocations))

    def _pause(self, seconds: float) -> bool:
        self.pauses.append(seconds)
        return self.stop


def _record(number: int, created_at: float) -> Record:
    change = {"SequenceNumber": str(number), "ApproximateCreationDateTime": created_at}
    return {"dynamodb": change}


def _numbers(records: list[Record]) -> list[int]:
    return [int(record["dynamodb"]["SequenceNumber"]) for record in records]


def _failures(*numbers: int) -> dict[str, list[dict[str, str]]]:
    return {"batchItemFailures": [{"itemIdentifier": str(number)} for number in numbers]}


def _raises_on(*bad: int) -> Callable[[list[int]], Any]:
    return lambda numbers: HandlerError() if set(bad) & set(numbers) else None


def test_records_come_in_order_and_in_batches_of_the_size() -> None:
    shard = Shard(lambda _: None, batch_size=2)

    shard.deliver(1, 2, 3, 4, 5)

    assert shard.calls == [[1, 2], [3, 4], [5]]


def test_nothing_is_called_for_no_records() -> None:
    shard = Shard(lambda _: None)

    shard.deliver()

    assert shard.calls == []


def test_a_failed_batch_is_halved_until_the_bad_record_is_alone() -> None:
    shard = Shard(_raises_on(3), max_retries=1)

    shard.deliver(1, 2, 3, 4)

    assert shard.calls == [[1, 2, 3, 4], [1, 2], [3, 4], [3], [3], [4]]
    assert shard.discarded == [([3], "RetryAttemptsExhausted", 4)]


def test_retries_wait_longer_each_time_and_halving_does_not_wait() -> None:
    shard = Shard(_raises_on(1), max_retries=4, first_pause_s=1, longest_pause_s=3)

    shard.deliver(1, 2)

    assert shard.pauses == [1, 2, 3, 3]


def test_a_partial_failure_goes_on_from_the_lowest_failed_record() -> None:
    shard = Shard(lambda numbers: _failures(4, 3) if numbers == [1, 2, 3, 4] else None)

    shard.deliver(1, 2, 3, 4)

    assert shard.calls == [[1, 2, 3, 4], [3, 4]]
    assert shard.discarded == []


def test_a_batch_whose_first_record_fails_again_and_again_is_given_up() -> None:
    shard = Shard(lambda numbers: _failures(2) if 2 in numbers else None, batch_size=3)

    shard.deliver(1, 2, 3, 4)

    assert shard.calls == [[1, 2, 3], [2, 3], [2, 3], [2, 3], [4]]
    assert shard.discarded == [([2, 3], "RetryAttemptsExhausted", 4)]


def test_a_malformed_reply_is_treated_like_an_error() -> None:
    shard = Shard(lambda numbers: "nonsense" if len(numbers) > 1 else None)

    shard.deliver(1, 2)

    assert shard.calls == [[1, 2], [1], [2]]


def test_what_is_too_old_is_given_up_without_a_call() -> None:
    shard = Shard(lambda _: None, max_age_s=60)

    shard.deliver(1, created_at=NOW - 61)
    shard.deliver(2, created_at=NOW - 60)

    assert shard.calls == [[2]]
    assert shard.discarded == [([1], "RecordAgeExceeded", 0)]


def test_a_stop_leaves_what_is_still_failing() -> None:
    shard = Shard(_raises_on(1))
    shard.stop = True

    shard.deliver(1)

    assert shard.calls == [[1]]
    assert shard.discarded == []


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    count=st.integers(0, 30),
    bad=st.sets(st.integers(0, 29)),
    size=st.integers(1, 12),
    partial=st.booleans(),
)
def test_every_record_is_handled_or_given_up_and_the_good_ones_in_order(
    count: int, bad: set[int], size: int, partial: bool
) -> None:
    handled: list[int] = []

    def reply(numbers: list[int]) -> Any:
        failed = [number for number in numbers if number in bad]
        if failed and not partial:
            return HandlerError()
        handled.extend(number for number in numbers if number not in failed)
        return _failures(*failed)

    shard = Shard(reply, batch_size=size)
    shard.deliver(*range(count))

    given_up = {number for numbers, _, _ in shard.discarded for number in numbers}
    assert set(handled) | given_up == set(range(count))
    assert bad & set(range(count)) <= given_up
    first_time = list(dict.fromkeys(handled))
    assert first_time == sorted(first_time)
    if not partial:
        assert given_up == bad & set(range(count))
