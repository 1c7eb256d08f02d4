"""The events that Lambda hands to its functions, as JSON.

https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html
https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-run-lambda-schedule.html
"""

import base64
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from ivent_site.local.runner.stream_batches import Discarded, Record


def stream_record(record: Mapping[str, Any], *, stream_arn: str) -> Record:
    """A record of `GetRecords` as Lambda passes it on: numbers for times, base64 for bytes."""
    change = dict(record["dynamodb"])
    created = change.get("ApproximateCreationDateTime")
    if isinstance(created, datetime):
        change["ApproximateCreationDateTime"] = int(created.timestamp())
    return {
        "eventID": record["eventID"],
        "eventName": record["eventName"],
        "eventVersion": record.get("eventVersion", "1.1"),
        "eventSource": "aws:dynamodb",
        "awsRegion": record["awsRegion"],
        "dynamodb": _json_ready(change),
        "eventSourceARN": stream_arn,
    }


def _json_ready(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _json_ready(part) for key, part in value.items()}
    if isinstance(value, list | set):
        return [_json_ready(part) for part in value]
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return value


def queue_event(messages: list[dict[str, Any]], *, queue_arn: str) -> dict[str, Any]:
    """Messages of `ReceiveMessage` as one event."""
    region = queue_arn.split(":")[3]
    return {
        "Records": [
            {
                "messageId": message["MessageId"],
                "receiptHandle": message["ReceiptHandle"],
                "body": message["Body"],
                "attributes": message.get("Attributes", {}),
                "messageAttributes": _message_attributes(message.get("MessageAttributes", {})),
                "md5OfBody": message["MD5OfBody"],
                "eventSource": "aws:sqs",
                "eventSourceARN": queue_arn,
                "awsRegion": region,
            }
            for message in messages
        ]
    }


def _message_attributes(attributes: dict[str, Any]) -> dict[str, Any]:
    return {
        name: {f"{key[0].lower()}{key[1:]}": _json_ready(value) for key, value in attribute.items()}
        for name, attribute in attributes.items()
    }


def schedule_event(function: str, *, region: str, account: str) -> dict[str, Any]:
    """A tick. Zappa reads the function from the end of the rule's name."""
    return {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": account,
        "time": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "region": region,
        "resources": [f"arn:aws:events:{region}:{account}:rule/ivent-local-{function}"],
        "detail": {},
    }


def on_failure(
    discarded: Discarded, *, function_arn: str, stream_arn: str, shard_id: str, now: datetime
) -> dict[str, Any]:
    """What Lambda sends to a stream's on-failure destination: where the records are, not they.

    https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html
    """
    changes = [record["dynamodb"] for record in discarded.records]
    return {
        "requestContext": {
            "requestId": str(uuid.uuid4()),
            "functionArn": function_arn,
            "condition": discarded.condition,
            "approximateInvokeCount": discarded.invocations,
        },
        "responseContext": {
            "statusCode": 200,
            "executedVersion": "$LATEST",
            "functionError": "Unhandled",
        },
        "version": "1.0",
        "timestamp": _milliseconds(now),
        "DDBStreamBatchInfo": {
            "shardId": shard_id,
            "startSequenceNumber": changes[0]["SequenceNumber"],
            "endSequenceNumber": changes[-1]["SequenceNumber"],
            "approximateArrivalOfFirstRecord": _arrival(changes[0]),
            "approximateArrivalOfLastRecord": _arrival(changes[-1]),
            "batchSize": len(changes),
            "streamArn": stream_arn,
        },
    }


def _arrival(change: dict[str, Any]) -> str:
    created = datetime.fromtimestamp(change["ApproximateCreationDateTime"], UTC)
    return created.strftime("%Y-%m-%dT%H:%M:%SZ")


def _milliseconds(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
