"""SES's feedback, from the queue to the subscription."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from ivent_site.counters.daily import daily_counts
from notifications import handlers
from notifications.breaker import breaker_check
from notifications.deliverability import Counts, day_counts
from notifications.feedback_table import FeedbackKey, SesEventType
from notifications.outcomes import recipient_outcomes
from subscriptions.selectors import subscription_get
from tests.events.staff import signed_in
from tests.factories_subscriptions import known, make_confirmed
from tests.notifications.sending import FakeSes, make_announcement, make_readers, walk
from tests.notifications.test_feedback_table import bounce, complaint
from tests.notifications.test_handlers import DONE, Context, aws_event

pytestmark = pytest.mark.usefixtures("aws")
NOW = datetime.now(UTC)
LISTED = FeedbackKey(SesEventType.BOUNCE, "Permanent", "OnAccountSuppressionList")


def tell(*events):
    bodies = [each if isinstance(each, str) else json.dumps(each) for each in events]
    assert handlers.feedback(aws_event("sqs_feedback", *bodies), Context()) == DONE


def to(event, address, message_id="1"):
    people = next(
        event[part][people]
        for part, people in (
            ("bounce", "bouncedRecipients"),
            ("complaint", "complainedRecipients"),
        )
        if part in event
    )
    people[0]["emailAddress"] = address
    event["mail"]["messageId"] = message_id
    return event


def status_of(row):
    return known(subscription_get(row.id)).status


@pytest.mark.parametrize("kind", ["not-spam", "auth-failure", "virus"])
def test_a_report_that_is_no_complaint_suppresses_nobody(kind):
    row = make_confirmed("ana@example.com")
    tell(complaint(kind))
    assert status_of(row) == "confirmed"
    assert day_counts(now=NOW) == Counts()
    assert [each.outcome for each in recipient_outcomes(row.id)] == ["reported"]


@pytest.mark.parametrize(
    ("subscribed", "reported"),
    [
        ("ana@example.com", "Ana <ana@example.com>"),
        ("Ana@Example.com", "<ANA@EXAMPLE.COM>"),
        ("ana@example.com", '"Ana, B." <ana@example.com>'),
        ("ana@bücher.example", "Ana <ana@xn--bcher-kva.example>"),
        ("ana@bücher.example", "ana@BÜCHER.example"),
    ],
)
def test_feedback_finds_its_subscriber_however_the_address_is_written(subscribed, reported):
    row = make_confirmed(subscribed)
    tell(to(bounce("NoEmail"), reported))
    assert status_of(row) == "bounced"


def test_feedback_about_nobody_is_counted_and_logged_without_the_address(capsys, caplog):
    tell(to(bounce("NoEmail"), "stranger@example.com"))
    metrics = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert metrics["unmatched"] == 1
    (record,) = [each for each in caplog.records if "no subscriber has" in each.message]
    assert "stranger" not in str(vars(record))


def test_an_import_that_ses_suppresses_in_part_pauses_nothing(monkeypatch):
    """2 % of a thousand, and then as many real bounces."""
    monkeypatch.setattr("notifications.breaker.day_sent", lambda: 1000)
    rows = [make_confirmed() for _ in range(20)]
    tell(
        *(
            to(bounce("OnAccountSuppressionList"), row.email, f"listed-{number}")
            for number, row in enumerate(rows)
        )
    )
    assert {status_of(row) for row in rows} == {"bounced"}
    assert day_counts(now=NOW) == Counts()
    assert not breaker_check(now=NOW).is_open(now=NOW)
    tell(*(to(bounce("General"), row.email, f"real-{row.id}") for row in rows))
    assert breaker_check(now=NOW).is_open(now=NOW)


def test_ses_notices_leave_no_dead_letter():
    tell("Successfully validated SNS topic for Amazon SES event publishing.")


def test_staff_read_that_ses_suppresses_the_address(clock):
    (id_,) = make_readers(1)
    row, ses = make_announcement(), FakeSes()
    walk(row, ses, clock)
    event = bounce(
        "OnAccountSuppressionList",
        status="5.1.1",
        diagnosticCode="smtp; 550 5.1.1 user unknown",
    )
    event["mail"]["tags"] = {name: [value] for name, value in ses.accepted[0].tags.items()}
    tell(event)
    (kept,) = recipient_outcomes(id_)
    assert (kept.outcome, str(kept.feedback)) == ("withheld", str(LISTED))
    with signed_in("viewers") as viewer:
        change = f"/admin/subscriptions/subscription/{id_}/change/"
        assert "SES suppresses this address" in viewer.get(change).content.decode()
        url = f"/admin/notifications/announcement/person/{id_}/{row.id}/"
        page = viewer.get(url).content.decode()
    assert "not delivered: kept back by SES" in page
    assert "SES suppresses this address" in page
    assert "no such mailbox" not in page


def test_a_confirmation_counts_for_no_day(settings):
    settings.KEEP_DELIVERIES = True
    row = make_confirmed("ana@example.com")
    event = {
        "eventType": "Delivery",
        "mail": {
            "messageId": "1",
            "timestamp": NOW.isoformat(),
            "destination": ["Ana <ana@example.com>"],
        },
    }
    tell(event)
    assert [each.outcome for each in recipient_outcomes(row.id)] == ["delivered"]
    first = NOW.date() - timedelta(days=1)
    days = daily_counts(first=first, last=NOW.date() + timedelta(days=1))
    assert sum(each["delivered"] for each in days.values()) == 0
