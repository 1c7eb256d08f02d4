import logging
from unittest import mock

import pytest

from ivent_site.lambda_handlers import each_record, shielded, sqs_id, stream_id

CONTEXT = mock.Mock()
RECORDS = {"Records": [{"messageId": str(number), "body": "x"} for number in range(3)]}


def test_one_bad_record_is_no_other_records_trouble(caplog):
    handled = []

    def handle(record):
        if record["messageId"] == "1":
            raise TypeError("ann@example.com")
        handled.append(record["messageId"])

    reply = each_record(RECORDS, handle, identify=sqs_id)
    assert reply == {"batchItemFailures": [{"itemIdentifier": "1"}]}
    assert handled == ["0", "2"]
    assert [record.getMessage() for record in caplog.records] == ["A record failed."]


def test_nothing_failed_is_an_empty_list():
    assert each_record(RECORDS, lambda record: None, identify=sqs_id) == {"batchItemFailures": []}


def test_a_stream_knows_its_records_by_sequence_number():
    assert stream_id({"dynamodb": {"SequenceNumber": "42"}}) == "42"


def test_no_type_error_leaves_a_handler(caplog):
    caplog.set_level(logging.CRITICAL)

    @shielded
    def handler(event, context):
        raise TypeError("wrong")

    with pytest.raises(RuntimeError, match="handler failed"):
        handler({}, CONTEXT)


def test_what_is_no_type_error_leaves_as_it_is():
    @shielded
    def handler(event, context):
        raise LookupError("x")

    with pytest.raises(LookupError):
        handler({}, CONTEXT)
