import json
import re
from unittest import mock

import pytest
from django.core.management import CommandError, call_command

from ivent_site.aws import sqs
from notifications.announcements import event_announcements
from notifications.dead_letters import dead_letters_count
from notifications.queueing import ShardTask
from tests.factories import make_event

pytestmark = pytest.mark.usefixtures("aws")

BOUNCE = {
    "eventType": "Bounce",
    "bounce": {
        "bounceType": "Permanent",
        "bouncedRecipients": [{"emailAddress": "ann@example.com"}],
    },
    "mail": {"messageId": "1", "destination": ["ann@example.com"], "tags": {}},
}
STREAM = {
    "requestContext": {"condition": "RetryAttemptsExhausted"},
    "DDBStreamBatchInfo": {"shardId": "shardId-1", "batchSize": 3},
}


def url(name):
    return sqs().get_queue_url(QueueName=f"ivent-test-{name}")["QueueUrl"]


def put(name, *bodies):
    for body in bodies:
        sqs().send_message(QueueUrl=url(name), MessageBody=body)


def bodies(name):
    found = []
    while messages := (
        sqs().receive_message(QueueUrl=url(name), MaxNumberOfMessages=10).get("Messages")
    ):
        found += [message["Body"] for message in messages]
    return sorted(found)


def run(capsys, *arguments):
    """The lines that the command prints; of what it lists, without time and id."""
    call_command("dead_letters", *arguments)
    lines = capsys.readouterr().out.splitlines()
    return [re.sub(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d [\w-]{36} ", "", line) for line in lines]


@pytest.mark.parametrize(
    ("queue", "body", "about"),
    [
        ("fanout", ShardTask("a.1.changed", "0f").body(), "shard 0f of a.1.changed"),
        ("fanout", "x", "no task of an announcement"),
        ("requests", '{"email": "ann@example.com"}', "a request to subscribe"),
        (
            "requests",
            '{"restore": {"before": "2026-11-01T12:00:00+00:00", "by": "x", "after": ""}}',
            "subscribers to be restored after our e-mail set-up stopped them",
        ),
        (
            "feedback",
            json.dumps(BOUNCE),
            "of a mail SES tells “Bounce/Permanent/*”: no announcement",
        ),
        (
            "feedback",
            '{"eventType": "Open", "mail": {"messageId": "1"}}',
            "an event that matters to nobody",
        ),
        ("feedback", "ann@example.com", "no event of SES"),
        ("stream-failures", json.dumps(STREAM), "3 changes were given up: RetryAttemptsExhausted"),
        ("stream-failures", "{}", "no word of a stream"),
    ],
)
def test_a_list_says_what_a_message_is_about_and_never_whom(capsys, queue, body, about):
    put(queue if queue == "stream-failures" else f"{queue}-dead", body)
    assert run(capsys, "list", queue) == [about, "1 of 1 shown"]
    # Still there for the next look.
    assert run(capsys, "list", queue) == [about, "1 of 1 shown"]


def test_a_list_is_bounded(capsys):
    put("fanout-dead", *"abc")
    assert run(capsys, "list", "fanout", "--limit", "2")[-1] == "2 of 3 shown"


def test_dead_letters_go_back_to_their_queue_as_they_were(capsys):
    tasks = [ShardTask("a.1.changed", f"{number:02x}").body() for number in range(12)]
    put("fanout-dead", *tasks)
    assert run(capsys, "send_back", "fanout") == ["12 sent back"]
    assert bodies("fanout") == sorted(tasks)
    assert dead_letters_count("fanout") == 0


def test_a_limit_leaves_the_rest_where_it_is(capsys):
    put("requests-dead", *"abc")
    assert run(capsys, "send_back", "requests", "--limit", "2") == ["2 sent back"]
    assert len(bodies("requests")) == 2
    assert len(bodies("requests-dead")) == 1


def test_what_fails_again_meanwhile_does_not_keep_it_running(capsys):
    put("feedback-dead", "a", "b")

    def fail_again(command, count):
        put("feedback-dead", "again")

    with mock.patch("notifications.management.commands.dead_letters.Command._progress", fail_again):
        assert run(capsys, "send_back", "feedback") == ["2 sent back"]
    assert bodies("feedback-dead") == ["again"]


def test_what_the_queue_refuses_is_not_lost(capsys):
    put("fanout-dead", "a", "b")
    refused = {"Failed": [{"Id": "0"}]}
    with (
        mock.patch.object(sqs(), "send_message_batch", return_value=refused),
        pytest.raises(CommandError, match="1 of 2 messages were refused"),
    ):
        call_command("dead_letters", "send_back", "fanout")
    attributes = sqs().get_queue_attributes(QueueUrl=url("fanout-dead"), AttributeNames=["All"])
    assert attributes["Attributes"]["ApproximateNumberOfMessagesNotVisible"] == "2"


def test_what_the_stream_gave_up_is_announced(capsys):
    event = make_event()
    event.due_at = event.created_at
    event.set_index_keys()
    event.save()
    put("stream-failures", json.dumps(STREAM))
    assert run(capsys, "send_back", "stream-failures") == ["1 sent back"]
    assert len([*event_announcements(event.id)]) == 1
    assert bodies("stream-failures") == []


@pytest.mark.parametrize("arguments", [("list",), ("list", "nothing"), ("burn", "fanout")])
def test_only_queues_that_are_there_are_known(arguments):
    with pytest.raises(CommandError):
        call_command("dead_letters", *arguments)
