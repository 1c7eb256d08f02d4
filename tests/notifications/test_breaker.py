import logging
from datetime import UTC, datetime, timedelta
from unittest import mock

import pytest
from django.utils.translation import override

from notifications.announcements import announcement_pause, announcement_resume
from notifications.breaker import Breaker, breaker_check, breaker_get, breaker_override
from notifications.deliverability import HOURS
from notifications.enums import Reason
from notifications.fanout import LOOK_S
from notifications.sweep import sweep
from notifications.tables import CountRow
from tests.dynamodb_calls import dynamodb_calls
from tests.notifications.sending import (
    FakeSes,
    current,
    make_announcement,
    make_readers,
    make_worker,
    walk,
)

pytestmark = pytest.mark.usefixtures("aws")

NOW = datetime(2026, 11, 1, 12, 30, tzinfo=UTC)


@pytest.fixture
def sent():
    """What SES says of the last day: `sent(1000)`."""
    with mock.patch("notifications.breaker.day_sent") as day_sent:
        yield lambda number: setattr(day_sent, "return_value", number)


def happen(*, bounced=0, complained=0, at=NOW):
    CountRow(HOURS, f"{at:%Y-%m-%dT%H}#0", bounced=bounced, complained=complained).save()


@pytest.mark.parametrize(
    ("bounced", "complained", "mails", "reason"),
    [
        (19, 0, 1000, ""),
        (20, 0, 1000, "bounced 20 1000"),
        (0, 4, 10_000, ""),
        (0, 5, 10_000, "complained 5 10000"),
        # Too few to say anything.
        (9, 2, 400, ""),
        (10, 0, 99, ""),
        (10, 0, 100, "bounced 10 100"),
        (0, 3, 100, "complained 3 100"),
        (9, 3, 100, "complained 3 100"),
    ],
)
def test_it_opens_well_before_ses_stops_the_account(sent, bounced, complained, mails, reason):
    sent(mails)
    happen(bounced=bounced, complained=complained)
    assert breaker_check(now=NOW).reason == reason
    assert breaker_get().is_open(now=NOW) is bool(reason)


def test_why_is_told_in_the_language_of_the_page():
    breaker = Breaker(reason="complained 5 10000")
    assert breaker.told == "5 of 10,000 mails of the last day were complained about"
    with override("de"):
        assert breaker.told == "über 5 von 10.000 Mails des letzten Tages gab es Beschwerden"


def test_only_the_last_day_counts(sent):
    sent(100)
    happen(bounced=50, at=NOW - timedelta(hours=25))
    assert breaker_check(now=NOW).reason == ""
    happen(bounced=50, at=NOW - timedelta(hours=24))
    assert breaker_check(now=NOW).reason != ""


def test_it_closes_by_itself_when_the_rates_are_low_again(sent):
    sent(500)
    happen(bounced=10)
    assert breaker_check(now=NOW).is_open(now=NOW)
    sent(501)
    assert not breaker_check(now=NOW).is_open(now=NOW)
    assert not breaker_get().is_open(now=NOW)


def test_one_line_of_the_log_says_what_to_do(sent, caplog):
    sent(100)
    happen(bounced=10)
    with caplog.at_level(logging.ERROR):
        for _ in range(3):
            breaker_check(now=NOW)
    (record,) = caplog.records
    assert (record.levelname, vars(record)["alarm"]) == ("ERROR", "breaker")
    assert "10 of 100 mails of the last day bounced" in record.getMessage()
    assert "unsubscribe them" in record.getMessage()


def test_of_two_at_once_one_logs(sent, caplog):
    happen(bounced=10)
    with mock.patch("notifications.breaker.day_sent") as day_sent:

        def another_is_faster():
            day_sent.side_effect = None
            day_sent.return_value = 100
            breaker_check(now=NOW)
            return 100

        day_sent.side_effect = another_is_faster
        assert breaker_check(now=NOW).is_open(now=NOW)
    assert len(caplog.records) == 1


