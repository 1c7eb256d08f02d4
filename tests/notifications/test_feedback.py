"""Feedback in any order, doubled, early and late: what is known in the end is the same."""

import json
from datetime import UTC, datetime
from unittest import mock

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from notifications import handlers
from notifications.announcements import announcement_sums, shard_fold
from notifications.deliverability import Counts, announcement_counts, corrections, day_counts
from notifications.sweep import sweep
from notifications.tables import CountedRow
from notifications.tally import Sums
from subscriptions.selectors import subscription_get
from tests.conftest import _empty
from tests.dynamodb_calls import dynamodb_calls
from tests.factories_subscriptions import known
from tests.notifications.sending import (
    Clock,
    FakeSes,
    current,
    make_announcement,
    make_readers,
    make_worker,
    walk,
)
from tests.notifications.test_handlers import DONE, Context, aws_event

pytestmark = pytest.mark.usefixtures("aws")

DETAILS = {
    "Bounce": {"bounceType": "Permanent", "bouncedRecipients": [{"emailAddress": "a@b.example"}]},
    "Soft": {"bounceType": "Transient", "bouncedRecipients": [{"emailAddress": "a@b.example"}]},
    "Complaint": {"complainedRecipients": [{"emailAddress": "a@b.example"}]},
}
# What SES may tell of a mail, and what comes of it: the reader's status, and whether it was sent.
STORIES = {
    ("Send", "Delivery"): ("confirmed", True),
    ("Send", "DeliveryDelay", "Delivery"): ("confirmed", True),
    ("Send", "DeliveryDelay", "Soft"): ("confirmed", True),
    ("Send", "Bounce"): ("bounced", True),
    ("Send", "Delivery", "Bounce", "Complaint"): ("complained", True),
    ("Send", "Delivery", "Complaint"): ("complained", True),
    ("Send", "Reject"): ("confirmed", False),
    ("Rendering Failure",): ("confirmed", False),
}


def body(kind, mail):
    event_type = "Bounce" if kind == "Soft" else kind
    data = {
        "eventType": event_type,
        "mail": {
            "messageId": f"message-{mail.subscriber_id}",
            "timestamp": "2099-01-01T00:00:00.000Z",
            "destination": [mail.to],
            "tags": {name: [value] for name, value in mail.tags.items()},
        },
    }
    if kind in DETAILS:
        data[event_type.lower()] = DETAILS[kind]
    return json.dumps(data)


def tell(*bodies):
    assert handlers.feedback(aws_event("sqs_feedback", *bodies), Context()) == DONE


def sweep_once(clock):
    sweep(worker=make_worker(FakeSes(), clock))


