"""Every word that SES has for the fate of an e-mail, and what becomes of it."""

import json
import re
from pathlib import Path

import pytest
from django.utils import translation

from notifications.feedback_table import (
    ANY,
    PERSONAL_CODES,
    RULES,
    SETUP_DETAIL,
    Counted,
    FeedbackKey,
    SesEventType,
    enhanced_code,
    feedback_key,
    is_setup,
)
from notifications.ses_events import address_of, ses_event_parse
from subscriptions.enums import StopCause
from tests.factories_subscriptions import known

DOCS = Path(__file__).parents[2] / "docs" / "ses-feedback.md"
BOUNCE, COMPLAINT = SesEventType.BOUNCE, SesEventType.COMPLAINT


def bounce(subtype, kind="Permanent", **recipient):
    return {
        "eventType": "Bounce",
        "bounce": {
            "bounceType": kind,
            "bounceSubType": subtype,
            "bouncedRecipients": [{"emailAddress": "ana@example.com", **recipient}],
            "timestamp": "2026-11-01T12:00:00.000Z",
        },
        "mail": {"messageId": "1", "destination": ["ana@example.com"]},
    }


def complaint(kind, subtype=None):
    told = {"complaintFeedbackType": kind} if kind else {}
    return {
        "eventType": "Complaint",
        "complaint": {
            "complainedRecipients": [{"emailAddress": "ana@example.com"}],
            "complaintSubType": subtype,
            **told,
        },
        "mail": {"messageId": "1", "destination": ["ana@example.com"]},
    }


def rule_of(data):
    return known(ses_event_parse(json.dumps(data))).rule


def line(key):
    """A row of the table, as the docs show it."""
    rule = RULES[key]
    with translation.override("en"):
        text = str(rule.text or "by the server's status code" if rule.outcome else "")
    names = [f"`{name}`" if name != ANY else "any other" for name in key if name]
    cells = [*names, *[""] * (3 - len(names)), rule.stops or "", rule.counted or "", text]
    return f"| {' | '.join(cells)} |"


def test_the_docs_show_the_table():
    first = "|".join(SesEventType)
    shown = re.findall(rf"^\| `(?:{first})`.*$", DOCS.read_text(), re.MULTILINE)
    assert shown == [line(key) for key in RULES]


@pytest.mark.parametrize("key", RULES, ids=str)
def test_each_row_is_found_by_ses_words(key):
    detail = "" if key.detail == SETUP_DETAIL else key.detail
    code = "5.7.26" if key.detail == SETUP_DETAIL else "5.1.1"
    kind = key.kind.upper()
    assert feedback_key(type_=key.type, kind=kind, detail=detail, code=code) == key


@pytest.mark.parametrize("subtype", ["General", "NoEmail", "Suppressed", "SomethingNew"])
def test_a_hard_bounce_stops_and_counts(subtype):
    rule = rule_of(bounce(subtype, status="5.1.1"))
    assert (rule.stops, rule.counted) == (StopCause.BOUNCE, Counted.BOUNCED)


@pytest.mark.parametrize(
    "subtype",
    ["OnAccountSuppressionList", "OnTenantSuppressionList", "EmailValidationSuppressed"],
)
def test_what_ses_keeps_back_stops_and_counts_for_no_rate(subtype):
    rule = rule_of(bounce(subtype, status="5.1.1", diagnosticCode="smtp; 550 5.1.1 unknown user"))
    assert (rule.stops, rule.counted) == (StopCause.LISTED, None)


@pytest.mark.parametrize(
    ("kind", "subtype"),
    [
        *(("Transient", each) for each in ("General", "MailboxFull", "MessageTooLarge")),
        *(("Transient", each) for each in ("ContentRejected", "AttachmentRejected")),
        *(("Transient", each) for each in ("CustomTimeoutExceeded", "SomethingNew")),
        *(("Undetermined", "Undetermined"), ("", ""), ("SomethingNew", "General")),
    ],
)
def test_other_bounces_stop_nobody(kind, subtype):
    rule = rule_of(bounce(subtype, kind=kind, status="5.7.26"))
    assert (rule.stops, rule.counted) == (None, None)


@pytest.mark.parametrize("kind", ["not-spam", "auth-failure", "virus", "Not-Spam"])
def test_a_report_that_is_no_complaint_stops_nobody_and_counts_for_nothing(kind):
    rule = rule_of(complaint(kind))
    assert (rule.stops, rule.counted) == (None, None)


@pytest.mark.parametrize("kind", ["abuse", "fraud", "other", "", "opt-out-list"])
def test_a_complaint_stops_and_counts(kind):
    rule = rule_of(complaint(kind))
    assert (rule.stops, rule.counted) == (StopCause.COMPLAINT, Counted.COMPLAINED)


