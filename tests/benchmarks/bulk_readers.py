"""So many subscribers as the list by age tells of them, the newest first, without holding any."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any, Final

from events.validators import TOPIC_CHARS, TOPICS_MAX
from ivent_site.dynamodb.rows import sort_key, table_name
from subscriptions.addresses import ADDRESS_MAX_LENGTH
from subscriptions.enums import SubscriptionStatus
from subscriptions.tables import EVERYTHING, SubscriptionRow
from tests.benchmarks.capacity import item_bytes, read_units
from tests.benchmarks.readers import id_of, number_of

# What DynamoDB reads at most for one Query.
PAGE_BYTES: Final = 1024 * 1024
_ID_CHARS: Final = 36
_SINCE: Final = datetime(2026, 11, 1, tzinfo=UTC)


@dataclass
class SubscribersByAge:
    """The subscribers 0 to `number`; `widest`: each as long as its fields may be."""

    number: int
    widest: bool = False
    queries: int = 0
    read_bytes: int = 0
    read_units: float = 0

    def __call__(self, name: str, body: bytes) -> bytes | None:
        """The reply to a Query of the list; None for any other call."""
        if name != "dynamodb.Query":
            return None
        query = json.loads(body)
        if query["TableName"] != table_name("subscriptions"):
            return None
        return json.dumps(self._query(query)).encode()

    def _query(self, query: Mapping[str, Any]) -> dict[str, Any]:
        values = [each["S"] for each in query["ExpressionAttributeValues"].values()]
        start = query.get("ExclusiveStartKey", {}).get("created_key", {}).get("S")
        keys = [each for each in (start, *values) if each and "#" in each]
        before = min(number_of(key[-_ID_CHARS:]) for key in keys) if keys else self.number
        limit = min(query.get("Limit", self.number), max(1, PAGE_BYTES // self._size))
        numbers = range(before - 1, max(before - 1 - limit, -1), -1)
        self.queries += 1
        self.read_bytes += len(numbers) * self._size
        self.read_units += read_units(len(numbers) * self._size, consistent=False)
        items = [self._item(number) for number in numbers]
        answer: dict[str, Any] = {"Items": items, "Count": len(items), "ScannedCount": len(items)}
        if len(items) == limit:
            last = items[-1]
            answer["LastEvaluatedKey"] = {
                name: last[name] for name in ("id", "everything", "created_key")
            }
        return answer

    def _item(self, number: int) -> dict[str, Any]:
        created = _SINCE + timedelta(seconds=number)
        email = {"S": f"reader.number{number:08}@mail.example.com"}
        if self.widest:
            local = f"{number:08}".rjust(64, "r")
            domain = ".".join(["d" * 63] * 2) + "." + "d" * (ADDRESS_MAX_LENGTH - 64 - 129 - 4)
            email = {"S": f"{local}@{domain}.de"}
        return self._template | {
            "id": {"S": id_of(number)},
            "email": email,
            "email_key": email,
            "created_key": {"S": sort_key(created, id_of(number))},
        }

    @cached_property
    def _size(self) -> int:
        """Each has the same."""
        return item_bytes(self._item(0))

    @cached_property
    def _template(self) -> dict[str, Any]:
        topics = ["music", "open-air"]
        source = "web"
        if self.widest:
            topics = [f"{number:02}".ljust(TOPIC_CHARS, "t") for number in range(TOPICS_MAX)]
            source = "ü" * 300
        row = SubscriptionRow(
            id=id_of(0),
            email="",
            email_key="re",
            status=SubscriptionStatus.CONFIRMED,
            topics=topics,
            locale="en",
            timezone="Europe/Berlin",
            round=1,
            consent={"text_version": 1, "at": _SINCE.isoformat(), "source": source},
            confirmed_at=_SINCE,
            created_at=_SINCE,
            updated_at=_SINCE,
            home_shard="00",
            everything=EVERYTHING,
        )
        row.set_index_keys()
        return row.serialize()
