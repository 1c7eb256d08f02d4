"""The overview's deliveries: of the mails that count as sent, and never more than they are."""

from datetime import UTC, datetime

import pytest

from ivent_site.counters.daily import daily_counts
from notifications.announcements import announcement_sums
from notifications.deliveries import deliveries_release
from notifications.tally import Sums
from tests.dynamodb_calls import dynamodb_calls
from tests.notifications.sending import (
    SHARD,
    FakeSes,
    current,
    finish,
    make_announcement,
    make_readers,
    walk,
)
from tests.notifications.test_feedback import body, tell
from tests.notifications.test_handlers import aws_event

pytestmark = pytest.mark.usefixtures("aws")


@pytest.fixture(autouse=True)
def _kept(settings):
    settings.KEEP_DELIVERIES = True


def today() -> tuple[int, int]:
    day = datetime.now(UTC).date()
    counts = daily_counts(first=day, last=day)[day]
    return counts["sent"], counts["delivered"]


def delivered(*mails):
    return [body("Delivery", mail) for mail in mails]


def test_a_delivery_counts_once_however_often_ses_reports_it(clock):
    make_readers(3)
    row, ses = make_announcement(), FakeSes()
    walk(row, ses, clock)
    assert today() == (3, 0)
    for _ in range(2):
        tell(*delivered(*ses.accepted[:2]), *delivered(ses.accepted[0]))
    assert today() == (3, 2)
    tell(*delivered(*ses.accepted))
    assert today() == (3, 3)


def test_what_arrives_before_its_shard_is_counted_as_sent_is_counted_with_it(clock):
    make_readers(3)
    row, ses = make_announcement(), FakeSes()
    seen = []

    def arrives_at_once(mail):
        tell(*delivered(mail))
        seen.append(today())

    ses.before_accepting = arrives_at_once
    walk(row, ses, clock)
    assert seen == [(0, 0)] * 3
    assert today() == (3, 3)


def test_a_mail_that_a_second_try_brought_again_is_one_delivery(clock):
    make_readers(2)
    row, ses = make_announcement(), FakeSes("", "lost")
    walk(row, ses, clock)
    finish(row, ses, clock, events=False)
    tell(*delivered(*ses.accepted))
    assert len(ses.accepted) > 2
    assert announcement_sums(current(row)) == Sums(audience=2, sent=2)
    assert today() == (2, 2)


def test_confirmations_and_test_mails_are_in_neither_number(clock):
    from tests.notifications.test_ses_events import documented

    tell(documented("ses_delivery"))
    (record,) = aws_event("sqs_feedback", documented("ses_delivery"))["Records"]
    tell(record["body"].replace('"tags"', '"no_tags"'))
    assert today() == (0, 0)


def test_releasing_twice_counts_once(clock):
    make_readers(1)
    row, ses = make_announcement(), FakeSes()
    walk(row, ses, clock)
    tell(*delivered(*ses.accepted))
    for _ in range(2):
        deliveries_release(row.id, SHARD)
    assert today() == (1, 1)


def test_a_batch_of_deliveries_costs_a_call_for_99_of_a_shard(clock):
    make_readers(120)
    row, ses = make_announcement(), FakeSes()
    walk(row, ses, clock)
    with dynamodb_calls() as calls:
        tell(*delivered(*ses.accepted))
    assert today() == (120, 120)
    # The deliveries, and their number moved to the day's.
    assert calls["TransactWriteItems"] == 3


def test_without_the_setting_nothing_is_written(clock, settings):
    settings.KEEP_DELIVERIES = False
    make_readers(1)
    row, ses = make_announcement(), FakeSes()
    walk(row, ses, clock)
    with dynamodb_calls() as calls:
        tell(*delivered(*ses.accepted))
    assert calls["TransactWriteItems"] == calls["PutItem"] == calls["UpdateItem"] == 0
    assert today() == (1, 0)
