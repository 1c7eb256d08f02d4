"""What the handlers of queues and streams share: each record stands for itself.

A handler returns {"batchItemFailures": [...]}; AWS delivers those again and, after enough
tries, puts them on a dead-letter queue.
https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html

Zappa calls a handler a second time, with other arguments, whenever it raises TypeError, so
none may leave one: everything here is caught per record, and `shielded` catches the rest.
"""

import functools
import logging
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Protocol, TypedDict, TypeVar

from ivent_site import metrics

logger = logging.getLogger(__name__)

Event = Mapping[str, Any]
Record = Mapping[str, Any]
R = TypeVar("R")


class Context(Protocol):
    """What Lambda tells about the invocation."""

    def get_remaining_time_in_millis(self) -> int:
        """What is left of the function's time-out."""


class ItemFailure(TypedDict):
    """A record that is to be delivered again."""

    itemIdentifier: str


class BatchResponse(TypedDict):
    """The answer that AWS expects of a handler of queues or streams."""

    batchItemFailures: list[ItemFailure]


def sqs_id(record: Record) -> str:
    """What a queue knows a record by."""
    return str(record["messageId"])


def stream_id(record: Record) -> str:
    """What a stream knows a record by."""
    return str(record["dynamodb"]["SequenceNumber"])


def each_record(
    event: Event, handle: Callable[[Record], None], *, identify: Callable[[Record], str]
) -> BatchResponse:
    """Handle record by record; those that raise are the failures, their neighbours are done."""
    return failures(failed_records(event["Records"], handle), identify=identify)


def failed_records(records: Iterable[Record], handle: Callable[[Record], None]) -> list[Record]:
    """The records whose handling raised; each is logged, without its content."""
    failed = []
    for record in records:
        try:
            handle(record)
        except Exception:
            logger.exception("A record failed.")
            failed.append(record)
    return failed


def failures(records: Iterable[Record], *, identify: Callable[[Record], str]) -> BatchResponse:
    """The answer that asks for these records again."""
    return {"batchItemFailures": [{"itemIdentifier": identify(each)} for each in records]}


def deadline(context: Context) -> float:
    """The Unix time at which the invocation ends."""
    return time.time() + context.get_remaining_time_in_millis() / 1000


def shielded(handler: Callable[[Event, Context], R]) -> Callable[[Event, Context], R]:
    """The handler, its TypeError turned into RuntimeError, and its numbers told."""

    @functools.wraps(handler)
    def shield(event: Event, context: Context) -> R:
        try:
            with metrics.counted(handler.__name__):
                return handler(event, context)
        except TypeError as err:
            raise RuntimeError(f"{handler.__name__} failed.") from err

    return shield
