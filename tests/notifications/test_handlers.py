import inspect
import json
from pathlib import Path
from unittest import mock

import pytest

from events.selectors import event_get
from ivent_site.aws import sqs
from ivent_site.lambda_handlers import BatchResponse
from notifications import handlers, ledger
from notifications.announcements import event_announcements
from notifications.deliverability import Counts, announcement_counts
from notifications.fanout import WalkEnd
from notifications.ledger import chunk_get
from subscriptions.requests import request_body
from subscriptions.selectors import subscription_by_email, subscription_get
from tests.factories import make_event
from tests.factories_subscriptions import known, make_confirmed, make_request
from tests.notifications.sending import (
    FakeSes,
    current,
    make_announcement,
    make_readers,
)

pytestmark = pytest.mark.usefixtures("aws")

AWS_EVENTS = Path(__file__).parent.parent / "aws_events"
DONE: BatchResponse = {"batchItemFailures": []}


class Context:
    def __init__(self, seconds=60):
        self._seconds = seconds

    def get_remaining_time_in_millis(self):
        return self._seconds * 1000


def aws_event(name, *bodies):
    """An event as AWS documents it; with `bodies`, its first record once for each of them."""
    event = json.loads((AWS_EVENTS / f"{name}.json").read_text())
    if bodies:
        event["Records"] = [
            {**event["Records"][0], "messageId": str(number), "body": body}
            for number, body in enumerate(bodies)
        ]
    return event


def failed(*identifiers):
    return {"batchItemFailures": [{"itemIdentifier": each} for each in identifiers]}


@pytest.fixture
def ses():
    transport = FakeSes()
    with mock.patch("notifications.handlers.default_transport", return_value=transport):
        yield transport


@pytest.mark.parametrize(
    "name", ["announce", "fan_out", "subscription_requests", "feedback", "sweep"]
)
def test_zappa_finds_the_signature_that_it_calls(name):
    assert inspect.getfullargspec(getattr(handlers, name)).args == ["event", "context"]


def stream_event(*event_ids):
    event = aws_event("dynamodb_stream")
    insert = event["Records"][0]
    event["Records"] = [json.loads(json.dumps(insert)) for _ in event_ids]
    for number, (record, event_id) in enumerate(zip(event["Records"], event_ids, strict=True)):
        record["dynamodb"]["SequenceNumber"] = str(number)
        record["dynamodb"]["NewImage"]["id"] = {"S": event_id}
    return event


def test_the_stream_announces_what_asks_for_it():
    events = [make_event(), make_event()]
    assert handlers.announce(stream_event(*(each.id for each in events)), Context()) == DONE
    for each in events:
        assert [row.kind for row in event_announcements(each.id)] == ["published"]
        assert event_get(each.id).announce_version is None


def test_the_streams_other_records_announce_nothing():
    event = aws_event("dynamodb_stream")
    event["Records"] = event["Records"][1:]
    with mock.patch("notifications.handlers.announcing.announce") as announce:
        assert handlers.announce(event, Context()) == DONE
    announce.assert_not_called()


def test_a_record_of_the_stream_that_nobody_can_read_fails_alone():
    good = make_event()
    event = stream_event("x", good.id)
    event["Records"][0]["dynamodb"]["NewImage"] = {"id": {"N": "17"}}
    assert handlers.announce(event, Context()) == failed("0")
    assert len([*event_announcements(good.id)]) == 1


def task(row, shard="00"):
    return json.dumps({"announcement": row.id, "shard": shard})


def test_a_task_mails_its_shard(ses):
    make_readers(3)
    row = make_announcement()
    assert handlers.fan_out(aws_event("sqs_fanout", task(row)), Context()) == DONE
    assert len(ses.accepted) == 3
    assert current(row).state == "done"


def test_a_task_of_an_announcement_that_is_gone_is_done(ses):
    assert handlers.fan_out(aws_event("sqs_fanout"), Context()) == DONE


