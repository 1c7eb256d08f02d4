from unittest import mock

import pytest

from notifications.queueing import MessageError, QueueError, ShardTask, queue_shards, task_parse


@pytest.fixture
def send():
    with mock.patch("notifications.queueing.sqs") as sqs:
        sqs.return_value.send_message_batch.return_value = {}
        yield sqs.return_value.send_message_batch


def batches(send):
    return [[each["Id"] for each in call.kwargs["Entries"]] for call in send.call_args_list]


def test_sixteen_shards_are_two_calls(send):
    shards = [f"{number:02x}" for number in range(16)]
    queue_shards("a", shards)
    assert batches(send) == [shards[:10], shards[10:]]


def test_what_the_queue_refused_is_sent_again(send):
    send.side_effect = [{"Failed": [{"Id": "01"}]}, {}]
    queue_shards("a", ["00", "01"])
    assert batches(send) == [["00", "01"], ["01"]]


def test_what_the_queue_keeps_refusing_is_an_error(send):
    send.return_value = {"Failed": [{"Id": "01"}]}
    with pytest.raises(QueueError):
        queue_shards("a", ["00", "01"])


def test_a_task_survives_its_body():
    task = ShardTask("a", "0f")
    assert task_parse(task.body()) == task


def test_what_is_no_task_is_refused():
    with pytest.raises(MessageError):
        task_parse('{"announcement": "", "shard": "00"}')
