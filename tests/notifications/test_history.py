from datetime import UTC, datetime, timedelta

import pytest

from notifications.diagnoses import diagnosis_text
from notifications.enums import Outcome
from notifications.history import Fate, recent_announcements, recipient_entry, recipient_history
from notifications.refused import refused_resend
from notifications.tables import OutcomeRow
from notifications.tally import Sums
from subscriptions.selectors import subscription_get
from subscriptions.services import subscription_leave
from tests.dynamodb_calls import dynamodb_calls
from tests.events.staff import signed_in, text
from tests.factories_subscriptions import known, make_confirmed
from tests.notifications.sending import (
    FakeSes,
    WorkerKilledError,
    current,
    finish,
    make_announcement,
    make_readers,
    walk,
)

pytestmark = pytest.mark.usefixtures("aws")

LIST = "/admin/notifications/announcement/"
AT = datetime(2026, 11, 22, 10, 2, 14, tzinfo=UTC)


def ana():
    return make_confirmed("ana@example.com", shard="00")


def entry(row, person):
    return recipient_entry(current(row), known(subscription_get(person.id)))


def told(row, person, outcome, **values):
    OutcomeRow(
        f"recipient#{person.id}",
        f"{row.id}#{outcome}",
        outcome=outcome.value,
        announcement_id=row.id,
        at=AT,
        expires_at=AT,
        **values,
    ).save()


@pytest.mark.parametrize("position", [0, 49, 50, 119])
def test_every_reader_is_found_wherever_in_a_chunk(clock, position):
    ids = make_readers(120)
    row = make_announcement()
    walk(row, FakeSes(), clock)
    person = known(subscription_get(ids[position]))
    with dynamodb_calls() as calls:
        found = recipient_entry(row, person)
    assert found.fate == Fate.SENT
    assert found.sent_at is not None
    assert abs(found.sent_at.timestamp() - clock()) < 30
    # Of SES's words, of the ledger; and whether the chunk is committed.
    assert calls == {"Query": 2, "GetItem": 1}


def test_before_its_turn_a_mail_is_not_yet_sent(clock):
    person, row = ana(), make_announcement()
    assert entry(row, person).fate == Fate.NOT_YET


def test_who_came_later_was_not_meant(clock):
    make_readers(1)
    row = make_announcement()
    walk(row, FakeSes(), clock)
    assert entry(row, ana()).fate == Fate.NOT_MEANT


def test_a_mail_of_which_nobody_can_tell_is_in_doubt(clock):
    person, row = ana(), make_announcement()
    walk(row, FakeSes("lost"), clock)
    assert entry(row, person).fate == Fate.IN_DOUBT
    assert finish(row, FakeSes(), clock).sent == 1
    assert entry(row, person).fate == Fate.SENT


def test_while_the_worker_has_it_a_mail_is_under_way(clock):
    person, row = ana(), make_announcement()
    with pytest.raises(WorkerKilledError):
        walk(row, FakeSes("killed"), clock)
    assert entry(row, person).fate == Fate.UNDER_WAY


def test_a_refusal_is_told_with_its_reason(clock):
    person, row = ana(), make_announcement()
    walk(row, FakeSes("reject"), clock)
    found = entry(row, person)
    assert (found.fate, found.refusal, found.sent_at) == (Fate.REFUSED, "MessageRejected", None)


def test_of_who_was_refused_and_sent_to_once_more_the_whole_story_is_told(clock):
    make_readers(1)
    person, row = ana(), make_announcement()
    first = datetime.fromtimestamp(clock(), UTC)
    walk(row, FakeSes("", "reject"), clock)
    clock.sleep(600)
    refused_resend(current(row))
    assert entry(row, person).fate == Fate.AGAIN
    second = datetime.fromtimestamp(clock(), UTC)
    assert finish(row, FakeSes(), clock) == Sums(audience=2, sent=2)
    found = entry(row, person)
    assert (found.fate, found.first_refusal, found.refusal) == (Fate.SENT, "MessageRejected", "")
    assert abs(known(found.first_at) - first) < timedelta(seconds=2)
    assert abs(known(found.sent_at) - second) < timedelta(seconds=2)
    with signed_in("viewers") as client:
        shown = text(client.post(f"{LIST}{row.id}/find/", {"person": "ana@example.com"}))
    for words in ("At first refused by SES", "SES would not take", "Sent once more:", "Sent"):
        assert words in shown


def test_who_was_refused_twice_is_told_both(clock):
    person, row = ana(), make_announcement()
    walk(row, FakeSes("reject"), clock)
    refused_resend(current(row))
    finish(row, FakeSes("reject"), clock)
    found = entry(row, person)
    assert (found.fate, found.first_refusal) == (Fate.REFUSED, "MessageRejected")
    assert found.first_at is not None
    assert found.refused_at is not None


def test_beside_a_mail_that_was_sent_once_more_the_others_keep_their_time(clock):
    (other,) = make_readers(1)
    row = make_announcement()
    person = ana()
    before = clock()
    walk(row, FakeSes("", "lost"), clock)
    clock.sleep(600)
    finish(row, FakeSes(), clock)
    found = entry(row, person)
    assert (found.fate, found.first_refusal) == (Fate.SENT, "")
    assert known(found.sent_at) - known(found.first_at) > timedelta(seconds=500)
    untouched = entry(row, known(subscription_get(other)))
    assert untouched.first_at is None
    assert abs(known(untouched.sent_at).timestamp() - before) < 2