def test_a_person_overrides_it_for_a_while(sent):
    sent(100)
    assert not breaker_override(now=NOW).reason
    happen(bounced=10)
    assert breaker_check(now=NOW).is_open(now=NOW)
    assert not breaker_override(now=NOW).is_open(now=NOW)
    later = NOW + timedelta(hours=3, minutes=59)
    assert not breaker_check(now=later).is_open(now=later)
    later += timedelta(minutes=1)
    assert breaker_check(now=later).is_open(now=later)


def test_a_new_opening_is_not_overridden(sent):
    sent(100)
    happen(bounced=10)
    breaker_check(now=NOW)
    breaker_override(now=NOW)
    sent(1000)
    breaker_check(now=NOW)
    sent(100)
    assert breaker_check(now=NOW).is_open(now=NOW)


def test_while_all_is_well_ses_is_not_asked():
    happen(bounced=9, complained=2)
    with mock.patch("notifications.breaker.day_sent") as day_sent, dynamodb_calls() as calls:
        breaker_check(now=NOW)
    day_sent.assert_not_called()
    assert calls == {"GetItem": 1, "Query": 1}


def test_announcements_pause_and_go_on_by_themselves(sent, clock):
    ids = make_readers(3)
    row, ses = make_announcement(), FakeSes()
    sent(100)
    happen(bounced=10, at=datetime.fromtimestamp(clock(), UTC))
    sweep(worker=make_worker(ses, clock))
    assert (current(row).state, current(row).reason) == ("paused", Reason.BREAKER)
    walk(row, ses, clock)
    # As long as it is open, nothing else resumes them.
    clock.sleep(timedelta(hours=1).total_seconds())
    sweep(worker=make_worker(ses, clock))
    assert current(row).state == "paused"
    assert ses.accepted == []
    sent(1000)
    sweep(worker=make_worker(ses, clock))
    walk(row, ses, clock)
    assert current(row).state == "done"
    assert set(ses.counts) == set(ids)


def test_a_walk_under_way_stops_within_seconds(sent, clock):
    make_readers(600)
    row, ses = make_announcement(), FakeSes()
    sent(100)
    happen(bounced=10, at=datetime.fromtimestamp(clock(), UTC))

    def trip(mail):
        if len(ses.accepted) == 120:
            sweep(worker=make_worker(ses, clock))
            clock.sleep(LOOK_S)

    ses.before_accepting = trip
    walk(row, ses, clock)
    assert current(row).state == "paused"
    assert len(ses.accepted) == 150


def test_what_is_announced_while_it_is_open_waits(sent):
    sent(100)
    now = datetime.now(UTC)
    happen(bounced=10, at=now)
    breaker_check(now=now)
    with mock.patch("notifications.announce.queue_shards") as queue_shards:
        row = make_announcement()
    assert (row.state, row.reason) == ("paused", Reason.BREAKER)
    queue_shards.assert_not_called()


def test_what_a_person_paused_only_a_person_resumes(clock):
    row = make_announcement()
    announcement_pause(row, reason=Reason.BY_HAND)
    clock.sleep(timedelta(days=1).total_seconds())
    sweep(worker=make_worker(FakeSes(), clock))
    assert current(row).state == "paused"
    announcement_resume(row)
    assert current(row).state == "sending"


def test_the_breaker_works_on_without_an_answer_of_ses(clock, caplog):
    row = make_announcement()
    announcement_pause(row, reason="Throttling")
    happen(bounced=10, at=datetime.fromtimestamp(clock(), UTC) + timedelta(hours=1))
    clock.sleep(timedelta(hours=1).total_seconds())
    with mock.patch("notifications.breaker.day_sent", side_effect=OSError):
        sweep(worker=make_worker(FakeSes(), clock))
    assert current(row).state == "sending"
    assert len(caplog.records) == 1
