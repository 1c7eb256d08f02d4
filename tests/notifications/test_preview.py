import pytest

from events.enums import EventStatus
from events.selectors import event_get
from events.services import event_cancel, event_update
from notifications.announce import announce
from notifications.announcements import Decision
from notifications.enums import AnnouncementKind
from notifications.preview import Preview, preview_announcement, upcoming
from notifications.review import announcement_of
from tests.dynamodb_calls import dynamodb_calls
from tests.factories import make_data, make_event
from tests.factories_subscriptions import known

pytestmark = pytest.mark.usefixtures("aws")
DRAFT, PUBLISHED, CANCELLED = EventStatus


def mail_of(row, *, language, timezone="") -> Preview:
    decision = known(upcoming(row))
    announcement = announcement_of(row, decision)
    return preview_announcement(announcement, language=language, timezone=timezone)


def test_of_a_draft_it_is_the_mail_that_announces_it():
    row = make_event(DRAFT)
    decision = known(upcoming(row))
    assert (decision.kind, decision.changes) == ("published", ())
    with dynamodb_calls() as calls:
        mail = mail_of(row, language="de", timezone="America/New_York")
    assert calls == {"Query": 1}
    assert mail.subject == "Neue Veranstaltung: Summer fair"
    for body in (mail.text, mail.html):
        assert "13:00 – 15:00, America/New York" in body
        assert "\x02" not in body
    assert 'href="#"' in mail.html


def test_of_a_change_it_is_what_readers_do_not_know_yet():
    row = make_event()
    announce(event_id=row.id)
    assert upcoming(event_get(row.id)) is None
    event_update(event_id=row.id, version=1, data=make_data(title="Winter fair"), note="*Brr*")
    row = event_get(row.id)
    decision = known(upcoming(row))
    assert (decision.kind, decision.note) == ("changed", "*Brr*")
    assert [each.field for each in decision.changes] == ["title"]
    assert "<em>Brr</em>" in mail_of(row, language="en").html


def test_of_a_cancellation_it_is_the_reason():
    row = make_event()
    announce(event_id=row.id)
    row = event_cancel(event_id=row.id, version=1, reason="Storm")
    mail = mail_of(row, language="fr")
    assert mail.subject == "Annulé : Summer fair"
    assert "Storm" in mail.text


def test_what_was_announced_can_be_seen_again_and_a_message_before_it_is_sent():
    row = make_event()
    announcement = known(announce(event_id=row.id))
    assert preview_announcement(announcement, language="es").subject == "Nuevo evento: Summer fair"
    message = Decision(AnnouncementKind.MESSAGE, note="Bring a **coat**.", subject="Hi")
    mail = preview_announcement(announcement_of(row, message), language="en")
    assert mail.subject == "Hi"
    assert "<strong>coat</strong>" in mail.html
