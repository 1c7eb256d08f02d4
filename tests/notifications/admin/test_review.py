from datetime import UTC, datetime, timedelta
from unittest import mock

import pytest
from django.contrib.admin.models import LogEntry

from events.enums import EventStatus
from events.selectors import event_get
from events.services import event_cancel, event_update
from ivent_site.ids import uuid7
from notifications.transports import RefusedError
from notifications.transports.account import Account, AccountUnknownError
from tests.dynamodb_calls import dynamodb_calls
from tests.events.staff import CHANGE, entered, signed_in, text
from tests.factories import NO_EVENT, make_data, make_event, make_topic
from tests.factories_subscriptions import make_confirmed
from tests.notifications.sending import FakeSes, make_announcement

pytestmark = pytest.mark.usefixtures("aws")

NEWS = "/admin/notifications/announcement/event/{}/"
PAGE = "/admin/notifications/announcement/review/{}/"
ACCOUNT = Account(rate=14, left=200)


@pytest.fixture(autouse=True)
def account():
    with mock.patch("notifications.review.account_get", return_value=ACCOUNT) as account_get:
        yield account_get


@pytest.fixture
def ses():
    ses = FakeSes()
    with mock.patch("notifications.trial.default_transport", return_value=ses):
        yield ses


@pytest.fixture
def editor():
    with signed_in("editors") as client:
        yield client


def draft(**values):
    return make_event(EventStatus.DRAFT, **values)


def history():
    return [entry.get_change_message() for entry in LogEntry.objects.filter(user_id="sub-1")]


def test_it_shows_the_mail_of_each_language_and_whom_it_reaches(editor):
    make_topic("music")
    make_topic("sport")
    make_confirmed(topics=["music"], locale="de")
    make_confirmed(topics=["sport"])
    make_confirmed()
    row = draft(topics=("music",))
    page = editor.get(PAGE.format(row.id))
    review = page.context["review"]
    assert [(mail.language, mail.readers) for mail in review.mails] == [
        *(("en", 1), ("en-gb", 0), ("de", 1), ("fr", 0), ("es", 0)),
    ]
    assert (review.total, review.topics) == (2, [("music", 1), ("", 1)])
    assert review.duration == "less than a minute"
    shown = text(page)
    for words in (
        "New event: Summer fair",
        "Neue Veranstaltung: Summer fair",
        "Nouvel",
        "14 mails",
    ):
        assert words in shown
    assert event_get(row.id).version == 1


def test_it_costs_the_same_however_many_readers_and_announcements(editor):
    row = draft()
    for number in (1, 3):
        for _ in range(number):
            make_confirmed()
            make_announcement()
        with dynamodb_calls() as calls:
            assert editor.get(PAGE.format(row.id)).status_code == 200
        # Who it is and the event; its announcements, the readers, and the newest announcements.
        assert calls == {"GetItem": 2, "Query": 3, "BatchGetItem": 1}


def test_publishing_publishes_what_was_seen_and_the_history_knows(editor):
    row = draft()
    reply = editor.post(PAGE.format(row.id), {"version": "1", "publish": "1"})
    assert reply["Location"] == f"{NEWS.format(row.id)}?after=2"
    assert event_get(row.id).status == EventStatus.PUBLISHED
    # A second click leads to the same place, and says nothing of a failure.
    again = editor.post(PAGE.format(row.id), {"version": "1", "publish": "1"})
    assert again["Location"] == reply["Location"]
    assert history() == ["Status: “draft” → “published”."]


def test_what_was_changed_meanwhile_is_looked_at_again(editor):
    row = draft()
    event_update(event_id=row.id, version=1, data=make_data(title="Other"))
    reply = editor.post(PAGE.format(row.id), {"version": "1", "publish": "1"}, follow=True)
    assert "look at it again" in text(reply)
    assert event_get(row.id).status == EventStatus.DRAFT
    assert history() == []


def test_a_draft_can_be_published_later(editor):
    row = draft()
    day = datetime.now(UTC).date() + timedelta(days=3)
    data = {"version": "1", "publish_at": "1", "date": f"{day}", "time": "09:30"}
    editor.post(PAGE.format(row.id), data)
    found = event_get(row.id)
    assert found.status == EventStatus.DRAFT
    assert found.publish_at is not None
    assert found.publish_at.date() == day
    assert history() == [f"Publish at: none → {found.publish_at.isoformat(' ')}."]


