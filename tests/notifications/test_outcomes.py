import json

import pytest

from notifications import handlers
from notifications.enums import Outcome
from notifications.outcomes import recipient_outcomes, recipient_outcomes_erase
from tests.dynamodb_calls import dynamodb_calls
from tests.notifications.test_handlers import DONE, Context, aws_event
from tests.notifications.test_ses_events import EVENT_ID, SUBSCRIBER_ID, documented

pytestmark = pytest.mark.usefixtures("aws")

ANNOUNCEMENT = f"{EVENT_ID}.000001.published"
EVERY_KIND = [
    *("ses_send", "ses_delivery", "ses_delivery_delay", "ses_bounce_transient"),
    *("ses_bounce", "ses_complaint", "ses_reject"),
]


def tell(*names):
    bodies = [documented(name) for name in names]
    assert handlers.feedback(aws_event("sqs_feedback", *bodies), Context()) == DONE


def outcomes():
    return [row.outcome for row in recipient_outcomes(SUBSCRIBER_ID)]


def test_a_bounce_is_kept_with_the_servers_words_and_once():
    for _ in range(2):
        tell("ses_bounce", "ses_bounce")
    with dynamodb_calls() as calls:
        (row,) = recipient_outcomes(SUBSCRIBER_ID, announcement_id=ANNOUNCEMENT)
    assert calls == {"Query": 1}
    assert (row.outcome, row.status) == (Outcome.BOUNCED, "5.1.1")
    assert row.diagnosis == "smtp; 550 5.1.1 user unknown"
    assert row.at.isoformat() == "2026-11-01T12:00:06.669000+00:00"
    assert recipient_outcomes(SUBSCRIBER_ID, announcement_id=f"{EVENT_ID}.000002.changed") == []


@pytest.mark.parametrize("keep", [False, True])
def test_deliveries_are_kept_if_the_settings_say_so(settings, keep):
    settings.KEEP_DELIVERIES = keep
    tell(*EVERY_KIND)
    exceptions = ["bounced", "complained", "refused", "soft_bounced"]
    assert outcomes() == sorted([*exceptions, *(["delayed", "delivered"] if keep else [])])


def test_the_outcome_of_a_mail_without_tags_is_found_by_its_address(settings):
    from tests.factories_subscriptions import make_confirmed

    reader = make_confirmed("bounce@simulator.amazonses.com")
    tell("ses_identity_bounce")
    (row,) = recipient_outcomes(reader.id)
    assert (row.outcome, row.announcement_id) == (Outcome.BOUNCED, "")


def test_what_is_erased_is_gone():
    tell("ses_bounce", "ses_complaint")
    recipient_outcomes_erase(SUBSCRIBER_ID)
    assert outcomes() == []


def test_numbers_of_feedback_are_told_without_a_name(capsys):
    tell(*EVERY_KIND, "ses_bounce")
    (line,) = capsys.readouterr().out.splitlines()
    told = json.loads(line)
    numbers = {name: told[name] for name in ("bounced", "complained", "delivered", "unmatched")}
    assert numbers == {"bounced": 1, "complained": 1, "delivered": 1, "unmatched": 3}
    assert told.keys() - numbers.keys() == {"_aws", "stage", "handler"}
