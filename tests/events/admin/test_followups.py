"""Undo, schedules, messages, copies and repetitions in the admin."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from django.contrib.admin.models import LogEntry

from events.announcing import event_acknowledge
from events.enums import EventStatus
from events.selectors import event_get, events_page
from events.services import event_create, event_update
from events.snapshot import row_data
from events.wall_clock import WallClock
from ivent_site.ids import uuid7
from ivent_site.preferences.services import preferences_update
from tests.events.staff import ADD, CHANGE, LIST, entered, signed_in, text
from tests.factories import make_data, make_event, make_topic

pytestmark = pytest.mark.usefixtures("aws")
DRAFT, PUBLISHED, CANCELLED = EventStatus


@pytest.fixture
def editor():
    with signed_in("editors") as client:
        yield client


def page(row, name):
    return f"/admin/events/event/{row.id}/{name}/"


def history():
    return [
        entry.get_change_message()
        for entry in LogEntry.objects.filter(user_id="sub-1").order_by("action_time")
    ]


def known_event():
    row = make_event()
    event_acknowledge(event_id=row.id, version=1)
    return row


def test_a_change_is_undone_with_a_button(editor, settings):
    settings.UNDO_WINDOW_S = 60
    row = known_event()
    event_update(event_id=row.id, version=1, data=make_data(title="Worse"))
    assert "Nothing has been sent yet." in text(editor.get(CHANGE.format(row.id)))
    editor.post(page(row, "undo"), {"version": "2"})
    assert row_data(event_get(row.id)) == make_data()
    assert history() == ["It is undone: nobody has been told. Title: “Worse” → “Summer fair”."]
    shown = text(editor.post(page(row, "undo"), {"version": "3"}, follow=True))
    assert "It is too late to undo" in shown
    assert editor.get(page(row, "undo")).status_code == 405


def hidden(shown):
    """What a page of hidden fields leads on to."""
    form = shown.partition("data-iv-go-on")[2].partition("</form>")[0]
    found: dict[str, list[str]] = {}
    for name, value in re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form):
        found.setdefault(name, []).append(value)
    return found


def test_an_undone_change_comes_back_in_the_form_unsaved(editor, settings):
    settings.UNDO_WINDOW_S = 60
    make_topic("music")
    row = known_event()
    sent = entered(
        title="“Worse”",
        topics=["music"],
        end_time="22:30",
        note="Two\nlines",
        description="a < b",
        reminders=["60"],
    )
    editor.post(CHANGE.format(row.id), sent)
    assert event_get(row.id).title == "“Worse”"
    shown = editor.post(page(row, "undo"), {"version": "2"}).content.decode()
    assert f'action="{CHANGE.format(row.id)}"' in shown
    fields = {name: [unescape(each) for each in values] for name, values in hidden(shown).items()}
    reply = editor.post(CHANGE.format(row.id), fields)
    again = text(reply)
    assert reply.status_code == 200
    assert "Your change was undone. It is still in the form, but not saved." in again
    for kept in ('value="“Worse”"', 'value="22:30"', "a < b", "Two\nlines"):
        assert kept in again
    assert 'name="seen_version" value="3"' in again
    assert "errornote" not in again
    assert row_data(event_get(row.id)) == make_data()
    # Saved from there, it is the same change.
    del fields["_kept"]
    editor.post(CHANGE.format(row.id), fields)
    assert row_data(event_get(row.id)) == replace(
        make_data(title="“Worse”", topics=("music",), description="a < b"),
        ends=WallClock.parse("2038-08-01T22:30"),
    )
    assert event_get(row.id).notes == [[4, "Two\nlines"]]


def test_an_undone_start_comes_back_with_the_end_that_it_had(editor, settings):
    settings.UNDO_WINDOW_S = 60
    row = known_event()
    form = entered(start_time="18:00", end_settled="1")
    editor.post(CHANGE.format(row.id), form)
    assert event_get(row.id).ends_at == make_data().ends_at
    fields = hidden(text(editor.post(page(row, "undo"), {"version": "2"})))
    again = text(editor.post(CHANGE.format(row.id), fields))
    assert 'value="18:00"' in again
    assert 'value="21:00"' in again


def test_an_undone_message_comes_back_in_its_form_and_can_be_sent(editor, settings):
    settings.UNDO_WINDOW_S = 60
    row = known_event()
    url = page(row, "message")
    written = {"subject": "Weather", "text": "Bring a **coat**.", "token": uuid7()}
    editor.post(url, {**written, "confirmed": "yes", "version": "1"})
    fields = hidden(text(editor.post(page(row, "undo"), {"version": "2"})))
    again = text(editor.post(url, fields))
    assert 'value="Weather"' in again
    assert "Bring a **coat**.</textarea>" in again
    assert event_get(row.id).message is None
    del fields["_kept"]
    editor.post(url, {**fields, "confirmed": "yes", "version": "3"})
    assert event_get(row.id).message == {"subject": "Weather", "text": "Bring a **coat**."}


@pytest.mark.parametrize("version", ["", "1", "x", "-1", "²"])
def test_who_has_not_seen_the_last_change_undoes_nothing(editor, settings, version):
    settings.UNDO_WINDOW_S = 60
    row = known_event()
    event_update(event_id=row.id, version=1, data=make_data(title="Worse"))
    shown = text(editor.post(page(row, "undo"), {"version": version}, follow=True))
    assert "Somebody else has changed" in shown
    assert event_get(row.id).title == "Worse"


def test_a_scheduled_draft_says_so_and_is_unscheduled(editor):
    at = datetime.now(UTC) + timedelta(days=1)
    row = event_create(data=make_data(), status=DRAFT, publish_at=at)
    assert "scheduled" in text(editor.get(LIST))
    assert "This draft publishes itself" in text(editor.get(CHANGE.format(row.id)))
    editor.post(CHANGE.format(row.id), entered(title="Edited"))
    assert (event_get(row.id).title, event_get(row.id).publish_at) == ("Edited", at)
    shown = text(editor.post(page(row, "unschedule"), {"version": "2"}, follow=True))
    assert "The draft is no longer scheduled." in shown
    assert event_get(row.id).publish_at is None


def test_a_note_goes_with_an_announced_change(editor):
    row = known_event()
    editor.post(CHANGE.format(row.id), entered(title="New", note=" Now\r\n**new** "))
    assert event_get(row.id).notes == [[2, "Now\n**new**"]]
    for changes, said in (
        ({"title": "Newer", "announce": None}, "which is switched off"),
        ({"title": "New"}, "write to readers instead"),
    ):
        form = entered(note="More", seen_version="2", **changes)
        assert said in text(editor.post(CHANGE.format(row.id), form))
    assert event_get(row.id).version == 2
    assert 'name="note"' not in text(editor.get(CHANGE.format(make_event(DRAFT).id)))


def test_reminders_are_ticked_and_the_defaults_are_ticked_already(editor):
    preferences_update(version=0, reminders=(1440, 45))
    shown = text(editor.get(ADD))
    assert "45 minutes before" in shown
    ticked = re.findall(r'name="reminders" value="(\d+)"[^>]* checked(?!:)', shown)
    assert ticked == ["1440", "45"]
    editor.post(ADD, entered(reminders=["10080", "45"]))
    (row,) = events_page(statuses=(DRAFT,), limit=2).events
    assert row.reminders == [10080, 45]
    editor.post(CHANGE.format(row.id), entered(reminders=["60"]))
    assert event_get(row.id).reminders == [60]
    refused = text(editor.post(CHANGE.format(row.id), entered(reminders=["1"])))
    assert "not one of the available choices" in refused


def test_a_cancellation_takes_a_reason_along(editor):
    row = known_event()
    editor.post(page(row, "cancel"), {"version": "1", "reason": " Storm.\r\nSorry. "})
    assert event_get(row.id).notes == [[2, "Storm.\nSorry."]]
    other = known_event()
    refused = editor.post(
        page(other, "cancel"), {"version": "1", "reason": "x" * 2001}, follow=True
    )
    assert "At most 2000 characters" in text(refused)
    assert event_get(other.id).status == PUBLISHED


def test_a_message_is_sent_once_as_it_was_looked_at(editor):
    row = known_event()
    url = page(row, "message")
    shown = text(editor.get(url))
    assert f'action="/admin/notifications/announcement/review/{row.id}/"' in shown
    assert 'name="token"' in shown
    written = {"subject": "The weather", "text": "Bring a\r\n**coat**.", "token": uuid7()}
    assert "**coat**" in text(editor.post(url, written))
    assert event_get(row.id).message is None
    seen = {**written, "confirmed": "yes", "version": "1"}
    assert "The message is on its way." in text(editor.post(url, seen, follow=True))
    assert event_get(row.id).message == {"subject": "The weather", "text": "Bring a\n**coat**."}
    news = f"/admin/notifications/announcement/event/{row.id}/?after=2"
    assert editor.post(url, seen)["Location"] == news
    assert (event_get(row.id).version, history()) == (
        2,
        ["A message was sent to readers: The weather"],
    )


def test_a_message_about_an_event_that_changed_meanwhile_is_looked_at_again(editor):
    row = known_event()
    event_update(event_id=row.id, version=1, data=make_data(title="Other"), announce=False)
    written = {"subject": "Hi", "text": "Come.", "token": uuid7(), "confirmed": "yes"}
    shown = text(editor.post(page(row, "message"), {**written, "version": "1"}))
    assert "Somebody else has changed" in shown
    assert "Come.</textarea>" in shown
    assert event_get(row.id).message is None


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"subject": "=?utf-8?q?x?="}, "may not contain"),
        ({"subject": "a\ufeffb"}, "U+FEFF"),
        ({"text": " "}, "This field is required."),
        ({"token": "x"}, "Open the form again."),
    ],
)
def test_a_message_that_breaks_a_rule_is_told_and_not_sent(editor, changes, said):
    row = known_event()
    written = {"subject": "Subject", "text": "Text", "token": uuid7(), "confirmed": "yes"}
    assert said in text(editor.post(page(row, "message"), written | changes))
    assert event_get(row.id).version == 1


def test_a_draft_has_nobody_to_write_to(editor):
    shown = text(editor.get(page(make_event(DRAFT), "message"), follow=True))
    assert "Only readers of a published event" in shown


def test_a_copy_is_a_draft(editor):
    row = event_create(data=make_data(topics=()), status=PUBLISHED, reminders=(60,))
    shown = text(editor.post(page(row, "duplicate"), follow=True))
    assert "This is the copy: a draft." in shown
    (copy,) = events_page(statuses=(DRAFT,), limit=2).events
    assert (row_data(copy), copy.reminders, copy.due_at) == (make_data(), [60], None)
    assert history() == ["Copied from another event."]


def test_an_event_is_repeated_once_its_dates_have_been_seen(editor):
    row = known_event()
    url = page(row, "repeat")
    assert "Monthly, on the first Sunday of the month" in text(editor.get(url))
    rule = {
        "pattern": "weekly",
        "interval": "1",
        "count": "3",
        "exceptions": "2038-08-15",
        "token": uuid7(),
    }
    shown = text(editor.post(url, rule))
    assert "Sunday, August 8, 2038, 7:00 PM Europe/Berlin (CEST)" in shown
    assert "2 drafts" in shown
    assert events_page(statuses=(DRAFT,), limit=2).events == []
    for _click in range(2):
        made = editor.post(url, rule | {"confirmed": "yes"}, follow=True)
        assert "2 drafts are made." in text(made)
    found = events_page(statuses=(DRAFT,), limit=5).events
    assert [f"{each.starts_at:%m-%d}" for each in found] == ["08-08", "08-22"]
    assert history() == ["Repeats another event."] * 2


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"count": "101"}, "less than or equal to 100"),
        ({"count": "", "until": "2060-01-01"}, "At most 100 repetitions"),
        ({"count": "", "until": "2038-08-02"}, "does not come again"),
        ({"count": ""}, "Say either how many times, or until when."),
        ({"until": "2039-01-01"}, "Say either how many times, or until when."),
        ({"exceptions": "Christmas"}, "Give days such as 2027-12-24."),
        ({"pattern": "daily"}, "not one of the available choices"),
    ],
)
def test_a_rule_that_makes_no_sense_is_told(editor, changes, said):
    rule = {"pattern": "weekly", "interval": "1", "count": "3", "token": uuid7()}
    shown = text(editor.post(page(known_event(), "repeat"), rule | changes | {"confirmed": "yes"}))
    assert said in shown
    assert events_page(statuses=(DRAFT,), limit=2).events == []


def test_the_change_page_leads_to_all_that(editor):
    shown = text(editor.get(CHANGE.format(known_event().id)))
    for name in ("message", "duplicate", "repeat"):
        assert f"/{name}/" in shown
    assert "/message/" not in text(editor.get(CHANGE.format(make_event(DRAFT).id)))


def test_viewers_do_none_of_it():
    row = known_event()
    with signed_in("viewers") as viewer:
        for name in ("undo", "unschedule", "message", "duplicate", "repeat"):
            assert viewer.post(page(row, name), {"version": "1"}).status_code == 403
        assert "/duplicate/" not in text(viewer.get(CHANGE.format(row.id)))
    assert event_get(row.id).version == 1
