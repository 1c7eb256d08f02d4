"""What the days' counters and CloudWatch are told: each mail once."""

import json
from datetime import UTC, datetime

import pytest

from ivent_site.counters.daily import daily_counts
from notifications import handlers
from notifications.announcements import announcement_stop, announcement_sums, shard_fold
from notifications.parked import parked_resend
from notifications.queueing import ShardTask
from notifications.refused import refused_resend
from notifications.tally import Sums
from tests.notifications.sending import (
    SHARD,
    FakeSes,
    current,
    finish,
    make_announcement,
    make_readers,
    walk,
)
from tests.notifications.test_handlers import DONE, Context, aws_event

pytestmark = pytest.mark.usefixtures("aws")


def today():
    day = datetime.now(UTC).date()
    counts = daily_counts(first=day, last=day)[day]
    return counts["sent"], counts["refused"]


def test_a_shard_that_is_summed_again_is_not_counted_again(clock):
    make_readers(3)
    row, ses = make_announcement(), FakeSes("", "reject")
    walk(row, ses, clock)
    assert today() == (2, 1)
    for _ in range(2):
        shard_fold(current(row), SHARD)
    assert today() == (2, 1)


def test_a_parked_mail_counts_when_it_is_resent(clock):
    make_readers(3)
    row, ses = make_announcement(), FakeSes("", "", "lost", "lost")
    walk(row, ses, clock)
    finish(row, ses, clock, events=False)
    assert announcement_sums(current(row)) == Sums(audience=3, sent=2, parked=1)
    assert today() == (2, 0)
    parked_resend(current(row), f"{SHARD}.")
    assert announcement_sums(current(row)) == Sums(audience=3, sent=2, unknown=1)
    finish(row, ses, clock, events=False)
    assert announcement_sums(current(row)) == Sums(audience=3, sent=3)
    assert today() == (3, 0)


def test_what_was_refused_and_is_sent_once_more_counts_as_what_becomes_of_it(clock):
    make_readers(5)
    row, ses = make_announcement(), FakeSes("reject", "reject")
    walk(row, ses, clock)
    assert today() == (3, 2)
    refused_resend(current(row))
    ses.script = ["", "reject"]
    finish(row, ses, clock)
    assert today() == (4, 1)
    refused_resend(current(row))
    assert announcement_stop(current(row), reason="by hand")
    assert finish(row, ses, clock) == Sums(audience=5, sent=4, refused=1)
    assert today() == (4, 1)


def test_an_invocation_tells_what_it_sent(monkeypatch, capsys):
    make_readers(3)
    row, ses = make_announcement(), FakeSes("", "reject")
    monkeypatch.setattr("notifications.handlers.default_transport", lambda: ses)
    task = ShardTask(row.id, SHARD, fresh=True)
    assert handlers.fan_out(aws_event("sqs_fanout", task.body()), Context()) == DONE
    (line,) = capsys.readouterr().out.splitlines()
    told = json.loads(line)
    numbers = {name: told[name] for name in told if name not in {"_aws", "stage", "handler"}}
    assert numbers == {"sent": 2, "refused": 1, "announcements_done": 1}