@pytest.mark.parametrize("data", [{"date": "2020-01-01", "time": "09:00"}, {"date": "x"}, {}])
def test_a_time_that_is_none_is_told_and_nothing_happens(editor, data):
    row = draft()
    reply = editor.post(PAGE.format(row.id), {"version": "1", "publish_at": "1", **data})
    assert reply.context["form"].errors
    assert event_get(row.id).version == 1


def test_a_test_goes_to_oneself_only_and_says_that_it_is_one(editor, ses):
    make_confirmed("reader@example.com")
    row = draft()
    data = {"version": "1", "test": "1", "language": "de"}
    reply = editor.post(PAGE.format(row.id), data, follow=True)
    assert "on its way to ann@x.example" in text(reply)
    (mail,) = ses.accepted
    assert (mail.to, mail.letter.subject) == (
        "ann@x.example",
        "[Test] Neue Veranstaltung: Summer fair",
    )
    assert not any("Unsubscribe" in name for name in mail.letter.headers)
    assert mail.letter.calendar is not None
    assert event_get(row.id).version == 1


@pytest.mark.parametrize("language", ["", "xx", "en-US"])
def test_a_test_in_no_language_of_ours_is_refused(editor, ses, language):
    row = draft()
    data = {"version": "1", "test": "1", "language": language}
    assert "no mail to test" in text(editor.post(PAGE.format(row.id), data, follow=True))
    assert ses.accepted == []


def test_a_test_that_ses_refuses_is_told(editor):
    row = draft()
    error = RefusedError("AccountSendingPaused", retryable=False)
    with mock.patch("notifications.trial.default_transport") as transport:
        transport.return_value.send.side_effect = error
        data = {"version": "1", "test": "1", "language": "en"}
        reply = editor.post(PAGE.format(row.id), data, follow=True)
    assert "The test was not sent: AccountSendingPaused" in text(reply)


def test_a_change_is_reviewed_before_it_is_saved(editor):
    row = make_announcement()
    data = entered(title="Winter fair", start_time="18:00", note="It snowed.", _review="1")
    page = editor.post(PAGE.format(row.event_id), data)
    review = page.context["review"]
    # Without a script the end follows the start on the server.
    changed = ["title", "starts", "ends"]
    assert [change.field for change in review.decision.changes] == changed
    assert review.changed == "title, start, end"
    shown = text(page)
    assert "The end has moved along with the start." in shown
    assert "6:00 PM – 8:00 PM Europe/Berlin (CEST)" in shown
    assert "(2 hours)" in shown
    assert "Changed: Winter fair" in shown
    assert "It snowed." in shown
    assert event_get(row.event_id).title == "Summer fair"
    kept = dict(page.context["entered"])
    assert (kept["title"], kept["announce"]) == ("Winter fair", "on")
    assert "_review" not in kept
    editor.post(CHANGE.format(row.event_id), {**kept, "_continue": "1"})
    assert event_get(row.event_id).title == "Winter fair"


def test_a_change_that_is_not_announced_says_so(editor):
    row = make_announcement()
    data = entered(title="Winter fair", announce=None, _review="1")
    page = editor.post(PAGE.format(row.event_id), data)
    assert (page.context["review"].decision, page.context["review"].mails) == (None, [])
    assert "is switched off" in text(page)
    assert "tell the readers" not in text(page)


def test_a_change_with_faults_comes_back_as_the_form(editor):
    row = make_announcement()
    page = editor.post(PAGE.format(row.event_id), entered(title="", _review="1"))
    assert page.context["errors"]
    assert event_get(row.event_id).version == 1


WRITTEN = {"kind": "message", "subject": "Bring a coat", "text": "It is **cold**."}


def written(**changes):
    return {**WRITTEN, "token": uuid7(), **changes}


