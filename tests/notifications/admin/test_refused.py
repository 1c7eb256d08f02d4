import re

import pytest
from django.contrib.admin.models import LogEntry

from events.services import event_update
from notifications.announce import announce
from notifications.announcements import announcement_sums
from notifications.tally import Sums
from tests.dynamodb_calls import dynamodb_calls
from tests.events.staff import signed_in, text
from tests.factories import make_data
from tests.notifications.sending import (
    FakeSes,
    current,
    finish,
    make_announcement,
    make_readers,
    walk,
)

pytestmark = pytest.mark.usefixtures("aws")

PAGE = "/admin/notifications/announcement/{}/{}/"
REJECTED = "SES would not take the message"


@pytest.fixture
def editor():
    with signed_in("editors") as client:
        yield client


@pytest.fixture
def refused(clock):
    """An announcement that is done, of which SES refused two mails of four."""
    make_readers(4)
    row = make_announcement()
    walk(row, FakeSes("", "reject", "reject"), clock)
    return row


def ask(client, row):
    return text(client.get(PAGE.format(row.id, "refused")))


def resend(client, row):
    return text(client.post(PAGE.format(row.id, "refused"), follow=True))


def test_a_person_has_the_refused_sent_to_once_more_after_one_question(editor, refused, clock):
    page = text(editor.get(PAGE.format(refused.id, "change")))
    assert re.search(rf"2 readers:\s+{REJECTED}", page)
    assert "Resend to 2 readers" in page
    question = ask(editor, refused)
    assert "Send the mail once more to the 2 readers whose mail SES refused?" in question
    assert "Summer fair (published)" in question
    assert current(refused).state == "done"
    assert "is sent once more within a minute or two" in resend(editor, refused)
    live = text(editor.get(PAGE.format(refused.id, "live")))
    assert "What SES had refused is sent once more" in live
    assert 'hx-trigger="every 3s"' in live
    ses = FakeSes()
    assert finish(refused, ses, clock) == Sums(audience=4, sent=4)
    assert len(ses.accepted) == 2
    assert REJECTED not in text(editor.get(PAGE.format(refused.id, "change")))
    (entry,) = LogEntry.objects.filter(user_id="sub-1")
    assert entry.get_change_message() == (
        "State: sending. What SES refused is sent once more within a minute or two."
    )


def test_a_second_press_changes_nothing(editor, refused):
    resend(editor, refused)
    assert "not possible any more" in resend(editor, refused)
    assert "There is nobody to send it to" in ask(editor, refused)
    assert LogEntry.objects.filter(user_id="sub-1").count() == 1


def test_old_news_is_offered_to_nobody(editor, refused, clock):
    event_update(event_id=refused.event_id, version=1, data=make_data(title="Winter fair"))
    announce(event_id=refused.event_id)
    assert "would be old news" in ask(editor, refused)
    assert "Yes, send it" not in ask(editor, refused)
    assert "not possible any more" in resend(editor, refused)
    assert announcement_sums(current(refused)) == Sums(audience=4, sent=2, refused=2)


def test_viewers_read_why_and_may_not_resend(refused):
    with signed_in("viewers") as client:
        page = text(client.get(PAGE.format(refused.id, "change")))
        assert REJECTED in page
        assert "Resend to" not in page
        for method in (client.get, client.post):
            assert method(PAGE.format(refused.id, "refused")).status_code == 403
    assert current(refused).state == "done"


def test_showing_asking_and_deciding_cost_few_calls(editor, refused):
    with dynamodb_calls() as calls:
        editor.get(PAGE.format(refused.id, "change"))
        editor.get(PAGE.format(refused.id, "live"))
    # What it costs of any announcement.
    assert calls == {"GetItem": 3 + 2, "Query": 1}
    with dynamodb_calls() as calls:
        ask(editor, refused)
    # Who it is, the announcement; what the event's readers have been told since.
    assert calls == {"GetItem": 2, "Query": 1}
    with dynamodb_calls() as calls:
        editor.post(PAGE.format(refused.id, "refused"))
    # The decision and its entry in the history are one transaction.
    assert calls == {"GetItem": 2, "Query": 1, "TransactWriteItems": 1}
