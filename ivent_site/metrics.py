"""Numbers for CloudWatch: what an invocation counted, as one line in its embedded metric format.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
CloudWatch makes metrics of such lines as it reads the function's log, without a call. They are
numbers only: nothing in them says who anybody is.
"""

import json
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

from django.conf import settings

NAMESPACE: Final = "Ivent"
_counts: ContextVar[Counter[str] | None] = ContextVar("counts", default=None)


def count(**numbers: int) -> None:
    """Add to what this invocation tells, such as `count(sent=50)`; nothing outside of one."""
    counts = _counts.get()
    if counts is not None:
        # CloudWatch leaves out what is no number, such as true.
        counts.update({name: int(number) for name, number in numbers.items()})


@contextmanager
def counted(handler: str) -> Iterator[None]:
    """Tell at the end of the block, however it ends, what was counted in it."""
    token = _counts.set(Counter())
    try:
        yield
    finally:
        counts: dict[str, int] = _counts.get() or Counter()
        _counts.reset(token)
        told = {name: number for name, number in counts.items() if number}
        if told:
            # In one write, so that no other thread's line comes in between.
            sys.stdout.write(_line(handler, told) + "\n")
            sys.stdout.flush()


def _line(handler: str, numbers: dict[str, int]) -> str:
    metrics = [{"Name": name, "Unit": "Count"} for name in numbers]
    about = {"Namespace": NAMESPACE, "Dimensions": [["stage"]], "Metrics": metrics}
    return json.dumps(
        {
            "_aws": {"Timestamp": round(time.time() * 1000), "CloudWatchMetrics": [about]},
            "stage": settings.STAGE,
            "handler": handler,
            **numbers,
        }
    )