def test_a_message_is_seen_as_its_readers_get_it_and_sent_as_it_was_seen(editor):
    make_confirmed(locale="fr")
    make_confirmed()
    row = make_announcement()
    page = editor.post(PAGE.format(row.event_id), written())
    review = page.context["review"]
    assert (review.decision.kind, review.total) == ("message", 2)
    assert [(mail.language, mail.readers) for mail in review.mails][:4] == [
        *(("en", 1), ("en-gb", 0), ("de", 0), ("fr", 1)),
    ]
    shown = text(page)
    for words in ("<strong>cold</strong>", "Bring a coat", "SES's quota", "Go on writing"):
        assert words in shown
    assert "There is no description" not in shown
    assert event_get(row.event_id).message is None
    kept = dict(page.context["entered"])
    sent = editor.post(page.context["form_url"], {**kept, "confirmed": "yes"}, follow=True)
    assert "The message is on its way." in text(sent)
    assert event_get(row.event_id).message == {"subject": "Bring a coat", "text": WRITTEN["text"]}


def test_a_message_with_faults_comes_back_as_its_form(editor):
    row = make_announcement()
    page = editor.post(PAGE.format(row.event_id), written(text=" "))
    assert page.context["form"].errors
    assert 'value="Bring a coat"' in text(page)


def test_a_cancellation_is_seen_with_its_reason_before_it_is_done(editor):
    make_confirmed()
    row = make_announcement()
    asked = {"kind": "cancellation", "reason": "A **storm**."}
    page = editor.post(PAGE.format(row.event_id), asked)
    assert page.context["review"].total == 1
    shown = text(page)
    for words in (
        "Cancelled: Summer fair",
        "<strong>storm</strong>",
        "Cancel the event",
        "Keep the event",
    ):
        assert words in shown
    assert event_get(row.event_id).status == EventStatus.PUBLISHED
    editor.post(page.context["form_url"], dict(page.context["entered"]))
    event = event_get(row.event_id)
    assert (event.status, event.notes) == (EventStatus.CANCELLED, [[2, "A **storm**."]])
    assert history() == ["Status: “published” → “cancelled”."]


def test_a_cancellation_of_which_nobody_is_told_says_so(editor):
    page = editor.post(PAGE.format(make_event().id), {"kind": "cancellation", "reason": ""})
    assert page.context["review"].mails == []
    assert "so nobody gets a mail" in text(page)


def test_a_reason_that_no_mail_can_carry_comes_back(editor):
    row = make_announcement()
    asked = {"kind": "cancellation", "reason": "x" * 2001}
    shown = text(editor.post(PAGE.format(row.event_id), asked))
    assert "At most 2000 characters" in shown
    assert "x" * 2001 in shown


@pytest.mark.parametrize(
    ("asked", "subject"),
    [
        (written(), "[Test] Bring a coat"),
        ({"kind": "cancellation", "reason": "A storm."}, "[Test] Cancelled: Summer fair"),
        (entered(title="Winter fair"), "[Test] Changed: Winter fair"),
    ],
)
def test_of_each_kind_of_mail_a_test_goes_to_oneself(editor, ses, asked, subject):
    make_confirmed("reader@example.com")
    row = make_announcement()
    page = editor.post(PAGE.format(row.event_id), {**asked, "test": "1", "language": "en"})
    assert "on its way to ann@x.example" in text(page)
    (mail,) = ses.accepted
    assert (mail.to, mail.letter.subject) == ("ann@x.example", subject)
    assert page.context["review"].total == 1
    assert not {"test", "language"} & dict(page.context["entered"]).keys()
    assert event_get(row.event_id).version == 1


def test_what_is_no_draft_has_no_review_of_its_own(editor):
    published = make_event()
    cancelled = make_event()
    event_cancel(event_id=cancelled.id, version=1)
    for row in (published, cancelled):
        assert editor.get(PAGE.format(row.id))["Location"] == CHANGE.format(row.id)
    assert editor.get(PAGE.format(NO_EVENT)).status_code == 404
    assert editor.get(PAGE.format("nothing")).status_code == 404


def test_viewers_review_nothing():
    row = draft()
    with signed_in("viewers") as client:
        assert client.get(PAGE.format(row.id)).status_code == 403
        assert client.post(PAGE.format(row.id), {"version": "1"}).status_code == 403
    assert event_get(row.id).version == 1


def test_a_silent_ses_does_not_stop_the_review(editor, account):
    account.side_effect = AccountUnknownError("x")
    page = editor.get(PAGE.format(draft().id))
    assert "its quota is not known" in text(page)
