import json
import smtplib
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from ivent_site.aws import ses
from ivent_site.local.clients import client
from ivent_site.local.mailbox.sink import MailSink
from ivent_site.local.mailbox.store import Mailbox
from ivent_site.local.ports import free_port
from tests.environment import SMTP_PORT

TOPIC = "arn:aws:sns:eu-central-1:000000000000:ivent-test-feedback"
RAW = (
    b"From: events@ivent.example\r\nTo: ann@example.com\r\nSubject: Hello\r\n"
    b"X-SES-CONFIGURATION-SET: ivent-test\r\nX-SES-MESSAGE-TAGS: announcement=a1\r\n\r\nHello\r\n"
)


class Topic:
    """An SNS that fails as often as it is told to."""

    def __init__(self, *, failures: int = 0) -> None:
        self.failures = failures
        self.told: list[tuple[str, str]] = []

    def publish_batch(self, **call: list[dict[str, str]]) -> None:
        if self.failures:
            self.failures -= 1
            raise ConnectionError
        for entry in call["PublishBatchRequestEntries"]:
            event = json.loads(entry["Message"])
            self.told.append((event["eventType"], event["mail"]["destination"][0]))


@pytest.fixture
def mailbox(tmp_path: Path) -> Mailbox:
    return Mailbox(tmp_path)


def _run(mailbox: Mailbox, topic: Topic, *recipients: str) -> None:
    port = free_port()
    sink = MailSink(mailbox, port=port, sns=topic, topic_arn=TOPIC)
    sink.start()
    if recipients:
        with smtplib.SMTP("127.0.0.1", port) as smtp:
            smtp.sendmail("events@ivent.example", recipients, RAW)
    sink.settle(quiet_s=0)
    sink.stop()


def test_a_mail_is_stored_and_told(mailbox: Mailbox) -> None:
    topic = Topic()

    _run(mailbox, topic, "ann@example.com")

    (message_id,) = mailbox.ids(to="ann@example.com")
    message = mailbox.get(message_id)
    assert message
    assert message["subject"] == "Hello"
    assert set(message["headers"]) == {"From", "To", "Subject"}
    assert topic.told == [("Send", "ann@example.com"), ("Delivery", "ann@example.com")]


def test_many_recipients_are_told_ten_events_at_a_time(mailbox: Mailbox) -> None:
    topic = Topic()

    _run(mailbox, topic, *(f"{number}@example.com" for number in range(12)))

    assert len(topic.told) == 24


def test_what_was_accepted_before_a_stop_is_stored_and_told_after_the_next_start(
    mailbox: Mailbox,
) -> None:
    mailbox.accept(RAW, recipients=["ann@example.com"])
    topic = Topic()

    _run(mailbox, topic)

    assert len(mailbox.ids()) == 1
    assert len(topic.told) == 2


def test_a_topic_that_does_not_answer_is_told_later(
    mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ivent_site.local.mailbox.sink._RETRY_AFTER_S", 0)
    topic = Topic(failures=2)

    _run(mailbox, topic, "ann@example.com")

    assert len(mailbox.ids()) == 1
    assert len(topic.told) == 2


def test_a_mail_that_cannot_be_read_stops_no_other(
    mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad = mailbox.accept(b"bad", recipients=["bad@example.com"])
    mailbox.accept(RAW, recipients=["ann@example.com"])
    store = Mailbox.store

    def fragile_store(self: Mailbox, incoming, raw: bytes) -> None:
        if incoming.message_id == bad:
            raise ValueError
        store(self, incoming, raw)

    monkeypatch.setattr(Mailbox, "store", fragile_store)

    _run(mailbox, Topic())

    assert len(mailbox.ids(to="ann@example.com")) == 1
    assert mailbox.ids(to="bad@example.com") == []


@pytest.fixture
def sink(aws: None, mailbox: Mailbox) -> Iterator[MailSink]:
    """The sink that the tests' local AWS relays to."""
    sink = MailSink(mailbox, port=SMTP_PORT, sns=client("sns"), topic_arn=TOPIC)
    sink.start()
    yield sink
    sink.stop()


def test_what_ses_sends_arrives_with_its_message_id_and_is_fed_back(
    sink: MailSink, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    arrived = threading.Event()
    store = mailbox.store

    def watched_store(*args) -> None:
        store(*args)
        arrived.set()

    monkeypatch.setattr(mailbox, "store", watched_store)
    sent = ses().send_raw_email(
        Source=settings.SENDER_EMAIL,
        Destinations=["ann@example.com"],
        RawMessage={"Data": RAW},
    )
    assert arrived.wait(10)
    sink.settle(quiet_s=0)

    (message_id,) = mailbox.ids(to="ann@example.com")
    message = mailbox.get(message_id)
    assert message
    assert message["headers"]["Message-ID"] == f"<{sent['MessageId']}>"
    sqs = client("sqs")
    url = sqs.get_queue_url(QueueName="ivent-test-feedback")["QueueUrl"]
    received = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)["Messages"]
    told = [json.loads(json.loads(message["Body"])["Message"]) for message in received]
    assert [(event["eventType"], event["mail"]["messageId"]) for event in told] == [
        ("Send", sent["MessageId"]),
        ("Delivery", sent["MessageId"]),
    ]
    assert told[0]["mail"]["tags"]["announcement"] == ["a1"]
