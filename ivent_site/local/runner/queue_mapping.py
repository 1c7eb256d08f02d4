"""A queue calls a function: what Lambda's event source mapping does on AWS.

https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
"""

import logging
import threading
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from ivent_site.local.clients import client
from ivent_site.local.runner import aws_events
from ivent_site.local.runner.batch_response import WholeBatchFailedError, failed_identifiers
from ivent_site.local.runner.invocation import HandlerError, Invoker
from ivent_site.local.runner.routes import QueueRoute

# Long enough to idle, short enough to stop soon.
LONG_POLL_S = 2

logger = logging.getLogger(__name__)


class QueueMapping:
    """Hands messages over in batches, and deletes those that did not fail. The others come
    back after their visibility time-out, and in the end go to the dead-letter queue.
    """

    def __init__(self, route: QueueRoute, *, invoker: Invoker) -> None:
        self.name = f"queue {route.queue}"
        # Set once the queue was seen empty: what the last stop left behind is dealt with.
        self.drained = threading.Event()
        self._route = route
        self._invoker = invoker
        self._sqs = client("sqs")
        self._url: str = self._sqs.get_queue_url(QueueName=route.queue)["QueueUrl"]
        attributes = self._sqs.get_queue_attributes(QueueUrl=self._url, AttributeNames=["QueueArn"])
        self._arn: str = attributes["Attributes"]["QueueArn"]

    def run(self, stop: threading.Event) -> None:
        """Deliver until `stop`; the batch at hand is finished first."""
        while not stop.is_set():
            try:
                self.poll(wait_s=LONG_POLL_S)
            except (BotoCoreError, ClientError) as err:
                logger.warning("%s: %s", self.name, type(err).__name__)
                stop.wait(1)

    def poll(self, *, wait_s: int) -> int:
        """Deliver one batch, if there is one within `wait_s`; how many messages it has."""
        messages: list[dict[str, Any]] = self._sqs.receive_message(
            QueueUrl=self._url,
            MaxNumberOfMessages=min(self._route.batch_size, 10),
            WaitTimeSeconds=wait_s,
            AttributeNames=["All"],
            MessageAttributeNames=["All"],
        ).get("Messages", [])
        if messages:
            self._delete(self._deliver(messages))
        else:
            self.drained.set()
        return len(messages)

    def _deliver(self, messages: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """The messages that are done with."""
        event = aws_events.queue_event(messages, queue_arn=self._arn)
        try:
            failed = failed_identifiers(
                self._invoker(self._route.function, event),
                [message["MessageId"] for message in messages],
            )
        except (HandlerError, WholeBatchFailedError):
            return []
        return [message for message in messages if message["MessageId"] not in failed]

    def _delete(self, messages: list[dict[str, Any]]) -> None:
        if messages:
            self._sqs.delete_message_batch(
                QueueUrl=self._url,
                Entries=[
                    {"Id": str(number), "ReceiptHandle": message["ReceiptHandle"]}
                    for number, message in enumerate(messages)
                ],
            )
