import re
from datetime import UTC, datetime, timedelta
from unittest import mock

import pytest
from django.contrib.admin.models import LogEntry

from events.services import event_update
from notifications import ledger
from notifications.announce import announce
from notifications.announcements import (
    announcement_pause,
    announcement_stop,
    announcement_sums,
    event_announcements,
)
from notifications.breaker import breaker_check, breaker_get
from notifications.deliverability import HOURS
from notifications.enums import Reason
from notifications.feedback import record_seen
from notifications.parked import parked_chunks
from notifications.sweep import sweep
from notifications.tables import CountRow
from notifications.tally import Sums
from tests.dynamodb_calls import dynamodb_calls
from tests.events.staff import signed_in, text
from tests.factories import make_data, make_event
from tests.factories_subscriptions import known
from tests.notifications.sending import (
    FakeSes,
    current,
    finish,
    make_announcement,
    make_readers,
    make_worker,
    walk,
)

pytestmark = pytest.mark.usefixtures("aws")

PAGE = "/admin/notifications/announcement/{}/{}/"


@pytest.fixture
def editor():
    with signed_in("editors") as client:
        yield client


def page(client, row):
    """The page, and the part of it that it fetches."""
    return "".join(text(client.get(PAGE.format(row.id, part))) for part in ("change", "live"))


def step(client, row, name):
    return client.post(PAGE.format(row.id, "step"), {"step": name}, follow=True)


def history():
    return [entry.get_change_message() for entry in LogEntry.objects.filter(user_id="sub-1")]


def buttons(client, row):
    names = ("pause", "resume", "send_anyway", "release", "discard")
    shown = page(client, row)
    return [name for name in names if f'value="{name}"' in shown] + (
        ["cancel"] if PAGE.format(row.id, "cancel") in shown else []
    )


def open_breaker():
    now = datetime.now(UTC)
    CountRow(HOURS, f"{now:%Y-%m-%dT%H}#0", bounced=10).save()
    with mock.patch("notifications.breaker.day_sent", return_value=100):
        breaker_check(now=now)


def test_a_person_pauses_and_resumes(editor, clock):
    ids = make_readers(2)
    row, ses = make_announcement(), FakeSes()
    assert buttons(editor, row) == ["pause", "cancel"]
    assert "The announcement is paused." in text(step(editor, row, "pause"))
    assert (current(row).state, current(row).reason) == ("paused", Reason.BY_HAND)
    assert "Somebody paused it here." in page(editor, row)
    walk(row, ses, clock)
    assert ses.accepted == []
    assert buttons(editor, row) == ["resume", "cancel"]
    step(editor, row, "resume")
    walk(row, ses, clock)
    assert set(ses.counts) == set(ids)
    assert buttons(editor, row) == []
    assert sorted(history()) == [
        "State: paused. The announcement is paused.",
        "State: sending. The announcement goes on within a minute.",
    ]


@pytest.mark.parametrize("name", ["pause", "cancel"])
def test_a_step_and_its_entry_in_the_history_are_one_transaction(editor, name):
    row = make_announcement()
    with dynamodb_calls() as calls:
        editor.post(PAGE.format(row.id, "step"), {"step": name})
    # Who it is, the announcement, the breaker.
    assert calls == {"GetItem": 3, "TransactWriteItems": 1}


def test_who_is_overtaken_changes_nothing_and_leaves_no_entry(editor):
    row = make_announcement()
    announcement_pause(row, reason="quota")
    read = current(row)
    announcement_stop(row, reason="event cancelled")
    with mock.patch("notifications.admin.steps.announcement_get", return_value=read):
        assert "not possible any more" in text(step(editor, row, "resume"))
    assert (current(row).state, current(row).reason) == ("stopping", "event cancelled")
    assert history() == []


