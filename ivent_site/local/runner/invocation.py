"""Calling a handler as Lambda does: JSON in, JSON out, one line of log."""

import json
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.utils.module_loading import import_string

from ivent_site.ids import uuid7

# Less than the fan-out queue's visibility time-out: no shard comes back while it is walked.
FUNCTION_TIMEOUT_S = 50

logger = logging.getLogger(__name__)


class HandlerError(Exception):
    """The handler raised, or returned what is not JSON; what to do is the event source's rule."""


@dataclass(frozen=True)
class LambdaContext:
    """What a function gets beside its event.

    https://docs.aws.amazon.com/lambda/latest/dg/python-context.html
    """

    function_name: str
    invoked_function_arn: str
    aws_request_id: str = field(default_factory=uuid7)
    function_version: str = "$LATEST"
    memory_limit_in_mb: str = "512"
    deadline: float = field(default_factory=lambda: time.monotonic() + FUNCTION_TIMEOUT_S)

    def get_remaining_time_in_millis(self) -> int:
        """Milliseconds until Lambda would end the function."""
        return max(0, round((self.deadline - time.monotonic()) * 1000))


class Invoker:
    """Calls functions by their dotted names, resolved anew at each call."""

    def __init__(self, *, region: str, account: str) -> None:
        self._prefix = f"arn:aws:lambda:{region}:{account}:function:"

    def arn(self, function: str) -> str:
        """The ARN that the function would have."""
        return f"{self._prefix}ivent-local-{function.rpartition('.')[2]}"

    def __call__(self, function: str, event: dict[str, Any]) -> Any:
        """The function's reply to a copy of the event; HandlerError if there is none."""
        arn = self.arn(function)
        context = LambdaContext(function_name=arn.rpartition(":")[2], invoked_function_arn=arn)
        started = time.monotonic()
        outcome = "error"
        try:
            reply = _call(import_string(function), event, context)
            outcome = _outcome(reply)
        except Exception as err:
            logger.exception("%s failed", function)
            raise HandlerError(function) from err
        else:
            return reply
        finally:
            logger.info(
                "%s: %d records, %.0f ms, %s",
                function,
                len(event.get("Records", [])),
                (time.monotonic() - started) * 1000,
                outcome,
            )


def _call(
    handler: Callable[[dict[str, Any], LambdaContext], Any],
    event: dict[str, Any],
    context: LambdaContext,
) -> Any:
    return json.loads(json.dumps(handler(json.loads(json.dumps(event)), context)))


def _outcome(reply: Any) -> str:
    failures = reply.get("batchItemFailures") if isinstance(reply, dict) else None
    return f"{len(failures)} failed" if failures else "ok"