@pytest.mark.parametrize(
    "body", ["", "x", "null", "[]", "{}", '{"announcement": 1, "shard": "00"}', '{"shard": "00"}']
)
def test_what_is_no_task_fails_alone(ses, body):
    make_readers(1)
    row = make_announcement()
    assert handlers.fan_out(aws_event("sqs_fanout", body, task(row)), Context()) == failed("0")
    assert len(ses.accepted) == 1


@pytest.mark.parametrize(("script", "seconds", "delay_s"), [([], 5, 0), (["throttle"] * 50, 9, 10)])
def test_an_unfinished_shard_is_queued_again(ses, script, seconds, delay_s):
    make_readers(1)
    row = make_announcement()
    ses.script = script
    with (
        mock.patch("notifications.handlers.queue_again") as queue_again,
        mock.patch("notifications.delivery.LONGEST_WAIT_S", 0),
        mock.patch("notifications.delivery.FIRST_WAIT_S", 0),
        mock.patch("notifications.fanout.send_patiently", _impatient),
    ):
        assert handlers.fan_out(aws_event("sqs_fanout", task(row)), Context(seconds)) == DONE
    queue_again.assert_called_once()
    assert queue_again.call_args.args[0].body() == task(row)
    assert queue_again.call_args.kwargs == {"delay_s": delay_s}


def _impatient(mails, delivery, worker):
    worker.transport.send(mails, delivery)


def test_the_local_queue_takes_a_task_again(settings):
    row = make_announcement()
    sqs().purge_queue(QueueUrl=settings.FANOUT_QUEUE_URL)
    with mock.patch("notifications.handlers.walk_shard", return_value=WalkEnd.HANDED_ON):
        handlers.fan_out(aws_event("sqs_fanout", task(row)), Context())
    (message,) = sqs().receive_message(QueueUrl=settings.FANOUT_QUEUE_URL)["Messages"]
    assert message["Body"] == task(row)


def test_a_request_makes_a_subscription_and_mails_its_confirmation(ses):
    request = make_request("Ann@Example.com")
    event = aws_event("sqs_fanout", request_body(request))
    assert handlers.subscription_requests(event, Context()) == DONE
    row = known(subscription_by_email("ann@example.com"))
    assert row.status == "pending"
    (mail,) = ses.accepted
    assert mail.to == "Ann@Example.com"
    assert "https://ivent.example/confirm/" in mail.text
    assert mail.tags == {"subscriber": row.id}


def test_a_request_whose_worker_died_mails_its_confirmation_after_all(ses):
    event = aws_event("sqs_fanout", request_body(make_request("ann@example.com")))
    ses.script = ["throttle"]
    assert handlers.subscription_requests(event, Context()) == failed("0")
    assert handlers.subscription_requests(event, Context()) == DONE
    assert len(ses.accepted) == 1


def test_who_is_confirmed_is_told_so(ses):
    make_confirmed("ann@example.com")
    event = aws_event("sqs_fanout", request_body(make_request("ann@example.com")))
    assert handlers.subscription_requests(event, Context()) == DONE
    (mail,) = ses.accepted
    assert mail.letter.subject == "You are subscribed to Ivent Community"


def test_a_second_request_within_minutes_mails_nothing(ses):
    bodies = [request_body(make_request("ann@example.com")) for _ in range(3)]
    assert handlers.subscription_requests(aws_event("sqs_fanout", *bodies), Context()) == DONE
    assert len(ses.accepted) == 1


def test_what_is_no_request_fails_alone_and_names_nobody(ses, caplog):
    bodies = ["x", '{"email": "eve@example.com"}', request_body(make_request())]
    event = aws_event("sqs_fanout", *bodies)
    assert handlers.subscription_requests(event, Context()) == failed("0", "1")
    assert len(ses.accepted) == 1


