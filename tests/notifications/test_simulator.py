"""Bounces and complaints for real: mails to SES's simulator addresses, whose notifications come
by way of the topic and the queue.

https://docs.aws.amazon.com/ses/latest/dg/send-an-email-from-console.html
"""

import time
from datetime import UTC, datetime

import pytest

from ivent_site.aws import sqs
from notifications import handlers
from notifications.announcements import announcement_sums
from notifications.breaker import breaker_get
from notifications.deliverability import Counts, day_counts
from notifications.delivery import Worker
from notifications.fanout import walk_shard
from notifications.sweep import sweep
from notifications.tally import Sums
from notifications.transports.ses_raw import SesRaw
from subscriptions.selectors import subscription_get
from tests.factories_subscriptions import known, make_confirmed
from tests.notifications.sending import SHARD, current, make_announcement
from tests.notifications.test_handlers import DONE, Context

pytestmark = pytest.mark.usefixtures("aws")

SIMULATOR = "simulator.amazonses.com"


def take_feedback():
    """Hand the feedback queue's messages to their handler, as Lambda does."""
    url = sqs().get_queue_url(QueueName="ivent-test-feedback")["QueueUrl"]
    count = 0
    while messages := (sqs().receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages")):
        records = [{"messageId": each["MessageId"], "body": each["Body"]} for each in messages]
        assert handlers.feedback({"Records": records}, Context()) == DONE
        count += len(records)
    return count


def worker():
    return Worker(transport=SesRaw(), deadline=time.time() + 60)


def test_who_bounces_or_complains_is_mailed_once_and_never_again():
    addresses = {
        "bounced": f"bounce+1@{SIMULATOR}",
        "complained": f"complaint@{SIMULATOR}",
        "confirmed": f"success@{SIMULATOR}",
    }
    ids = {status: make_confirmed(email).id for status, email in addresses.items()}
    first = make_announcement()
    walk_shard(announcement_id=first.id, shard=SHARD, worker=worker())
    assert announcement_sums(current(first)) == Sums(audience=3, sent=3)

    assert take_feedback() == 2
    for status, subscriber_id in ids.items():
        assert known(subscription_get(subscriber_id)).status == status
    assert day_counts(now=datetime.now(UTC)) == Counts(bounced=1, complained=1)

    second = make_announcement()
    walk_shard(announcement_id=second.id, shard=SHARD, worker=worker())
    assert announcement_sums(current(second)) == Sums(audience=1, sent=1)


def test_many_bounces_open_the_breaker():
    make_confirmed(f"success@{SIMULATOR}")
    for number in range(10):
        make_confirmed(f"bounce+{number}@{SIMULATOR}")
    row = make_announcement()
    walk_shard(announcement_id=row.id, shard=SHARD, worker=worker())
    assert take_feedback() == 10
    waiting = make_announcement()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("notifications.breaker.SENT_MIN", 11)
        sweep(worker=worker())
    assert "10 of " in breaker_get().told
    assert current(waiting).state == "paused"
