import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from notifications.enums import Outcome
from notifications.feedback_table import FeedbackKey
from notifications.feedback_table import SesEventType as Type
from notifications.ses_events import Report, SesEvent, SesEventError, ses_event_parse
from tests.factories_subscriptions import known

AWS_EVENTS = Path(__file__).parent.parent / "aws_events"
EVENT_ID = "0198c2aa-0000-7000-8000-0000000000e1"
SUBSCRIBER_ID = "0198c2aa-0000-7000-8000-0000000000a1"


def documented(name):
    """An event as AWS documents it."""
    return (AWS_EVENTS / f"{name}.json").read_text()


def tagged(key):
    return SesEvent(
        key=key,
        announcement_id=f"{EVENT_ID}.000001.published",
        chunk_key="00.",
        subscriber_id=SUBSCRIBER_ID,
        addresses=("ann@example.com",),
        mailed_at=datetime(2026, 11, 1, 12, 0, 2, 12000, tzinfo=UTC),
        message_id="010701000157c44f-7c191be45-e9aedb9a-02f9-4d12-a87d-dd0099a07f8a-000000",
    )


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("ses_send", FeedbackKey(Type.SEND)),
        ("ses_delivery", FeedbackKey(Type.DELIVERY)),
        ("ses_delivery_delay", FeedbackKey(Type.DELAY, "TransientCommunicationFailure")),
        ("ses_bounce", FeedbackKey(Type.BOUNCE, "Permanent", "General")),
        ("ses_bounce_transient", FeedbackKey(Type.BOUNCE, "Transient", "MailboxFull")),
        ("ses_complaint", FeedbackKey(Type.COMPLAINT, "abuse")),
        ("ses_reject", FeedbackKey(Type.REJECT, "Bad content")),
        ("ses_rendering_failure", FeedbackKey(Type.RENDERING_FAILURE)),
    ],
)
def test_events_of_the_configuration_set_carry_tags(name, key):
    assert without_report(ses_event_parse(documented(name))) == tagged(key)


def without_report(event):
    return replace(known(event), report=None)


def report(outcome, at, status="", diagnosis=""):
    at = datetime.fromisoformat(f"2026-11-{at}Z")
    return Report(outcome=outcome, at=at, status=status, diagnosis=diagnosis)


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("ses_send", None),
        (
            "ses_delivery",
            report(Outcome.DELIVERED, "01T12:00:04.513", "", "250 2.6.0 Message received"),
        ),
        (
            "ses_delivery_delay",
            report(
                *(Outcome.DELAYED, "01T12:20:02.012", "4.4.1"),
                "smtp; 421 4.4.1 Unable to connect to remote host",
            ),
        ),
        (
            "ses_bounce",
            report(Outcome.BOUNCED, "01T12:00:06.669", "5.1.1", "smtp; 550 5.1.1 user unknown"),
        ),
        (
            "ses_bounce_transient",
            report(Outcome.SOFT_BOUNCED, "01T12:00:06.669", "4.2.2", "MailboxFull"),
        ),
        ("ses_complaint", report(Outcome.COMPLAINED, "02T08:41:02.669", "", "abuse")),
        (
            "ses_rendering_failure",
            report(
                *(Outcome.REFUSED, "01T12:00:02.012", ""),
                "Attribute 'leave_url' is not present in the rendering data.",
            ),
        ),
    ],
)
def test_what_came_of_the_mail_is_told_in_the_servers_words(name, told):
    assert known(ses_event_parse(documented(name))).report == told


def test_a_servers_words_name_no_address():
    data = json.loads(documented("ses_bounce"))
    words = f"550 <ann@example.com> unknown {'x' * 400}"
    data["bounce"]["bouncedRecipients"][0]["diagnosticCode"] = words
    diagnosis = known(known(ses_event_parse(json.dumps(data))).report).diagnosis
    assert diagnosis.startswith("550 <[e-mail]> unknown xxx")
    assert len(diagnosis) == 300


@pytest.mark.parametrize("record", json.loads(documented("sqs_feedback"))["Records"])
def test_events_come_bare_or_in_an_envelope_of_sns(record):
    event = known(ses_event_parse(record["body"]))
    assert without_report(event) == tagged(event.key)


@pytest.mark.parametrize(
    ("name", "counted", "address"),
    [
        ("ses_identity_bounce", "bounced", "bounce@simulator.amazonses.com"),
        ("ses_identity_complaint", "complained", "complaint@simulator.amazonses.com"),
    ],
)
def test_notifications_of_the_identity_carry_addresses_only(name, counted, address):
    event = known(ses_event_parse(documented(name)))
    assert (event.rule.counted, event.addresses) == (counted, (address,))
    assert (event.announcement_id, event.chunk_key, event.subscriber_id) == ("", "", "")


def test_the_key_of_a_later_chunk_survives_its_tag():
    data = json.loads(documented("ses_send"))
    data["mail"]["tags"]["chunk"] = [f"0f_{SUBSCRIBER_ID}"]
    assert known(ses_event_parse(json.dumps(data))).chunk_key == f"0f.{SUBSCRIBER_ID}"


def test_what_readers_do_with_a_mail_matters_to_nobody():
    assert ses_event_parse(documented("ses_open")) is None


@pytest.mark.parametrize(
    "body",
    [
        *("", "hello", "null", "[]", "17", '"x"', "{}", '{"eventType": "Send"}'),
        '{"eventType": "Bounce", "mail": {"destination": []}}',
        '{"eventType": "Send", "mail": []}',
        '{"eventType": ["Send"], "mail": {}}',
        '{"TopicArn": "x", "Message": "hello"}',
        '{"TopicArn": "x", "Message": 17}',
        '{"eventType": "Send", "mail": {"tags": {"subscriber": ["x"]}}}',
        '{"eventType": "Send", "mail": {"timestamp": "yesterday"}}',
    ],
)
def test_what_is_no_event_is_refused_without_repeating_it(body):
    with pytest.raises(SesEventError, match=r"^The message is no event of SES\.$"):
        ses_event_parse(body)