def tagged(name, row, subscriber_id):
    data = json.loads((AWS_EVENTS / f"{name}.json").read_text())
    data["mail"]["tags"] |= {
        "announcement": [row.id.replace(".", "_")],
        "chunk": ["00_"],
        "subscriber": [subscriber_id],
    }
    return json.dumps(data)


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("ses_bounce", "bounced"),
        ("ses_complaint", "complained"),
        ("ses_bounce_transient", "confirmed"),
        ("ses_delivery", "confirmed"),
        ("ses_open", "confirmed"),
    ],
)
def test_permanent_bounces_and_complaints_end_a_subscription(name, status):
    (subscriber_id,) = make_readers(1)
    row = make_announcement()
    event = aws_event("sqs_feedback", tagged(name, row, subscriber_id))
    assert handlers.feedback(event, Context()) == DONE
    assert known(subscription_get(subscriber_id)).status == status


@pytest.mark.parametrize(
    ("name", "email", "status"),
    [
        ("ses_identity_bounce", "bounce@simulator.amazonses.com", "bounced"),
        ("ses_identity_complaint", "complaint@simulator.amazonses.com", "complained"),
    ],
)
def test_without_tags_the_address_says_whose_subscription_it_is(name, email, status):
    subscription = make_confirmed(email)
    subscription.confirmed_at = None
    subscription.save()
    body = (AWS_EVENTS / f"{name}.json").read_text()
    assert handlers.feedback(aws_event("sqs_feedback", body), Context()) == DONE
    assert known(subscription_get(subscription.id)).status == status


def test_feedback_about_strangers_changes_nothing():
    assert handlers.feedback(aws_event("sqs_feedback"), Context()) == DONE


def test_events_of_one_chunk_are_one_write():
    ids = make_readers(2)
    row = make_announcement()
    chunk = ledger.claim(
        announcement_id=row.id,
        shard="00",
        after=None,
        ids=ids,
        last=ids[-1],
        owner="anna",
        until=1.0,
    )
    bodies = [tagged(name, row, each) for each in ids for name in ("ses_send", "ses_delivery")]
    with mock.patch.object(ledger, "record_seen", wraps=ledger.record_seen) as record_seen:
        assert handlers.feedback(aws_event("sqs_feedback", *bodies), Context()) == DONE
    assert record_seen.call_count == 1
    assert known(chunk_get(row.id, chunk.key)).unproven == ()


def test_feedback_that_nobody_can_read_fails_alone():
    (subscriber_id,) = make_readers(1)
    row = make_announcement()
    bodies = ["x", tagged("ses_bounce", row, subscriber_id)]
    assert handlers.feedback(aws_event("sqs_feedback", *bodies), Context()) == failed("0")
    assert known(subscription_get(subscriber_id)).status == "bounced"


def test_events_that_could_not_be_written_come_again():
    ids = make_readers(2)
    row = make_announcement()
    bodies = [tagged("ses_send", row, ids[0]), "x", tagged("ses_send", row, ids[1])]
    with mock.patch("notifications.feedback.ledger.record_seen", side_effect=OSError):
        reply = handlers.feedback(aws_event("sqs_feedback", *bodies), Context())
    assert reply == failed("1", "0", "2")


def test_bounces_that_could_not_be_counted_come_again():
    ids = make_readers(2)
    row = make_announcement()
    bodies = [tagged("ses_bounce", row, ids[0]), tagged("ses_send", row, ids[1])]
    event = aws_event("sqs_feedback", *bodies)
    with mock.patch("notifications.deliverability.put_once", side_effect=OSError):
        assert handlers.feedback(event, Context()) == failed("0")
    assert announcement_counts(row.id) == Counts()
    assert handlers.feedback(event, Context()) == DONE
    assert announcement_counts(row.id) == Counts(bounced=1)


def test_the_schedule_sweeps(ses):
    event = make_event()
    event.due_at = event.created_at
    event.set_index_keys()
    event.save()
    assert handlers.sweep(aws_event("schedule"), Context()) is None
    assert len([*event_announcements(event.id)]) == 1
