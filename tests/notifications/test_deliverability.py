from datetime import UTC, datetime, timedelta
from unittest import mock

import pytest

from notifications import deliverability
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
from notifications.ses_events import Fate, SesEvent
from tests.dynamodb_calls import dynamodb_calls

pytestmark = pytest.mark.usefixtures("aws")

EVENT_ID = "0198c2aa-0000-7000-8000-0000000000e1"
FIRST, SECOND = (f"{EVENT_ID}.00000{number}.changed" for number in (1, 2))


def told(fate, message_id, announcement_id=FIRST):
    return SesEvent(
        fate=fate,
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
            told(Fate.BOUNCED, "1"),
            told(Fate.BOUNCED, "2", SECOND),
            told(Fate.COMPLAINED, "3"),
            told(Fate.BOUNCED, "4", ""),
        ]
    )
    assert today() == Counts(bounced=3, complained=1)
    assert announcement_counts(FIRST) == Counts(bounced=1, complained=1)
    assert announcement_counts(SECOND) == Counts(bounced=1)


def test_what_is_told_twice_is_counted_once():
    for _ in range(3):
        exceptions_count([told(Fate.BOUNCED, "1"), told(Fate.BOUNCED, "1")])
    exceptions_count([told(Fate.BOUNCED, "1"), told(Fate.BOUNCED, "2")])
    # The same mail may have been complained about as well.
    exceptions_count([told(Fate.COMPLAINED, "1")])
    assert today() == Counts(bounced=2, complained=1)
    assert announcement_counts(FIRST) == Counts(bounced=2, complained=1)


def test_two_batches_at_once_count_what_they_share_once():
    write = deliverability._write

    def another_is_faster(events):
        patched.side_effect = write
        exceptions_count([told(Fate.BOUNCED, "1"), told(Fate.BOUNCED, "3")])
        write(events)

    with mock.patch.object(deliverability, "_write", side_effect=another_is_faster) as patched:
        exceptions_count([told(Fate.BOUNCED, "1"), told(Fate.BOUNCED, "2")])
    assert today() == Counts(bounced=3)


def test_a_batch_is_one_transaction():
    events = [told(Fate.BOUNCED, str(number)) for number in range(10)]
    with dynamodb_calls() as calls:
        exceptions_count(events)
    # And the day's numbers.
    assert calls == {"BatchGetItem": 1, "TransactWriteItems": 1, "UpdateItem": 1}


def test_as_many_as_there_are_fit():
    exceptions_count([told(Fate.COMPLAINED, str(number)) for number in range(101)])
    assert today() == Counts(complained=101)


@pytest.mark.parametrize("fate", [Fate.ACCEPTED, Fate.REFUSED])
def test_nothing_is_written_of_what_is_no_exception(fate):
    with dynamodb_calls() as calls:
        exceptions_count([told(fate, "1"), told(Fate.BOUNCED, "")])
    assert calls == {}


def test_yesterday_is_over():
    exceptions_count([told(Fate.BOUNCED, "1")])
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
