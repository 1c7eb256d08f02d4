"""Who comes back, comes back: SES sends to them again before they are asked to confirm."""

from datetime import UTC, datetime, timedelta
from unittest import mock

import pytest

from notifications import handlers
from subscriptions.enums import StopCause
from subscriptions.requests import request_body
from subscriptions.selectors import subscription_get
from subscriptions.services import subscription_record_feedback, subscription_stop
from tests.factories_subscriptions import known, make_confirmed, make_request
from tests.notifications.sending import FakeSes
from tests.notifications.test_handlers import DONE, Context, aws_event, failed
from tests.subscriptions.ses_list_sink import listing_ses

pytestmark = pytest.mark.usefixtures("aws")
ANA = "ana@example.com"


@pytest.fixture
def mails():
    transport = FakeSes()
    with mock.patch("notifications.handlers.default_transport", return_value=transport):
        yield transport


@pytest.fixture
def ses():
    with listing_ses() as sink:
        sink.suppressed[ANA] = "BOUNCE"
        yield sink


def stopped(cause):
    row = make_confirmed(ANA)
    subscription_record_feedback(subscription_id=row.id, cause=cause)
    return row


def ask(source="web", message="1"):
    event = aws_event("sqs_fanout", request_body(make_request(ANA, source=source)))
    event["Records"][0]["messageId"] = message
    return handlers.subscription_requests(event, Context())


def asked_before(row, **ago):
    row = known(subscription_get(row.id))
    row.confirmation_sent_at = datetime.now(UTC) - timedelta(**ago)
    row.save()


@pytest.mark.parametrize("cause", [each for each in StopCause if each != "unsubscribed"])
@pytest.mark.parametrize("source", ["web", "api", "staff"])
def test_who_was_stopped_is_taken_off_ses_list_before_the_mail(mails, ses, cause, source):
    stopped(cause)
    mails.before_accepting = lambda mail: ses.suppression_calls.append("mail")
    assert ask(source) == DONE
    assert ses.suppressed == {}
    assert ses.suppression_calls == [f"DELETE {ANA}", "mail"]
    assert [mail.to for mail in mails.accepted] == [ANA]


def test_not_being_listed_is_no_error(mails, ses):
    ses.suppressed.clear()
    stopped(StopCause.BOUNCE)
    assert ask() == DONE
    assert len(mails.accepted) == 1


def test_whom_the_staff_stopped_after_a_bounce_is_taken_off_too(mails, ses):
    row = stopped(StopCause.BOUNCE)
    subscription_stop(subscription_id=row.id, reason="By phone.")
    assert ask("staff") == DONE
    assert ses.suppressed == {}


def test_an_ordinary_request_asks_ses_nothing(mails, ses):
    ses.suppressed.clear()
    assert ask() == DONE
    assert len(mails.accepted) == 1
    row = make_confirmed("bob@example.com")
    subscription_stop(subscription_id=row.id, reason="By phone.")
    event = aws_event("sqs_fanout", request_body(make_request("bob@example.com")))
    assert handlers.subscription_requests(event, Context()) == DONE
    assert ses.suppression_calls == []


def test_while_ses_does_not_answer_the_request_stays_in_the_queue(mails, ses):
    stopped(StopCause.BOUNCE)
    ses.suppression_script = ["throttle"] * 4
    assert ask() == failed("1")
    assert mails.accepted == []
    assert ask() == DONE
    assert [mail.to for mail in mails.accepted] == [ANA]
    assert ses.suppressed == {}


@pytest.mark.parametrize(
    ("cause", "too_soon", "late_enough"),
    [
        (StopCause.BOUNCE, {"hours": 23}, {"hours": 25}),
        (StopCause.SETUP, {"hours": 23}, {"hours": 25}),
        (StopCause.LISTED, {"minutes": 4}, {"minutes": 6}),
        (StopCause.COMPLAINT, {"days": 29}, {"days": 31}),
        (StopCause.COMPLAINT_LISTED, {"days": 29}, {"days": 31}),
    ],
)
def test_a_stranger_cannot_have_them_mailed_again_and_again(
    mails, ses, cause, too_soon, late_enough
):
    row = stopped(cause)
    asked_before(row, **too_soon)
    assert ask() == DONE
    assert (mails.accepted, ses.suppression_calls) == ([], [])
    asked_before(row, **late_enough)
    assert ask() == DONE
    assert len(mails.accepted) == 1


def test_the_staff_may_ask_sooner_and_an_import_not_at_all(mails, ses):
    row = stopped(StopCause.COMPLAINT)
    assert ask("import") == DONE
    assert (mails.accepted, ses.suppression_calls) == ([], [])
    asked_before(row, minutes=6)
    assert ask("staff") == DONE
    assert len(mails.accepted) == 1


def test_the_laptop_whose_aws_has_no_list_goes_on(mails):
    stopped(StopCause.BOUNCE)
    assert ask() == DONE
    assert len(mails.accepted) == 1
