"""Sends writes to DynamoDB: one as a plain conditional write, more as one transaction.

A lost reply does not become a false conflict: a transaction carries a ClientRequestToken,
under which DynamoDB answers a repetition as it did the first time, and a single write that
was repeated by the client is compared with what is there.
https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
"""

import random
import time
import uuid
from collections.abc import Sequence
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError
from django.db import DataError, NotSupportedError, OperationalError
from pynamodb.connection import Connection
from pynamodb.exceptions import CancellationReason, VerboseClientError

from ivent_site.dynamodb.operations import ConflictError, Kind, Operation

MAX_OPERATIONS: Final = 100
ATTEMPTS: Final = 6
FIRST_WAIT_S: Final = 0.05

_CONDITION_FAILED: Final = frozenset({"ConditionalCheckFailedException", "ConditionalCheckFailed"})
# Another transaction holds the item for a moment.
_BUSY: Final = frozenset(
    {"TransactionConflict", "TransactionConflictException", "TransactionInProgressException"}
)
_THROTTLED: Final = frozenset(
    {
        "ThrottlingError",
        "ThrottlingException",
        "ProvisionedThroughputExceeded",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
    }
)
_INVALID: Final = frozenset(
    {"ValidationException", "ValidationError", "ItemCollectionSizeLimitExceeded"}
)


class TransactionTooLargeError(NotSupportedError):
    """More writes than one transaction takes: nothing was written, and no retry helps."""


def commit(operations: Sequence[Operation]) -> None:
    """Do all of the writes, or none of them.

    Raises ConflictError when a condition failed; OperationalError when DynamoDB did not
    answer, so that it is not known whether they were done.
    """
    if not operations:
        return
    if len(operations) > MAX_OPERATIONS:
        raise TransactionTooLargeError(
            f"{len(operations)} writes in one transaction; DynamoDB takes {MAX_OPERATIONS}."
        )
    if len(operations) == 1 and operations[0].kind is not Kind.CHECK:
        _send(operations, *_single(operations[0]))
    else:
        _send(operations, "TransactWriteItems", _transaction(operations))


def _single(operation: Operation) -> tuple[str, dict[str, Any]]:
    with_condition = operation.condition is not None
    return f"{operation.kind}Item", operation.kwargs(return_old=with_condition)


def _transaction(operations: Sequence[Operation]) -> dict[str, Any]:
    return {
        "TransactItems": [{op.kind.value: op.kwargs()} for op in operations],
        "ClientRequestToken": str(uuid.uuid4()),
    }


def _send(operations: Sequence[Operation], name: str, kwargs: dict[str, Any]) -> None:
    connection: Connection = operations[0].row._get_connection().connection
    wait_s = FIRST_WAIT_S
    for attempt in range(1, ATTEMPTS + 1):
        try:
            connection.dispatch(name, kwargs)
        except VerboseClientError as err:
            codes = _codes(err)
            if codes & _CONDITION_FAILED or not codes <= _BUSY | _THROTTLED or attempt == ATTEMPTS:
                if len(operations) == 1 and _was_done(operations[0], err):
                    return
                raise _translated(codes, operations, err) from err
        except BotoCoreError as err:
            raise OperationalError(f"DynamoDB did not answer: {err}") from err
        else:
            return
        # Jitter spreads those who collided.
        time.sleep(random.uniform(wait_s / 2, wait_s))  # noqa: S311 - no secret
        wait_s *= 2


def _codes(err: VerboseClientError) -> set[str]:
    code = err.response["Error"].get("Code", "")
    if code != "TransactionCanceledException":
        return {code}
    return {reason.code for reason in err.cancellation_reasons if reason}


def _was_done(operation: Operation, err: VerboseClientError) -> bool:
    """Whether a repeated write failed its condition only because its first try was done."""
    cause = err.__cause__
    if not isinstance(cause, ClientError) or not _codes(err) & _CONDITION_FAILED:
        return False
    if operation.kind is Kind.UPDATE:
        # What it would have left is not known here.
        return False
    if not cause.response.get("ResponseMetadata", {}).get("RetryAttempts"):
        return False
    return bool(cause.response.get("Item")) == bool(operation.item) and (
        operation.item is None or cause.response["Item"] == operation.item  # type: ignore[typeddict-item]
    )


def _translated(
    codes: set[str], operations: Sequence[Operation], err: VerboseClientError
) -> Exception:
    tables = ", ".join(sorted({operation.key[0] for operation in operations}))
    if codes & _CONDITION_FAILED:
        return ConflictError(f"{tables}: {_failed_items(operations, err.cancellation_reasons)}")
    if codes & _BUSY:
        return ConflictError(f"{tables}: another transaction is writing the same items.")
    message = f"{tables}: {', '.join(sorted(codes))}: {err.response['Error'].get('Message', '')}"
    return DataError(message) if codes & _INVALID else OperationalError(message)


def _failed_items(
    operations: Sequence[Operation], reasons: Sequence[CancellationReason | None]
) -> str:
    failed = [
        operation
        for operation, reason in zip(operations, reasons or [None], strict=False)
        if not reasons or (reason and reason.code in _CONDITION_FAILED)
    ]
    items = ", ".join("/".join(map(str, filter(None, op.key[1:]))) for op in failed)
    return f"a condition failed on {items}."
