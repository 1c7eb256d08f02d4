"""So many confirmed readers as DynamoDB would tell of them, without holding any.

MiniStack's Query takes longer the larger the table is, which DynamoDB's does not; so the
subscriptions' indexes are answered in this process, by arithmetic.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from ivent_site.ids import uuid7
from subscriptions.enums import SubscriptionStatus
from subscriptions.tables import SubscriptionRow

PAGE_BYTES = 1_000_000
_ID_CHARS = 36
_SHARD_FIELDS = ("id", "shard", "email", "locale", "timezone", "topics", "frequency")


@dataclass(frozen=True, slots=True, kw_only=True)
class Readers:
    """The readers 0 to `number`, dealt out to the shards in turn."""

    number: int
    shards: int = 1
    locales: Sequence[str] = ("en",)
    timezones: Sequence[str] = ("",)

    def query(self, body: dict[str, Any]) -> dict[str, Any]:
        """The answer to a Query of a subscriptions index."""
        wanted = [value["S"] for value in body["ExpressionAttributeValues"].values()]
        start = body.get("ExclusiveStartKey", {}).get("id", {}).get("S")
        after = start or next((each for each in wanted if len(each) == _ID_CHARS), None)
        by_shard = body["IndexName"] == "by_shard"
        shard = next((int(each, 16) for each in wanted if len(each) == 2), 0) if by_shard else 0
        step = self.shards if by_shard else 1
        limit = body.get("Limit", PAGE_BYTES // len(json.dumps(_TEMPLATE)))
        first = number_of(after) + step if after else shard
        numbers = range(first, self.number, step)[:limit]
        items = [self._item(number, by_shard=by_shard) for number in numbers]
        answer: dict[str, Any] = {"Items": items, "Count": len(items), "ScannedCount": len(items)}
        if len(items) == limit:
            last = items[-1]
            names = ("id", "shard") if by_shard else ("id", "status", "created_key")
            answer["LastEvaluatedKey"] = {name: last[name] for name in names}
        return answer

    def _item(self, number: int, *, by_shard: bool) -> dict[str, Any]:
        item = dict(_TEMPLATE)
        email = {"S": f"reader.number{number:08}@mail.example.com"}
        item |= {
            "id": {"S": id_of(number)},
            "shard": {"S": f"{number % self.shards:02x}"},
            "email": email,
            "email_key": email,
            "locale": {"S": self.locales[number % len(self.locales)]},
            "timezone": {"S": self.timezones[number % len(self.timezones)]},
        }
        return {name: item[name] for name in _SHARD_FIELDS} if by_shard else item


def id_of(number: int) -> str:
    """The id of a reader: in the order of the numbers."""
    return f"0199{number >> 16:04x}-{number & 0xFFFF:04x}-7000-8000-5ca1ab1e0000"


def number_of(id_: str) -> int:
    """Whose id it is."""
    return int(id_[4:8] + id_[9:13], 16)


def _template() -> dict[str, Any]:
    """A subscription as the table holds it, with all that has been asked and agreed to."""
    now = datetime(2026, 11, 1, 12, tzinfo=UTC)
    row = SubscriptionRow(
        id=uuid7(),
        email="",
        email_key="re",
        status=SubscriptionStatus.CONFIRMED,
        topics=[],
        round=1,
        consent={"text_version": 1, "at": now.isoformat(), "source": "web", "ip_hash": "0" * 32},
        confirmed_at=now,
        created_at=now,
        updated_at=now,
        home_shard="00",
    )
    row.set_index_keys()
    return row.serialize()


_TEMPLATE = _template()
