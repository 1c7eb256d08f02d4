"""The corrected calendar entry: sent by a person, for one event or for many."""

from unittest import mock

import pytest
from django.contrib.admin.models import LogEntry
from freezegun import freeze_time

from events.derive import derive_event
from events.errors import TransitionError
from events.selectors import event_get, events_moved
from events.services import event_correct, event_undo
from ivent_site.preferences.selectors import preferences_now
from ivent_site.preferences.services import preferences_update
from notifications.announce import announce
from notifications.announcements import event_announcements
from notifications.transports.account import Account
from tests.clock.events import NOW, announced, disputed_time, moment, posted
from tests.clock.rules import CHANGED_ZONES, NEW, OLD, rules, switch_rules
from tests.dynamodb_calls import dynamodb_calls
from tests.events.staff import CHANGE, signed_in, text
from tests.factories import api_client
from tests.notifications.sending import Clock, FakeSes, make_readers, walk

pytestmark = pytest.mark.usefixtures("aws", "moved_rules")
VANCOUVER = "America/Vancouver"
OVERVIEW, MOVED = "/admin/", "/admin/notifications/announcement/moved/"
REVIEW, REVIEWS = (
    "/admin/notifications/announcement/review/{}/",
    "/admin/notifications/announcement/reviews/",
)


@pytest.fixture
def moved_rules():
    with freeze_time(NOW), rules(OLD):
        yield


@pytest.fixture(autouse=True)
def account():
    account = Account(rate=1, left=200)
    with mock.patch("notifications.review.account_get", return_value=account):
        yield


@pytest.fixture
def editor():
    with signed_in("editors") as client:
        yield client


def moved(zone=VANCOUVER, **more):
    """An event that was announced, and that new rules have moved since."""
    switch_rules(OLD)
    event = posted(zone, **more)
    announce(event_id=event["id"])
    switch_rules(NEW)
    assert derive_event(event_get(event["id"]), now=NOW)
    return event_get(event["id"])


def mails(row, readers):
    ses = FakeSes()
    walk(row, ses, Clock(NOW))
    assert len(ses.accepted) == readers
    return ses.accepted


@pytest.mark.parametrize(
    ("locale", "said"),
    [
        ("en", "The time is the same: 6 PM. Here is the corrected calendar entry."),
        ("de", "Die Uhrzeit bleibt gleich: 18 Uhr. Hier ist der berichtigte Kalendereintrag."),
        ("fr", "L’heure reste la même : 18 h. Voici l’entrée de calendrier corrigée."),
        ("es", "La hora es la misma: 18:00. Esta es la entrada de calendario corregida."),
    ],
)
def test_it_says_that_the_time_is_the_same_and_brings_the_right_entry(locale, said):
    row = moved()
    make_readers(1, locale=locale)
    event_correct(event_id=row.id, version=int(row.version))
    sent = announced(row.id)
    [mail] = mails(sent, 1)
    assert (sent.kind, sent.id) == ("corrected", f"{row.id}.000003.corrected")
    assert said in mail.text
    assert said.replace("’", "&#x27;") in mail.html or said in mail.html
    calendar = mail.letter.calendar.content.decode()
    assert "SEQUENCE:3" in calendar
    assert "METHOD:PUBLISH" in calendar


@pytest.mark.parametrize("zone", CHANGED_ZONES)
def test_once_it_is_sent_nothing_is_left_to_correct(zone):
    row = moved(zone)
    assert [each.id for each in events_moved(now=NOW, limit=5)] == [row.id]
    event_correct(event_id=row.id, version=int(row.version))
    announce(event_id=row.id)
    after = event_get(row.id)
    assert (after.told, after.correction_version, after.announce_version) == (None, None, None)
    assert events_moved(now=NOW, limit=5) == []
    with pytest.raises(TransitionError):
        event_correct(event_id=row.id, version=int(after.version))
    # Asked for twice at once, it is one.
    assert announce(event_id=row.id) is None
    kinds = [each.kind for each in event_announcements(row.id)]
    assert kinds == ["corrected", "published"]


