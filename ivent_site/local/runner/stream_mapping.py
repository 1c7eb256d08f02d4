"""A table's stream calls a function: what Lambda's event source mapping does on AWS."""

import json
import logging
import threading
import time
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import ClientError

from ivent_site.local.clients import client
from ivent_site.local.runner import aws_events
from ivent_site.local.runner.invocation import Invoker
from ivent_site.local.runner.routes import StreamRoute
from ivent_site.local.runner.stream_batches import (
    Discarded,
    Record,
    StreamBatches,
    StreamRules,
)

# Lambda polls four times a second.
POLL_EVERY_S = 0.25
RETRY_AFTER_S = 1.0

_MARKS = frozenset({"announce_version", "message_version"})

logger = logging.getLogger(__name__)


def is_to_be_announced(record: Record) -> bool:
    """The mapping's filter: a row was written of which a change or a message is to be told."""
    image = record["dynamodb"].get("NewImage", {})
    return record["eventName"] in {"INSERT", "MODIFY"} and not _MARKS.isdisjoint(image)


class StreamMapping:
    """Follows one table's stream from its beginning: the local AWS starts streams anew when it
    starts, and whoever is called takes a record twice without harm.
    """

    def __init__(self, route: StreamRoute, *, invoker: Invoker, failures_queue: str) -> None:
        self.name = f"stream {route.table}"
        self._route = route
        self._invoker = invoker
        self._failures_queue = failures_queue
        self._streams = client("dynamodbstreams")
        self._sqs = client("sqs")
        self._stream_arn = ""
        self._iterators: dict[str, str] = {}

    def run(self, stop: threading.Event) -> None:
        """Deliver until `stop`; the batch at hand is finished first."""
        self._stream_arn = self._find_stream()
        while not stop.is_set():
            try:
                if not self.poll(stop):
                    stop.wait(POLL_EVERY_S)
            except ClientError as err:
                # An iterator lives for 15 minutes, a record for a day: begin anew.
                logger.warning("%s: %s", self.name, err.response["Error"]["Code"])
                self._iterators.clear()
                stop.wait(RETRY_AFTER_S)

    def poll(self, stop: threading.Event) -> int:
        """Deliver what every shard holds now; how many records that were."""
        if not self._stream_arn:
            self._stream_arn = self._find_stream()
        if not self._iterators:
            self._iterators = self._first_iterators()
        return sum(self._poll_shard(shard, stop) for shard in list(self._iterators))

    def _poll_shard(self, shard_id: str, stop: threading.Event) -> int:
        page = self._streams.get_records(ShardIterator=self._iterators[shard_id], Limit=1000)
        records = [
            aws_events.stream_record(record, stream_arn=self._stream_arn)
            for record in page["Records"]
        ]
        self._batches(shard_id, stop).deliver(list(filter(is_to_be_announced, records)))
        following = page.get("NextShardIterator")
        if following:
            self._iterators[shard_id] = following
        else:
            del self._iterators[shard_id]
        return len(records)

    def _batches(self, shard_id: str, stop: threading.Event) -> StreamBatches:
        function = self._route.function

        def discard(discarded: Discarded) -> None:
            self._tell_failure(discarded, shard_id)

        return StreamBatches(
            StreamRules(batch_size=self._route.batch_size),
            invoke=lambda records: self._invoker(function, {"Records": records}),
            discard=discard,
            now=time.time,
            pause=stop.wait,
        )

    def _tell_failure(self, discarded: Discarded, shard_id: str) -> None:
        document = aws_events.on_failure(
            discarded,
            function_arn=self._invoker.arn(self._route.function),
            stream_arn=self._stream_arn,
            shard_id=shard_id,
            now=datetime.now(UTC),
        )
        logger.error(
            "%s: gave up %d records, %s", self.name, len(discarded.records), discarded.condition
        )
        url = self._sqs.get_queue_url(QueueName=self._failures_queue)["QueueUrl"]
        self._sqs.send_message(QueueUrl=url, MessageBody=json.dumps(document))

    def _find_stream(self) -> str:
        streams = self._streams.list_streams(TableName=self._route.table)["Streams"]
        arn: str = streams[-1]["StreamArn"]
        return arn

    def _first_iterators(self) -> dict[str, str]:
        description = self._streams.describe_stream(StreamArn=self._stream_arn)
        return {
            shard["ShardId"]: self._iterator(shard["ShardId"])
            for shard in description["StreamDescription"]["Shards"]
        }

    def _iterator(self, shard_id: str) -> Any:
        return self._streams.get_shard_iterator(
            StreamArn=self._stream_arn, ShardId=shard_id, ShardIteratorType="TRIM_HORIZON"
        )["ShardIterator"]