def test_cancelling_asks_first_and_stops_what_has_not_left(editor, clock):
    make_readers(60)
    row, ses = make_announcement(), FakeSes(*[""] * 10, *["throttle"] * 50)
    walk(row, ses, clock)
    url = PAGE.format(row.id, "cancel")
    question = text(editor.get(url))
    assert "Who has not got it yet never gets it." in question
    assert "Summer fair (published)" in question
    assert current(row).state == "sending"
    assert "The announcement is cancelled" in text(editor.post(url, follow=True))
    assert finish(row, FakeSes(), clock) == Sums(audience=50, sent=10, suppressed=40)
    assert current(row).state == "cancelled"
    assert len(ses.accepted) == 10
    assert history() == ["State: stopping. The announcement is cancelled: it goes to nobody else."]


def test_stopped_by_ses_half_way_the_page_says_what_happened_and_what_to_do(editor, clock):
    make_readers(50)
    row = make_announcement()
    walk(row, FakeSes(*[""] * 10, "paused"), clock)
    shown = page(editor, row)
    for words in ("nothing is lost", "AWS has paused all mails", "What to do:", "answer it."):
        assert words in shown
    # None of them is in doubt: they surely have not left.
    assert re.findall(r"<td>(\d+)</td>", shown) == ["10", "0", "0", "0", "0", "40", "10", "0", "0"]
    assert buttons(editor, row) == ["resume", "cancel"]
    step(editor, row, "resume")
    assert "No worker is on it" not in page(editor, row)
    assert finish(row, FakeSes(), clock) == Sums(audience=50, sent=50)


@pytest.mark.parametrize("name", ["resume", "release", "discard", "send_anyway", "", "delete"])
def test_what_is_not_possible_now_changes_nothing(editor, name):
    row = make_announcement()
    assert "not possible any more" in text(step(editor, row, name))
    assert current(row).state == "sending"
    assert history() == []


def test_viewers_see_no_buttons_and_may_not_use_them():
    row = make_announcement()
    with signed_in("viewers") as client:
        assert buttons(client, row) == []
        for name in ("step", "parked", "cancel"):
            assert client.post(PAGE.format(row.id, name), {"step": "pause"}).status_code == 403
    assert current(row).state == "sending"


def test_an_announcement_that_is_not_there_has_no_steps(editor):
    gone = make_announcement().id.replace("published", "changed")
    assert editor.post(PAGE.format(gone, "step"), {"step": "pause"}).status_code == 404


def test_a_form_of_another_site_changes_nothing(editor):
    row = make_announcement()
    editor.handler.enforce_csrf_checks = True
    assert step(editor, row, "pause").status_code == 403
    assert current(row).state == "sending"


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("AccountSendingPausedException", "AWS has paused all mails of this account"),
        ("ACCOUNT_SENDING_PAUSED", "AWS has paused all mails of this account"),
        ("ACCOUNT_DAILY_QUOTA_EXCEEDED", "The account's mails of this day are used up."),
        ("MessageRejected", "its address or domain is not verified"),
        ("MailFromDomainNotVerifiedException", "MAIL FROM domain is not verified"),
        ("SomethingNewException", "SES refuses: SomethingNewException. It tries again"),
    ],
)
def test_the_page_says_why_in_plain_words(editor, reason, words):
    row = make_announcement()
    announcement_pause(row, reason=reason)
    assert words in page(editor, row)


def test_the_numbers_are_fetched_again_until_it_is_over(editor, clock):
    row = make_announcement()
    assert 'hx-trigger="every 3s"' in page(editor, row)
    step(editor, row, "pause")
    assert 'hx-trigger="every 15s"' in page(editor, row)
    step(editor, row, "resume")
    finish(row, FakeSes(), clock)
    assert 'hx-trigger="every' not in page(editor, row)


def test_an_open_breaker_is_told_on_every_page_of_announcements(editor):
    row = make_announcement()
    for url in (PAGE.format(row.id, "change"), "/admin/notifications/announcement/"):
        assert "Announcements are paused" not in text(editor.get(url))
    open_breaker()
    announcement_pause(row, reason=Reason.BREAKER)
    for url in (PAGE.format(row.id, "change"), "/admin/notifications/announcement/"):
        shown = text(editor.get(url))
        assert "Announcements are paused: 10 of 100 mails of the last day bounced." in shown
    assert buttons(editor, row) == ["send_anyway", "cancel"]


