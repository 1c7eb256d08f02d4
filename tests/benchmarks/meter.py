"""Counts what AWS would bill, at botocore's layer, and answers for what is not asked of MiniStack.

The counting itself is on nobody's bill: `aside` takes it out of the time and of the profile.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from functools import cache
from io import BytesIO
from time import process_time
from typing import Any, Final, cast

from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.compat import HTTPHeaders
from django.conf import settings

from ivent_site import aws
from ivent_site.dynamodb.rows import _shared_client
from tests.benchmarks.capacity import Index, Item, item_bytes, read_units, write_units

# What answers a call instead of MiniStack: the reply, or None to let the call go on.
Answer = Callable[[str, bytes], bytes | None]

_WRITES: Final = {"PutItem": "Put", "UpdateItem": "Update", "DeleteItem": "Delete"}
_UNMETERED: Final = frozenset({"DescribeTable"})


class Meter:
    """What happened within `attached`: calls by name, units, and the seconds spent on counting."""

    def __init__(self, answer: Answer, *, units: bool = True) -> None:
        self.calls: Counter[str] = Counter()
        self.reads = 0.0
        self.writes = 0
        self.aside_s = 0.0
        # Makes a context in which the profiler looks away.
        self.unseen: Callable[[], Any] = nullcontext
        self._answer = answer
        self._units = units
        self._call: tuple[str, dict[str, Any], list[Item]] = ("", {}, [])

    @contextmanager
    def attached(self) -> Iterator["Meter"]:
        """Within the block every call of the project's clients is counted."""
        clients = [_shared_client(), *(make() for make in (aws.sns, aws.sqs, aws.ses, aws.sesv2))]
        for client in clients:
            client.meta.events.register_first("before-send", self._before_send)
            client.meta.events.register_first("after-call", self._after_call)
        try:
            yield self
        finally:
            for client in clients:
                client.meta.events.unregister("before-send", self._before_send)
                client.meta.events.unregister("after-call", self._after_call)

    @property
    def total(self) -> int:
        """All calls."""
        return self.calls.total()

    @contextmanager
    def _aside(self) -> Iterator[None]:
        began = process_time()
        with self.unseen():
            yield
        self.aside_s += process_time() - began

    def _before_send(
        self, *, request: AWSPreparedRequest, event_name: str, **_: Any
    ) -> AWSResponse | None:
        with self._aside():
            name = event_name.partition(".")[2]
            self.calls[name] += 1
            body = request.body or b""
            raw = body if isinstance(body, bytes) else str(body).encode()
            if self._units and name.startswith("dynamodb."):
                operation = name.partition(".")[2]
                parsed = json.loads(raw)
                self._call = (
                    operation,
                    parsed,
                    [_stored(each) for each in _writes(operation, parsed)],
                )
            reply = self._answer(name, raw)
            return None if reply is None else _response(request.url, reply)

    def _after_call(self, *, parsed: Mapping[str, Any], event_name: str, **_: Any) -> None:
        with self._aside():
            if not self._units or not event_name.startswith("after-call.dynamodb"):
                return
            operation, body, old = self._call
            if operation in _UNMETERED:
                return
            if writes := _writes(operation, body):
                for before, each in zip(old, writes, strict=True):
                    self.writes += _consumed(each, before, in_transaction=len(writes) > 1)
            else:
                self.reads += _read(operation, body, parsed)


def _read(operation: str, body: dict[str, Any], reply: Mapping[str, Any]) -> float:
    consistent = bool(body.get("ConsistentRead"))
    match operation:
        case "GetItem":
            return read_units(item_bytes(reply.get("Item", {})), consistent=consistent)
        case "Query" | "Scan":
            size = sum(map(item_bytes, reply.get("Items", [])))
            return read_units(size, consistent=consistent)
    raise ValueError(f"No arithmetic for {operation}.")


def _writes(operation: str, body: dict[str, Any]) -> list[dict[str, Any]]:
    """The single writes of a call; none if it only reads."""
    if operation in _WRITES:
        return [body]
    if operation == "TransactWriteItems":
        return [each for item in body["TransactItems"] for each in item.values()]
    return []


def _consumed(write: dict[str, Any], old: Item, *, in_transaction: bool) -> int:
    new = _stored(write)
    indexes = _table(write["TableName"])[1]
    return write_units(old, new, transaction=in_transaction) + sum(
        index.write_units(old, new) for index in indexes
    )


def _stored(write: dict[str, Any]) -> Item:
    """The item that the write is about, as it is stored now."""
    keys, indexes = _table(write["TableName"])
    if "Item" in write and not indexes:
        # A claim, or a row of the common way: new where it is put, so its size is all.
        return cast("Item", write["Item"])
    key = write.get("Key") or {name: write["Item"][name] for name in keys}
    reply = _reader().get_item(TableName=write["TableName"], Key=key, ConsistentRead=True)
    return cast("Item", reply.get("Item", {}))


@cache
def _reader() -> Any:
    """A client of the meter's own, which is not counted."""
    return aws._session().client("dynamodb", endpoint_url=settings.AWS_ENDPOINT_URL)


@cache
def _table(name: str) -> tuple[tuple[str, ...], tuple[Index, ...]]:
    """The table's keys and its indexes."""
    schema = _reader().describe_table(TableName=name)["Table"]
    keys = _keys(schema)
    return keys, tuple(_index(keys, each) for each in schema.get("GlobalSecondaryIndexes", ()))


def _keys(schema: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(each["AttributeName"] for each in schema["KeySchema"])


def _index(table_keys: tuple[str, ...], schema: Mapping[str, Any]) -> Index:
    keys, projection = _keys(schema), schema["Projection"]
    if projection["ProjectionType"] == "ALL":
        return Index(keys, None)
    return Index(keys, frozenset({*table_keys, *keys, *projection.get("NonKeyAttributes", ())}))


def _response(url: str, reply: bytes) -> AWSResponse:
    class Raw(BytesIO):
        def stream(self, **_: Any) -> Iterator[bytes]:
            yield self.read()

    return AWSResponse(
        url, 200, HTTPHeaders.from_dict({"content-type": "application/json"}), Raw(reply)
    )
