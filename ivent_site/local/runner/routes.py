"""Which function answers which event source: what `zappa_settings.json` says of a stage.

https://github.com/zappa/Zappa#executing-in-response-to-aws-events
"""

import json
import re
from dataclasses import dataclass
from typing import Any

from django.conf import settings

_RATE = re.compile(r"rate\((\d+) (second|minute|hour|day)s?\)")
_SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400}


@dataclass(frozen=True, kw_only=True)
class StreamRoute:
    """A DynamoDB table whose stream calls the function."""

    table: str
    function: str
    batch_size: int


@dataclass(frozen=True, kw_only=True)
class QueueRoute:
    """An SQS queue whose messages call the function."""

    queue: str
    function: str
    batch_size: int


@dataclass(frozen=True, kw_only=True)
class ScheduleRoute:
    """A function that is called again and again."""

    function: str
    every_s: float


Route = StreamRoute | QueueRoute | ScheduleRoute


def local_routes() -> list[Route]:
    """The laptop's routes, to the tables and queues of its RESOURCE_PREFIX."""
    text = (settings.BASE_DIR / "zappa_settings.json").read_text()
    return routes(text.replace("ivent-local-", f"{settings.RESOURCE_PREFIX}-"), stage="local")


def routes(zappa_settings: str, *, stage: str) -> list[Route]:
    """The enabled event sources and schedules of a stage, in the order of the file's text."""
    stages: dict[str, dict[str, Any]] = json.loads(zappa_settings)
    events: list[dict[str, Any]] = _inherited(stages, stage, "events") or []
    return [_route(event) for event in events if event.get("event_source", {}).get("enabled", True)]


def _inherited(stages: dict[str, dict[str, Any]], stage: str, key: str) -> Any:
    said = stages[stage]
    if key in said or "extends" not in said:
        return said.get(key)
    return _inherited(stages, said["extends"], key)


def _route(event: dict[str, Any]) -> Route:
    function = event["function"]
    if "expression" in event:
        return ScheduleRoute(function=function, every_s=_every_s(event["expression"]))
    source = event["event_source"]
    _, _, service, _, _, resource = source["arn"].split(":", 5)
    batch_size = source["batch_size"]
    if service == "dynamodb":
        return StreamRoute(table=resource.split("/")[1], function=function, batch_size=batch_size)
    if service == "sqs":
        return QueueRoute(queue=resource, function=function, batch_size=batch_size)
    raise ValueError(f"{function}: the local runner does not know {service} as an event source.")


def _every_s(expression: str) -> float:
    rate = _RATE.fullmatch(expression)
    if not rate:
        raise ValueError(f"The local runner knows rate(…) only, not {expression!r}.")
    return int(rate[1]) * _SECONDS[rate[2]]
