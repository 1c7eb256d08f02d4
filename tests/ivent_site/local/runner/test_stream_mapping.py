import json
import threading
from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest

from ivent_site.local.clients import client
from ivent_site.local.runner import stream_mapping
from ivent_site.local.runner.invocation import Invoker
from ivent_site.local.runner.routes import StreamRoute
from ivent_site.local.runner.stream_batches import StreamRules
from ivent_site.local.runner.stream_mapping import StreamMapping, is_to_be_announced

from .conftest import Handler

TABLE = "ivent-test-streamed"
FAILURES = "ivent-test-stream-failures"


@pytest.fixture
def table(aws: None) -> Iterator[Any]:
    """A table of its own: its stream holds nothing from other tests."""
    dynamodb = client("dynamodb")
    dynamodb.create_table(
        TableName=TABLE,
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
    )
    yield dynamodb
    dynamodb.delete_table(TableName=TABLE)


@pytest.fixture
def mapping(table: Any, handler: Handler) -> StreamMapping:
    return StreamMapping(
        StreamRoute(table=TABLE, function=Handler.name, batch_size=2),
        invoker=Invoker(region="eu-central-1", account="000000000000"),
        failures_queue=FAILURES,
    )


def _put(table: Any, *ids: str, **attributes: Any) -> None:
    for row_id in ids:
        table.put_item(TableName=TABLE, Item={"id": {"S": row_id}, **attributes})


def _announce(table: Any, *ids: str) -> None:
    _put(table, *ids, announce_version={"N": "1"})


def _ids(event: dict[str, Any]) -> list[str]:
    return [record["dynamodb"]["Keys"]["id"]["S"] for record in event["Records"]]


def test_changes_that_are_to_be_announced_arrive_in_order_and_in_batches(
    table: Any, mapping: StreamMapping, handler: Handler
) -> None:
    _announce(table, "1", "2", "3")
    stop = threading.Event()

    assert mapping.poll(stop) == 3
    assert mapping.poll(stop) == 0

    assert [_ids(event) for event in handler.events] == [["1", "2"], ["3"]]
    record = handler.events[0]["Records"][0]
    assert record["eventName"] == "INSERT"
    assert record["dynamodb"]["NewImage"] == {"id": {"S": "1"}, "announce_version": {"N": "1"}}
    assert f":table/{TABLE}/stream/" in record["eventSourceARN"]


def test_what_came_before_the_start_is_delivered_and_what_comes_after_follows(
    table: Any, mapping: StreamMapping, handler: Handler
) -> None:
    stop = threading.Event()
    _announce(table, "before")
    mapping.poll(stop)
    _announce(table, "after")
    mapping.poll(stop)

    assert [_ids(event) for event in handler.events] == [["before"], ["after"]]


def test_drafts_deletions_and_acknowledgements_call_nobody(
    table: Any, mapping: StreamMapping, handler: Handler
) -> None:
    _put(table, "draft")
    _announce(table, "deleted")
    mapping.poll(threading.Event())
    handler.events.clear()
    table.delete_item(TableName=TABLE, Key={"id": {"S": "deleted"}})

    assert mapping.poll(threading.Event()) == 1
    assert handler.events == []


def test_the_filter_reads_the_new_image_alone() -> None:
    removed = {"eventName": "REMOVE", "dynamodb": {"OldImage": {"announce_version": {"N": "1"}}}}

    assert not is_to_be_announced(removed)


def test_a_message_calls_the_handler_as_a_change_does() -> None:
    written = {"eventName": "MODIFY", "dynamodb": {"NewImage": {"message_version": {"N": "2"}}}}

    assert is_to_be_announced(written)


def test_records_that_were_given_up_are_told_to_the_failures_queue(
    table: Any, mapping: StreamMapping, handler: Handler, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream_mapping, "StreamRules", partial(StreamRules, max_retries=0))
    _announce(table, "bad")
    handler.replies = [ValueError("bad")]

    mapping.poll(threading.Event())

    sqs = client("sqs")
    url = sqs.get_queue_url(QueueName=FAILURES)["QueueUrl"]
    (message,) = sqs.receive_message(QueueUrl=url)["Messages"]
    told = json.loads(message["Body"])
    assert told["requestContext"]["condition"] == "RetryAttemptsExhausted"
    assert told["requestContext"]["approximateInvokeCount"] == 1
    assert told["DDBStreamBatchInfo"]["batchSize"] == 1
    assert told["DDBStreamBatchInfo"]["streamArn"].startswith("arn:aws:dynamodb:")


def test_it_runs_until_it_is_stopped(table: Any, mapping: StreamMapping, handler: Handler) -> None:
    stop = threading.Event()
    _announce(table, "1")
    handler.replies = [lambda _: stop.set()]

    mapping.run(stop)

    assert len(handler.events) == 1


def test_an_iterator_that_has_expired_is_replaced(
    table: Any, mapping: StreamMapping, handler: Handler, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop = threading.Event()
    mapping.poll(stop)
    mapping._iterators = dict.fromkeys(mapping._iterators, "expired")
    monkeypatch.setattr(stream_mapping, "RETRY_AFTER_S", 0)
    _announce(table, "1")
    handler.replies = [lambda _: stop.set()]

    mapping.run(stop)

    assert [_ids(event) for event in handler.events] == [["1"]]