def test_it_can_be_undone_and_is_still_to_be_sent_then():
    row = moved()
    preferences_update(version=preferences_now().version, undo_window_s=60)
    after = event_correct(event_id=row.id, version=int(row.version))
    event_undo(event_id=row.id, version=int(after.version))
    assert announce(event_id=row.id) is None
    assert event_get(row.id).told == row.told


def test_a_change_that_is_announced_corrects_it_too():
    row = moved()
    api_client("editors").patch(f"/events/{row.id}", {"title": "Fair!"})
    announce(event_id=row.id)
    assert event_get(row.id).told is None


def test_the_event_s_page_and_the_overview_say_what_was_told_and_what_is_right(editor):
    row = moved()
    said = "Subscribers were told UTC−08:00, right is UTC−07:00."
    assert said in text(editor.get(CHANGE.format(row.id)))
    page = text(editor.get(OVERVIEW))
    assert "New rules of time zones have moved 1 upcoming event" in page
    assert said in page
    assert said in text(editor.get(MOVED))


def test_staff_read_the_canonical_name_of_the_zone(editor):
    row = moved("Canada/Pacific")
    page = text(editor.get(CHANGE.format(row.id)))
    assert "New rules for clocks in America/Vancouver: the event stays" in page


def test_one_is_reviewed_and_sent(editor):
    make_readers(1)
    row = moved()
    page = text(editor.post(REVIEW.format(row.id), {"kind": "correction"}))
    assert "The time is the same: 6 PM." in page
    assert "Send to all subscribers" in page
    editor.post(f"/admin/events/event/{row.id}/correct/", {"version": int(row.version)})
    assert announced(row.id).kind == "corrected"
    entries = [each.change_message for each in LogEntry.objects.filter(user_id="sub-1")]
    assert entries == ["The corrected calendar entry is on its way."]


def test_all_are_reviewed_and_sent_together(editor):
    rows = [moved(zone) for zone in (VANCOUVER, "America/Edmonton", "America/Havana")]
    still = posted("Europe/Chisinau", all_day=True)
    ids = [row.id for row in rows]
    page = text(editor.get(MOVED))
    assert "Review the corrected calendar entries of 3 events" in page
    assert still["id"] not in page
    review = editor.post(REVIEWS, {"kind": "correction", "event": ids})
    assert [each.is_ready for each in review.context["events"]] == [True] * 3
    seen = [f"{row.id}:{int(row.version)}" for row in map(event_get, ids)]
    done = editor.post(REVIEWS, {"kind": "correction", "seen": seen})
    assert "The corrected calendar entries of 3 events are on their way." in text(done)
    assert {announced(each).kind for each in ids} == {"corrected"}
    assert "Subscribers know the right moment of every event." in text(editor.get(MOVED))


def test_the_list_costs_three_calls_however_many_there_are(editor):
    costs = []
    for _ in range(2):
        for _ in range(3):
            moved()
        with dynamodb_calls() as calls:
            assert editor.get(MOVED).status_code == 200
        costs.append(dict(calls))
    assert costs[0] == costs[1] == {"GetItem": 1, "Query": 1, "BatchGetItem": 1}


def test_viewers_see_the_list_and_send_nothing():
    row = moved()
    with signed_in("viewers") as viewer:
        assert "Review the corrected" not in text(viewer.get(MOVED))
        page = viewer.post(f"/admin/events/event/{row.id}/correct/", {"version": int(row.version)})
        assert page.status_code == 403


def test_readers_elsewhere_get_the_right_hour():
    row = moved()
    make_readers(1, timezone="UTC", locale="de")
    event_correct(event_id=row.id, version=int(row.version))
    [mail] = mails(announced(row.id), 1)
    assert f"{moment(disputed_time(VANCOUVER), VANCOUVER, NEW):%H:%M}" in mail.text