def test_a_person_sends_anyway(editor, clock):
    ids = make_readers(2)
    row, ses = make_announcement(), FakeSes()
    open_breaker()
    announcement_pause(row, reason=Reason.BREAKER)
    step(editor, row, "send_anyway")
    assert "at somebody's own risk" in page(editor, row)
    with mock.patch("notifications.breaker.day_sent", return_value=100):
        sweep(worker=make_worker(ses, clock))
    walk(row, ses, clock)
    assert set(ses.counts) == set(ids)
    assert breaker_get().reason
    assert not breaker_get().is_open(now=datetime.now(UTC))


# --- News of long ago -----------------------------------------------------------------------


def make_old_news(**values):
    event = make_event(**values)
    event.updated_at -= timedelta(hours=25)
    event.save()
    row = known(announce(event_id=event.id))
    assert (row.state, row.reason) == ("held", Reason.OLD)
    return row


def test_news_of_long_ago_is_told_to_nobody_by_itself(editor, clock, caplog):
    make_readers(2)
    row, ses = make_old_news(), FakeSes()
    (record,) = caplog.records
    assert vars(record)["alarm"] == "held"
    for _ in range(3):
        clock.sleep(timedelta(hours=1).total_seconds())
        sweep(worker=make_worker(ses, clock))
        walk(row, ses, clock)
    assert announce(event_id=row.event_id) is None
    assert (current(row).state, ses.accepted) == ("held", [])
    assert "This is news of long ago" in page(editor, row)
    assert buttons(editor, row) == ["release", "discard"]


def test_a_person_releases_old_news(editor, clock):
    ids = make_readers(2)
    row, ses = make_old_news(), FakeSes()
    with mock.patch("notifications.announce.sns") as sns:
        step(editor, row, "release")
    assert sns.return_value.publish.call_count == 1
    walk(row, ses, clock)
    assert (current(row).state, current(row).reason) == ("done", "")
    assert set(ses.counts) == set(ids)
    assert "not possible any more" in text(step(editor, row, "release"))


def test_a_person_discards_old_news(editor, clock):
    make_readers(2)
    row, ses = make_old_news(), FakeSes()
    step(editor, row, "discard")
    walk(row, ses, clock)
    assert (current(row).state, current(row).reason) == ("cancelled", Reason.DISCARDED)
    assert ses.accepted == []


def test_a_later_change_takes_the_place_of_old_news(editor):
    row = make_old_news()
    event_update(event_id=row.event_id, version=1, data=make_data(title="Winter fair"))
    announce(event_id=row.event_id)
    new, old = event_announcements(row.event_id)
    assert (new.kind, new.state) == ("published", "sending")
    assert (old.state, old.reason) == ("cancelled", Reason.SUPERSEDED)
    assert "not possible any more" in text(step(editor, row, "release"))


# --- Mails in doubt ---------------------------------------------------------------------------


@pytest.fixture
def parked(clock):
    """An announcement that is done but for one mail, of which nobody knows."""
    ids = make_readers(2)
    row, ses = make_announcement(), FakeSes("", "dropped")
    walk(row, ses, clock)
    for outcome in ("dropped", ""):
        clock.sleep(95)
        ses.script = [outcome] * 20
        sweep(worker=make_worker(ses, clock))
    return row, ids


def decide(client, row, decision, key="00."):
    data = {"chunk": key, "decision": decision}
    return client.post(PAGE.format(row.id, "parked"), data, follow=True)


def test_mails_in_doubt_wait_for_a_person(editor, parked, clock):
    row, ids = parked
    assert current(row).state == "done"
    assert announcement_sums(current(row)) == Sums(audience=2, sent=1, parked=1)
    (chunk,) = parked_chunks(current(row))
    assert chunk.unproven == (ids[1],)
    shown = page(editor, row)
    assert "1 reader of shard 00" in shown
    assert re.findall(r"<td>(\d+)</td>", shown) == ["1", "0", "0", "0", "1", "2", "0", "0"]


