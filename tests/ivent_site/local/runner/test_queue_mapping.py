import threading
from typing import Any

import pytest

from ivent_site.local.clients import client
from ivent_site.local.resources import MAX_RECEIVES
from ivent_site.local.runner.invocation import Invoker
from ivent_site.local.runner.queue_mapping import QueueMapping
from ivent_site.local.runner.routes import QueueRoute

from .conftest import Handler

NAME = "ivent-test-fanout"


class Queue:
    """The queue behind the mapping, seen from outside."""

    def __init__(self) -> None:
        self.sqs = client("sqs")
        self.url = self.sqs.get_queue_url(QueueName=NAME)["QueueUrl"]
        self.dead_url = self.sqs.get_queue_url(QueueName=f"{NAME}-dead")["QueueUrl"]

    def send(self, *bodies: str) -> None:
        for body in bodies:
            self.sqs.send_message(QueueUrl=self.url, MessageBody=body)

    def left(self) -> dict[str, int]:
        """How many messages wait, are in flight, and are dead."""
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        counts = self.sqs.get_queue_attributes(QueueUrl=self.url, AttributeNames=names)[
            "Attributes"
        ]
        dead = self.sqs.get_queue_attributes(QueueUrl=self.dead_url, AttributeNames=names[:1])
        return {
            "waiting": int(counts[names[0]]),
            "in flight": int(counts[names[1]]),
            "dead": int(dead["Attributes"][names[0]]),
        }

    def bring_back(self, event: dict[str, Any]) -> None:
        """Let the visibility time-out of the event's messages end now."""
        for record in event["Records"]:
            self.sqs.change_message_visibility(
                QueueUrl=self.url, ReceiptHandle=record["receiptHandle"], VisibilityTimeout=0
            )


@pytest.fixture
def queue(aws: None) -> Queue:
    return Queue()


@pytest.fixture
def mapping(queue: Queue, handler: Handler) -> QueueMapping:
    route = QueueRoute(queue=NAME, function=Handler.name, batch_size=10)
    return QueueMapping(route, invoker=Invoker(region="eu-central-1", account="000000000000"))


def test_handled_messages_are_gone(queue: Queue, mapping: QueueMapping, handler: Handler) -> None:
    queue.send("1", "2")

    assert mapping.poll(wait_s=0) == 2

    assert [record["body"] for record in handler.events[0]["Records"]] == ["1", "2"]
    assert not mapping.drained.is_set()
    assert queue.left() == {"waiting": 0, "in flight": 0, "dead": 0}


def test_an_empty_queue_calls_nobody(mapping: QueueMapping, handler: Handler) -> None:
    assert mapping.poll(wait_s=0) == 0
    assert handler.events == []
    assert mapping.drained.is_set()


def test_a_batch_holds_ten_messages(queue: Queue, mapping: QueueMapping, handler: Handler) -> None:
    queue.send(*(str(number) for number in range(12)))

    assert [mapping.poll(wait_s=0), mapping.poll(wait_s=0)] == [10, 2]


def test_only_the_failed_message_comes_back(
    queue: Queue, mapping: QueueMapping, handler: Handler
) -> None:
    queue.send("good", "bad")
    handler.replies = [
        lambda event: {
            "batchItemFailures": [
                {"itemIdentifier": record["messageId"]}
                for record in event["Records"]
                if record["body"] == "bad"
            ]
        }
    ]

    mapping.poll(wait_s=0)

    assert queue.left() == {"waiting": 0, "in flight": 1, "dead": 0}
    queue.bring_back({"Records": handler.events[0]["Records"][1:]})
    mapping.poll(wait_s=0)
    assert [record["body"] for record in handler.events[1]["Records"]] == ["bad"]


@pytest.mark.parametrize("reply", [ValueError("bad"), "nonsense"])
def test_an_error_and_a_malformed_reply_bring_the_whole_batch_back(
    queue: Queue, mapping: QueueMapping, handler: Handler, reply: object
) -> None:
    queue.send("1", "2")
    handler.replies = [reply]

    mapping.poll(wait_s=0)

    assert queue.left() == {"waiting": 0, "in flight": 2, "dead": 0}


def test_a_message_that_always_fails_ends_in_the_dead_letter_queue(
    queue: Queue, mapping: QueueMapping, handler: Handler
) -> None:
    queue.send("bad")
    handler.replies = [ValueError("bad")] * MAX_RECEIVES
    for _ in range(MAX_RECEIVES):
        mapping.poll(wait_s=0)
        queue.bring_back(handler.events[-1])

    assert mapping.poll(wait_s=0) == 0
    assert queue.left() == {"waiting": 0, "in flight": 0, "dead": 1}


def test_a_stop_lets_the_batch_at_hand_finish(
    queue: Queue, mapping: QueueMapping, handler: Handler
) -> None:
    stop = threading.Event()
    queue.send("1")
    handler.replies = [lambda _: stop.set()]

    mapping.run(stop)

    assert queue.left() == {"waiting": 0, "in flight": 0, "dead": 0}


def test_a_queue_that_does_not_answer_for_a_moment_ends_nothing(
    mapping: QueueMapping, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop = threading.Event()

    class Broken:
        def receive_message(self, **_: object) -> None:
            stop.set()
            raise client("sqs").exceptions.QueueDoesNotExist({"Error": {}}, "ReceiveMessage")

    monkeypatch.setattr(mapping, "_sqs", Broken())

    mapping.run(stop)