@pytest.mark.parametrize("kind", ["", "abuse", "not-spam"])
def test_a_complaint_that_ses_remembers_stops_and_counts_for_no_rate(kind):
    rule = rule_of(complaint(kind, "OnAccountSuppressionList"))
    assert (rule.stops, rule.counted) == (StopCause.COMPLAINT_LISTED, None)


@pytest.mark.parametrize(
    ("status", "diagnosis"),
    [
        ("5.7.1", "smtp; 550 5.7.1 Message rejected by policy"),
        *((f"5.7.{number}", "") for number in range(20, 28)),
        # Microsoft, by their own codes; Gmail, whose code SES rounds.
        ("5.7.509", "smtp; 550 5.7.509 Access denied, sending domain does not pass DMARC"),
        ("5.0.0", "smtp; 550-5.7.26 This mail has been blocked because the sender is unknown"),
        ("", "smtp; 550 5.7.515 Access denied, sending domain"),
    ],
)
def test_a_bounce_by_policy_points_to_our_set_up(status, diagnosis):
    rule = rule_of(bounce("General", status=status, diagnosticCode=diagnosis))
    assert (rule.stops, rule.counted) == (StopCause.SETUP, Counted.BOUNCED)


@pytest.mark.parametrize("code", [*sorted(PERSONAL_CODES), "5.1.1", "5.77.1", "4.7.26", ""])
def test_a_code_about_the_subscriber_does_not_point_to_us(code):
    assert not is_setup(code)


def test_a_mailbox_that_does_not_exist_is_no_mistake_of_ours():
    assert rule_of(bounce("NoEmail", status="5.7.26")).stops is StopCause.BOUNCE


@pytest.mark.parametrize(
    ("status", "diagnosis", "code"),
    [
        ("5.1.1", "smtp; 550 5.7.26 whatever", "5.1.1"),
        ("5.3.0", "smtp; 550 5.7.26 whatever", "5.7.26"),
        ("5.0.0", "smtp; 550 no code here 15.7.26.1", "5.0.0"),
        ("", "", ""),
    ],
)
def test_the_servers_own_code_counts_where_ses_only_rounds_it(status, diagnosis, code):
    assert enhanced_code(status=status, diagnosis=diagnosis) == code


@pytest.mark.parametrize(
    "text",
    [
        "ana@example.com",
        "<ana@example.com>",
        "Ana <ana@example.com>",
        '"Ana <3, B." <ana@example.com> ',
        "Ana, B. <ana@example.com>",
        "=?utf-8?q?An=C3=A1?= <ana@example.com>",
        "eve@example.org <ana@example.com>",
    ],
)
def test_an_address_is_read_out_of_its_display_name(text):
    assert address_of(text) == "ana@example.com"


def test_the_rates_of_the_day_know_nothing_of_what_ses_keeps_back():
    """So an import of which SES suppresses 2 % pauses nothing."""
    assert FeedbackKey(BOUNCE, "Permanent", "OnAccountSuppressionList") in RULES
    counted = {str(key) for key, rule in RULES.items() if rule.counted is Counted.BOUNCED}
    assert counted == {
        *("Bounce/Permanent/General", f"Bounce/Permanent/{SETUP_DETAIL}"),
        *("Bounce/Permanent/NoEmail", "Bounce/Permanent/Suppressed", "Bounce/Permanent/*"),
    }


@pytest.mark.parametrize(
    "body",
    [
        "Successfully validated SNS topic for Amazon SES event publishing.",
        json.dumps(
            {
                "Type": "Notification",
                "TopicArn": "arn:aws:sns:eu-central-1:123456789012:ivent-feedback",
                "Message": "Successfully validated SNS topic for Amazon SES event publishing.\n",
            }
        ),
        json.dumps(
            {
                "Type": "SubscriptionConfirmation",
                "TopicArn": "arn:aws:sns:eu-central-1:123456789012:ivent-feedback",
                "Message": "You have chosen to subscribe to the topic",
                "Token": "x",
                "SubscribeURL": "https://sns.eu-central-1.amazonaws.com/?Action=x",
            }
        ),
        json.dumps(
            {
                "Type": "UnsubscribeConfirmation",
                "TopicArn": "arn:aws:sns:eu-central-1:123456789012:ivent-feedback",
                "Message": "You have chosen to deactivate the subscription",
                "Token": "x",
            }
        ),
        json.dumps(
            {
                "notificationType": "AmazonSnsSubscriptionSucceeded",
                "message": "You have successfully subscribed your Amazon SNS topic",
            }
        ),
    ],
)
def test_what_aws_writes_when_it_is_connected_is_dropped_with_a_line(body, caplog):
    with caplog.at_level("INFO", logger="notifications.ses_events"):
        assert ses_event_parse(body) is None
    (record,) = caplog.records
    assert record.levelname == "INFO"
    assert "nothing to do" in record.message