def test_a_person_resends_once_more(editor, parked, clock):
    row, ids = parked
    ses = FakeSes()
    decide(editor, row, "resend")
    assert current(row).state == "sending"
    assert "not possible any more" in text(decide(editor, row, "resend"))
    assert finish(row, ses, clock, events=False) == Sums(audience=2, sent=2)
    assert current(row).state == "done"
    assert [*ses.counts] == [ids[1]]
    assert history() == [
        "State: sending. The mails in doubt are sent once more within a minute or two."
    ]


def test_a_resent_mail_that_stays_in_doubt_is_parked_again(editor, parked, clock):
    row, _ = parked
    decide(editor, row, "resend")
    ses = FakeSes(*["dropped"] * 20)
    assert finish(row, ses, clock, events=False) == Sums(audience=2, sent=1, parked=1)
    assert "1 reader of shard 00" in page(editor, row)


def test_a_person_leaves_it(editor, parked):
    row, _ = parked
    decide(editor, row, "leave")
    assert announcement_sums(current(row)) == Sums(audience=2, sent=1, parked=1)
    assert current(row).state == "done"
    assert parked_chunks(current(row)) == []
    assert "not possible any more" in text(decide(editor, row, "resend"))
    assert history() == ["State: done. The mails in doubt are left as they are."]


def test_all_in_doubt_can_be_decided_together(editor, clock, settings):
    settings.SHARD_COUNT = 2
    for shard in ("00", "01"):
        make_readers(1, shard=shard)
    row, ses = make_announcement(), FakeSes(*["dropped"] * 20)
    for _ in range(3):
        for shard in ("00", "01"):
            walk(row, ses, clock, shard=shard)
        clock.sleep(95)
        sweep(worker=make_worker(ses, clock))
    assert len(parked_chunks(current(row))) == 2
    assert "Resend all" in page(editor, row)
    decide(editor, row, "resend", "all")
    assert parked_chunks(current(row)) == []
    assert finish(row, FakeSes(), clock) == Sums(audience=2, sent=2)


@pytest.mark.parametrize("decision", ["resend", "leave"])
def test_of_two_people_who_decide_at_once_one_is_told_so(editor, parked, decision):
    row, _ = parked
    chunk = known(ledger.chunk_get(row.id, "00."))
    with mock.patch("notifications.admin.steps.parked_chunks", return_value=[chunk]):
        decide(editor, row, "leave")
        assert "not possible any more" in text(decide(editor, row, decision))


@pytest.mark.parametrize(
    ("decision", "key"), [("burn", "00."), ("resend", ""), ("leave", "0f.x"), ("", "00.")]
)
def test_only_what_is_parked_can_be_decided(editor, parked, decision, key):
    row, _ = parked
    assert "not possible any more" in text(decide(editor, row, decision, key))
    assert len(parked_chunks(current(row))) == 1


def test_a_late_event_settles_what_was_left(editor, parked, clock):
    row, ids = parked
    decide(editor, row, "leave")
    record_seen(row.id, "00.", [ids[1]])
    assert announcement_sums(current(row)) == Sums(audience=2, sent=2)


def test_a_page_costs_a_constant_number_of_reads(editor, clock):
    counts = []
    for number in (10, 400):
        make_readers(number)
        row = make_announcement()
        walk(row, FakeSes(), clock)
        with dynamodb_calls() as calls:
            editor.get(PAGE.format(row.id, "change"))
        assert calls == {"GetItem": 3}
        with dynamodb_calls() as calls:
            editor.get(PAGE.format(row.id, "live"))
        counts.append(calls)
    # Who it is, the announcement; how its mails were received.
    assert counts == [{"GetItem": 2, "Query": 1}] * 2
