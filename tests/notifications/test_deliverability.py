from datetime import UTC, datetime, timedelta

import pytest
from pynamodb.transactions import TransactWrite

from ivent_site.counters.daily import daily_counts
from notifications.deliverability import (
    Counts,
    announcement_counts,
    correction_done,
    correction_note,
    corrections,
    day_counts,
    day_sent,
    exceptions_count,
)
from notifications.feedback_table import RULES, FeedbackKey, SesEventType
from notifications.ses_events import SesEvent
from tests.dynamodb_calls import dynamodb_calls

pytestmark = pytest.mark.usefixtures("aws")

EVENT_ID = "0198c2aa-0000-7000-8000-0000000000e1"
FIRST, SECOND = (f"{EVENT_ID}.00000{number}.changed" for number in (1, 2))


BOUNCED = FeedbackKey(SesEventType.BOUNCE, "Permanent", "General")
COMPLAINED = FeedbackKey(SesEventType.COMPLAINT, "abuse")


def told(key, message_id, announcement_id=FIRST):
    return SesEvent(
        key=key,
        announcement_id=announcement_id,
        chunk_key="00.",
        subscriber_id="0198c2aa-0000-7000-8000-0000000000a1",
        addresses=(),
        mailed_at=None,
        message_id=message_id,
    )


def today():
    return day_counts(now=datetime.now(UTC))


def test_what_happened_is_counted_for_the_day_and_for_its_announcement():
    exceptions_count(
        [
            told(BOUNCED, "1"),
            told(BOUNCED, "2", SECOND),
            told(COMPLAINED, "3"),
            told(BOUNCED, "4", ""),
        ]
    )
    assert today() == Counts(bounced=3, complained=1)
    assert announcement_counts(FIRST) == Counts(bounced=1, complained=1)
    assert announcement_counts(SECOND) == Counts(bounced=1)


def test_what_is_told_twice_is_counted_once():
    for _ in range(3):
        exceptions_count([told(BOUNCED, "1"), told(BOUNCED, "1")])
    exceptions_count([told(BOUNCED, "1"), told(BOUNCED, "2")])
    # The same mail may have been complained about as well.
    exceptions_count([told(COMPLAINED, "1")])
    assert today() == Counts(bounced=2, complained=1)
    assert announcement_counts(FIRST) == Counts(bounced=2, complained=1)


def test_two_batches_at_once_count_what_they_share_once(monkeypatch):
    begin = TransactWrite.__enter__

    def another_is_faster(transaction):
        monkeypatch.setattr(TransactWrite, "__enter__", begin)
        exceptions_count([told(BOUNCED, "1"), told(BOUNCED, "3")])
        return begin(transaction)

    monkeypatch.setattr(TransactWrite, "__enter__", another_is_faster)
    exceptions_count([told(BOUNCED, "1"), told(BOUNCED, "2")])
    assert today() == Counts(bounced=3)
    day = datetime.now(UTC).date()
    assert daily_counts(first=day, last=day)[day]["bounced"] == 3


def test_a_batch_is_one_transaction():
    events = [told(BOUNCED, str(number)) for number in range(10)]
    with dynamodb_calls() as calls:
        exceptions_count(events)
    assert calls == {"BatchGetItem": 1, "TransactWriteItems": 1}


def test_as_many_as_there_are_fit():
    exceptions_count([told(COMPLAINED, str(number)) for number in range(101)])
    assert today() == Counts(complained=101)


@pytest.mark.parametrize("key", [key for key in RULES if not RULES[key].counted], ids=str)
def test_what_counts_for_no_rate_writes_nothing(key):
    with dynamodb_calls() as calls:
        exceptions_count([told(key, "1"), told(BOUNCED, "")])
    assert calls == {}


def test_yesterday_is_over():
    exceptions_count([told(BOUNCED, "1")])
    assert day_counts(now=datetime.now(UTC) + timedelta(hours=23)) == Counts(bounced=1)
    assert day_counts(now=datetime.now(UTC) + timedelta(hours=26)) == Counts()


def test_ses_says_how_many_it_has_sent():
    assert day_sent() >= 0


def test_a_correction_that_came_meanwhile_is_not_forgotten():
    correction_note(FIRST, "00")
    correction_note(FIRST, "00")
    (read,) = corrections(limit=10)
    assert (read.announcement_id, read.shard) == (FIRST, "00")
    correction_note(FIRST, "00")
    correction_done(read)
    (again,) = corrections(limit=10)
    correction_done(again)
    assert corrections(limit=10) == []
