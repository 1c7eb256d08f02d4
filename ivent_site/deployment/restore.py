"""The drill for the day a table is lost: restore it under another name, compare, remove it.

Point-in-time recovery always makes a new table.
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/PointInTimeRecovery.Tutorial.html
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from django.conf import settings

from ivent_site.deployment.clients import client

SAMPLE: Final = 100
_LOOK_EVERY_S: Final = 10
_WITHIN_S: Final = 4 * 60 * 60


class RestoreError(Exception):
    """The table cannot be restored, or is not what it was; the message says which."""


@dataclass(frozen=True, kw_only=True)
class Drill:
    """What a drill has shown. `count` is DynamoDB's own figure, up to six hours old."""

    restored_to: datetime
    took_s: int
    count: int
    compared: int
    # Items of the sample that the live table has changed or removed since.
    differing: int


def restore_drill(*, table: str, say: Callable[[str], None]) -> Drill:
    """Restore the latest moment of a table (its short name), compare a sample, remove the copy.

    Raises RestoreError; the copy is removed whatever happens.
    """
    name = f"{settings.RESOURCE_PREFIX}-{table}"
    copy = f"{name}-drill-{int(time.time())}"
    latest = _latest(name)
    began = time.monotonic()
    say(f"Restoring {name} as of {latest:%Y-%m-%d %H:%M:%S} UTC to {copy} …")
    client("dynamodb").restore_table_to_point_in_time(
        SourceTableName=name, TargetTableName=copy, UseLatestRestorableTime=True
    )
    try:
        count = _wait_until_active(copy, say)
        took_s = int(time.monotonic() - began)
        say(f"Restored after {took_s} s. Comparing a sample …")
        compared, differing = _compare(name, copy)
    finally:
        say(f"Removing {copy} …")
        client("dynamodb").delete_table(TableName=copy)
    return Drill(
        restored_to=latest, took_s=took_s, count=count, compared=compared, differing=differing
    )


def _latest(name: str) -> datetime:
    backups = client("dynamodb").describe_continuous_backups(TableName=name)
    recovery = backups["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"]
    if recovery["PointInTimeRecoveryStatus"] != "ENABLED":
        raise RestoreError(f"{name} has no point-in-time recovery: it could not be restored.")
    latest: datetime = recovery["LatestRestorableDateTime"]
    return latest.astimezone(UTC)


def _wait_until_active(copy: str, say: Callable[[str], None]) -> int:
    for _ in range(_WITHIN_S // _LOOK_EVERY_S):
        description = client("dynamodb").describe_table(TableName=copy)["Table"]
        if description["TableStatus"] == "ACTIVE":
            return int(description.get("ItemCount", 0))
        say(f"{copy} is {description['TableStatus'].lower()} …")
        time.sleep(_LOOK_EVERY_S)
    raise RestoreError(f"{copy} was not ready within {_WITHIN_S} s.")


def _compare(name: str, copy: str) -> tuple[int, int]:
    """How many items of the copy were compared with the live table's, and how many differ."""
    # One page of the copy, which nobody else reads: no request of the site ever scans.
    items = client("dynamodb").scan(TableName=copy, Limit=SAMPLE)["Items"]
    keys = _keys(name)
    live = [
        client("dynamodb")
        .get_item(TableName=name, Key={key: item[key] for key in keys}, ConsistentRead=True)
        .get("Item")
        for item in items
    ]
    return len(items), sum(there != item for there, item in zip(live, items, strict=True))


def _keys(name: str) -> list[str]:
    schema: list[dict[str, Any]] = client("dynamodb").describe_table(TableName=name)["Table"][
        "KeySchema"
    ]
    return [each["AttributeName"] for each in schema]
