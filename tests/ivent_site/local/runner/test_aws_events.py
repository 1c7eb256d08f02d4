from datetime import UTC, datetime

from ivent_site.local.runner import aws_events
from ivent_site.local.runner.stream_batches import Discarded

STREAM = "arn:aws:dynamodb:eu-central-1:000000000000:table/t/stream/2026-11-22T10:00:00.000"
QUEUE = "arn:aws:sqs:eu-central-1:000000000000:q"


def test_a_stream_record_is_json_as_lambda_makes_it() -> None:
    record = {
        "eventID": "1",
        "eventName": "MODIFY",
        "eventVersion": "1.1",
        "eventSource": "aws:dynamodb",
        "awsRegion": "eu-central-1",
        "dynamodb": {
            "ApproximateCreationDateTime": datetime(2026, 11, 22, 10, tzinfo=UTC),
            "Keys": {"id": {"S": "1"}},
            "NewImage": {"raw": {"B": b"\x00\x01"}, "set": {"BS": {b"\x02"}}, "n": {"N": "1"}},
            "SequenceNumber": "100",
            "SizeBytes": 26,
            "StreamViewType": "NEW_AND_OLD_IMAGES",
        },
    }

    assert aws_events.stream_record(record, stream_arn=STREAM) == {
        "eventID": "1",
        "eventName": "MODIFY",
        "eventVersion": "1.1",
        "eventSource": "aws:dynamodb",
        "awsRegion": "eu-central-1",
        "dynamodb": {
            "ApproximateCreationDateTime": 1795341600,
            "Keys": {"id": {"S": "1"}},
            "NewImage": {"raw": {"B": "AAE="}, "set": {"BS": ["Ag=="]}, "n": {"N": "1"}},
            "SequenceNumber": "100",
            "SizeBytes": 26,
            "StreamViewType": "NEW_AND_OLD_IMAGES",
        },
        "eventSourceARN": STREAM,
    }


def test_a_message_is_json_as_lambda_makes_it() -> None:
    message = {
        "MessageId": "1",
        "ReceiptHandle": "handle",
        "Body": "{}",
        "MD5OfBody": "99914b932bd37a50b983c5e7c90ae93b",
        "Attributes": {"ApproximateReceiveCount": "1", "SentTimestamp": "1795341600000"},
        "MessageAttributes": {"kind": {"StringValue": "x", "DataType": "String"}},
    }

    assert aws_events.queue_event([message], queue_arn=QUEUE) == {
        "Records": [
            {
                "messageId": "1",
                "receiptHandle": "handle",
                "body": "{}",
                "attributes": {"ApproximateReceiveCount": "1", "SentTimestamp": "1795341600000"},
                "messageAttributes": {"kind": {"stringValue": "x", "dataType": "String"}},
                "md5OfBody": "99914b932bd37a50b983c5e7c90ae93b",
                "eventSource": "aws:sqs",
                "eventSourceARN": QUEUE,
                "awsRegion": "eu-central-1",
            }
        ]
    }


def test_a_tick_names_its_function_where_zappa_looks_for_it() -> None:
    event = aws_events.schedule_event(
        "notifications.handlers.sweep", region="eu-central-1", account="000000000000"
    )

    assert event["detail-type"] == "Scheduled Event"
    assert event["source"] == "aws.events"
    assert event["detail"] == {}
    # As Zappa does it, in LambdaHandler.handler.
    rule = event["resources"][0]
    assert rule.split("/")[-1].split("-")[-1] == "notifications.handlers.sweep"


def test_what_was_given_up_is_told_as_lambda_tells_it() -> None:
    records = [
        {"dynamodb": {"SequenceNumber": number, "ApproximateCreationDateTime": 1795341600}}
        for number in ("100", "101")
    ]
    discarded = Discarded(records=records, condition="RetryAttemptsExhausted", invocations=3)

    document = aws_events.on_failure(
        discarded,
        function_arn="arn:aws:lambda:eu-central-1:000000000000:function:f",
        stream_arn=STREAM,
        shard_id="shard",
        now=datetime(2026, 11, 22, 10, 0, 5, tzinfo=UTC),
    )

    document["requestContext"].pop("requestId")
    assert document == {
        "requestContext": {
            "functionArn": "arn:aws:lambda:eu-central-1:000000000000:function:f",
            "condition": "RetryAttemptsExhausted",
            "approximateInvokeCount": 3,
        },
        "responseContext": {
            "statusCode": 200,
            "executedVersion": "$LATEST",
            "functionError": "Unhandled",
        },
        "version": "1.0",
        "timestamp": "2026-11-22T10:00:05.000Z",
        "DDBStreamBatchInfo": {
            "shardId": "shard",
            "startSequenceNumber": "100",
            "endSequenceNumber": "101",
            "approximateArrivalOfFirstRecord": "2026-11-22T10:00:00Z",
            "approximateArrivalOfLastRecord": "2026-11-22T10:00:00Z",
            "batchSize": 2,
            "streamArn": STREAM,
        },
    }
