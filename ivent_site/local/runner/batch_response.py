"""What a handler's reply to a batch means.

https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html#services-sqs-batchfailurereporting
"""

from collections.abc import Collection
from typing import Any


class WholeBatchFailedError(Exception):
    """The reply is malformed, which Lambda takes for the failure of every record."""


def failed_identifiers(reply: Any, known: Collection[str]) -> set[str]:
    """The identifiers that the handler reports as failed: none of them means all went well."""
    if reply is None:
        return set()
    if not isinstance(reply, dict):
        raise WholeBatchFailedError
    failures = reply.get("batchItemFailures")
    if failures is None:
        return set()
    if not isinstance(failures, list):
        raise WholeBatchFailedError
    identifiers = {_identifier(failure) for failure in failures}
    if not identifiers <= set(known):
        raise WholeBatchFailedError
    return identifiers


def _identifier(failure: Any) -> str:
    identifier = failure.get("itemIdentifier") if isinstance(failure, dict) else None
    if not isinstance(identifier, str) or not identifier:
        raise WholeBatchFailedError
    return identifier