def test_the_last_word_of_ses_is_told_in_plain_words(clock):
    person, row = ana(), make_announcement()
    walk(row, FakeSes(), clock)
    told(row, person, Outcome.DELAYED)
    told(row, person, Outcome.BOUNCED, status="5.1.1", diagnosis="550 unknown user")
    found = entry(row, person)
    assert (found.outcome, found.outcome_at) == (Outcome.BOUNCED, AT)
    with signed_in("viewers") as client:
        shown = text(client.post(f"{LIST}{row.id}/find/", {"person": " Ana@Example.com"}))
    for words in ("Sent", "bounced for good", "10:02:14", "There is no such mailbox.", "550 unk"):
        assert words in shown


def test_a_part_of_a_name_shows_each_subscriber_whose_line_the_page_fetches(clock):
    row = make_announcement()
    ana = make_confirmed("ana@example.com", name="Ana Silva")
    anna = make_confirmed("bea@example.com", name="Savannah")
    with signed_in("viewers") as client:
        shown = text(client.post(f"{LIST}{row.id}/find/", {"person": "ana"}))
        assert f"person/{ana.id}/{row.id}/" not in shown
        assert "Ana Silva (ana@example.com)" in shown
        shown = text(client.post(f"{LIST}{row.id}/find/", {"person": "an"}))
        for person in (ana, anna):
            assert f"person/{person.id}/{row.id}/" in shown
        assert "Savannah" in shown
        for _ in range(20):
            make_confirmed(name="Ananda")
        assert "There are more" in text(client.post(f"{LIST}{row.id}/find/", {"person": "ana"}))


def test_a_text_that_finds_no_subscriber_is_answered(clock):
    row = make_announcement()
    with signed_in("viewers") as client:
        for words, answer in {
            "bea@example.com": "No subscriber has this",
            "x" * 300: "No subscriber has this",
            "": "two characters or more",
            "@": "two characters or more",
        }.items():
            reply = client.post(f"{LIST}{row.id}/find/", {"person": words})
            assert answer in text(reply)
        assert client.get(f"{LIST}{row.id}/find/").status_code == 405
        assert client.post(f"{LIST}nothing/find/", {"person": "a@example.com"}).status_code == 404


def test_a_person_s_page_shows_announcements_since_the_person_came(clock):
    old = make_announcement(title="Old fair")
    finish(old, FakeSes(), clock)
    person = ana()
    rows = [make_announcement(title=f"Fair {number}") for number in range(7)]
    with signed_in("viewers") as client:
        with dynamodb_calls() as calls:
            first = client.get(f"{LIST}person/{person.id}/")
        assert calls == {"GetItem": 2, "Query": 1, "BatchGetItem": 1}
        assert [row.id for row in first.context["rows"]] == [row.id for row in rows[:1:-1]]
        key = first.context["next_key"]
        older = client.get(f"{LIST}person/{person.id}/", {"before": key})
        assert [row.id for row in older.context["rows"]] == [rows[1].id, rows[0].id]
        assert "Show older ones" not in text(older)
        line = text(client.get(f"{LIST}person/{person.id}/{rows[0].id}/"))
        assert "Not sent yet" in line
        nobody = old.event_id
        assert client.get(f"{LIST}person/{nobody}/").status_code == 404
        assert client.get(f"{LIST}person/{person.id}/{nobody}/").status_code == 404


def test_the_whole_history_of_a_person_can_be_given_out(clock):
    person = ana()
    row = make_announcement()
    walk(row, FakeSes(), clock)
    told(row, person, Outcome.DELIVERED)
    (found,) = recipient_history(person.id)
    assert (found.announcement.id, found.fate) == (row.id, Fate.SENT)
    assert (found.outcome, found.outcome_at) == (Outcome.DELIVERED, AT)
    assert recipient_history(row.event_id) == []


def test_who_left_in_between_was_spared(clock):
    ids = make_readers(2)
    row, ses = make_announcement(), FakeSes("dropped")
    walk(row, ses, clock)
    subscription_leave(subscription_id=ids[0])
    finish(row, FakeSes(), clock)
    assert entry(row, known(subscription_get(ids[0]))).fate == Fate.LEFT


def test_recent_announcements_go_on_where_a_page_ended():
    rows = [make_announcement() for _ in range(3)]
    first = recent_announcements(limit=2)
    assert [row.id for row in first.rows] == [rows[2].id, rows[1].id]
    rest = recent_announcements(limit=2, before_key=known(first.next_key))
    assert ([row.id for row in rest.rows], rest.next_key) == ([rows[0].id], None)


@pytest.mark.parametrize(
    ("status", "diagnosis", "words"),
    [
        ("5.1.1", "", "There is no such mailbox."),
        ("5.1.2", "", "The domain of the address"),
        ("4.2.2", "", "The mailbox is full."),
        ("5.2.2", "", "The mailbox is full."),
        ("5.7.26", "", "as spam"),
        ("4.4.7", "", "could not be reached"),
        ("", "MailboxFull", "The mailbox is full."),
        ("5.0.0", "OnAccountSuppressionList", "SES suppresses this address"),
        ("5.0.0", "General", ""),
        ("", "", ""),
    ],
)
def test_status_codes_have_plain_words(status, diagnosis, words):
    found = diagnosis_text(status=status, diagnosis=diagnosis)
    assert words in found
    assert bool(words) == bool(found)