@settings(
    max_examples=15,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_any_order_and_any_repetition_leads_to_the_same_end(data, _touched):  # noqa: PT019 - its value is needed
    # Every example begins with empty tables.
    _empty(_touched)
    stories = [*STORIES]
    make_readers(len(stories))
    clock, ses, row = Clock(), FakeSes(), make_announcement()
    in_time = data.draw(st.booleans(), label="the walk ends before the first event")
    if in_time:
        walk(row, ses, clock)
    else:
        # The worker dies with its chunk claimed: only the events can tell.
        ses.script = [*[""] * (len(stories) - 1), "lost"]
        walk(row, ses, clock)
    once = [
        body(kind, mail)
        for mail, story in zip(ses.accepted, stories, strict=True)
        for kind in story
    ]
    twice = data.draw(st.lists(st.sampled_from(once), max_size=10), label="told twice")
    left = data.draw(st.permutations([*once, *twice]), label="order")
    while left:
        size = data.draw(st.integers(1, 10), label="batch")
        tell(*left[:size])
        left = left[size:]
        if data.draw(st.booleans(), label="sweep"):
            sweep_once(clock)
    for _ in range(3):
        clock.sleep(40)
        sweep_once(clock)
        walk(row, ses, clock)

    assert [
        known(subscription_get(mail.subscriber_id)).status for mail in ses.accepted[: len(stories)]
    ] == [status for status, _ in STORIES.values()]
    sent = sum(was_sent for _, was_sent in STORIES.values())
    everybody = Sums(audience=len(stories), sent=sent, refused=len(stories) - sent)
    assert announcement_sums(current(row)) == everybody
    assert current(row).state == "done"
    assert announcement_counts(row.id) == Counts(bounced=2, complained=2)
    assert day_counts(now=datetime.now(UTC)) == Counts(bounced=2, complained=2)
    assert len(ses.accepted) == len(stories)


@pytest.mark.parametrize("kind", ["Reject", "Rendering Failure"])
def test_a_late_refusal_corrects_what_was_done(clock, kind):
    make_readers(3)
    row, ses = make_announcement(), FakeSes()
    walk(row, ses, clock)
    assert announcement_sums(current(row)) == Sums(audience=3, sent=3)
    for _ in range(2):
        tell(body(kind, ses.accepted[1]))
        sweep_once(clock)
        assert announcement_sums(current(row)) == Sums(audience=3, sent=2, refused=1)
    assert current(row).state == "done"
    assert corrections(limit=10) == []


def test_a_refusal_while_it_is_being_sent_is_counted_with_the_rest(clock):
    make_readers(60)
    row, ses = make_announcement(), FakeSes()

    def refuse_the_first(mail):
        if len(ses.accepted) == 55:
            tell(body("Reject", ses.accepted[0]))
            sweep_once(clock)

    ses.before_accepting = refuse_the_first
    walk(row, ses, clock)
    sweep_once(clock)
    assert announcement_sums(current(row)) == Sums(audience=60, sent=59, refused=1)


def test_a_refusal_between_the_reading_and_the_writing_of_sums_is_not_lost(clock):
    """The walker reads its ledger, the refusal is summed, then the walker writes what it read."""
    make_readers(2)
    row, ses = make_announcement(), FakeSes()
    walk(row, ses, clock)
    stale = current(row)
    tell(body("Reject", ses.accepted[0]))
    sweep_once(clock)
    shard_fold(stale, "00")
    assert announcement_sums(current(row)) == Sums(audience=2, sent=1, refused=1)


def test_a_correction_waits_until_its_shard_has_ended(clock):
    """The shard may be being summed at this moment, from what was read before the refusal."""
    make_readers(2)
    row, ses = make_announcement(), FakeSes()
    with mock.patch("notifications.fanout.shard_fold"):
        walk(row, ses, clock)
    tell(body("Reject", ses.accepted[0]))
    with mock.patch("notifications.sweep._bring_on"):
        sweep_once(clock)
    assert len(corrections(limit=10)) == 1
    shard_fold(current(row), "00")
    sweep_once(clock)
    assert corrections(limit=10) == []
    assert announcement_sums(current(row)) == Sums(audience=2, sent=1, refused=1)


def test_feedback_of_another_system_changes_nothing(clock):
    make_readers(1)
    row, ses = make_announcement(), FakeSes()
    walk(row, ses, clock)
    other = body("Reject", ses.accepted[0]).replace("00_", "0f_")
    tell(other)
    assert corrections(limit=10) == []
    assert announcement_sums(current(row)) == Sums(audience=1, sent=1)


def test_mails_that_arrive_cost_no_write(clock):
    make_readers(60)
    row, ses = make_announcement(), FakeSes()
    walk(row, ses, clock)
    told = [body(kind, mail) for kind in ("Send", "Delivery") for mail in ses.accepted]
    with dynamodb_calls() as calls:
        while told:
            tell(*told[:10])
            told = told[10:]
    # One read for each batch and chunk, and nothing else.
    assert set(calls) == {"Query"}


def test_a_bounce_costs_few_writes(clock):
    make_readers(10)
    row, ses = make_announcement(), FakeSes()
    walk(row, ses, clock)
    with dynamodb_calls() as calls:
        tell(*(body("Bounce", mail) for mail in ses.accepted))
    # A write for each reader, one transaction for all counts, one write for the logs.
    assert calls["PutItem"] + calls["TransactWriteItems"] == 10 + 1
    assert (calls["UpdateItem"], calls["BatchWriteItem"]) == (0, 1)
    assert sum(1 for _ in CountedRow.query(f"mail#message-{ses.accepted[0].subscriber_id}")) == 1
