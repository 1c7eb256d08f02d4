import re
from datetime import UTC, datetime, timedelta
from unittest import mock

import pytest
from django.contrib.admin.models import LogEntry

from events.enums import EventStatus
from events.errors import EventNotFoundError
from events.selectors import event_get, events_page, topics_all
from events.services import (
    event_cancel,
    event_create,
    event_delete,
    event_publish,
    event_update,
)
from events.snapshot import row_data
from events.tables import EventRow
from tests.dynamodb_calls import dynamodb_calls
from tests.events.staff import ADD, CHANGE, LIST, entered, signed_in, text
from tests.factories import NO_EVENT, make_data, make_event, make_topic
from tests.factories_subscriptions import make_confirmed

pytestmark = pytest.mark.usefixtures("aws")
DRAFT, PUBLISHED, CANCELLED = EventStatus
REVIEW = "/admin/notifications/announcement/review/{}/"


@pytest.fixture
def editor():
    with signed_in("editors") as client:
        yield client


def stored() -> EventRow:
    [row] = events_page(statuses=tuple(EventStatus), limit=5).events
    return row


def history() -> list[str]:
    return [
        entry.get_change_message()
        for entry in LogEntry.objects.filter(user_id="sub-1").order_by("action_time")
    ]


def test_what_is_entered_is_saved_as_a_draft(editor):
    make_topic("music")
    response = editor.post(ADD, entered(topics=["music"]))
    assert response.status_code == 302, text(response)
    assert row_data(stored()) == make_data(topics=("music",))
    assert stored().status == DRAFT
    assert stored().announce_version is None
    assert history() == ["Added."]


def test_a_draft_is_saved_before_its_review(editor):
    response = editor.post(ADD, entered(_review="1"))
    assert response["Location"] == REVIEW.format(stored().id)
    row = make_event(DRAFT, title="Second")
    response = editor.post(CHANGE.format(row.id), entered(title="Better", _review="1"))
    assert response["Location"] == REVIEW.format(row.id)
    row = event_get(row.id)
    assert (row.title, row.status, row.version) == ("Better", DRAFT, 2)


def test_the_form_shows_what_is_saved_and_saving_it_changes_nothing(editor):
    row = make_event(topics=())
    page = text(editor.get(CHANGE.format(row.id)))
    for value in ('value="2038-08-01"', 'value="19:00"', 'value="21:00"', "Come **all**."):
        assert value in page
    assert '<option value="Europe/Berlin" selected>' in page
    assert editor.post(CHANGE.format(row.id), entered()).status_code == 302
    assert event_get(row.id).version == 1


@pytest.mark.parametrize(("announce", "announced"), [("on", 2), (None, 1)])
def test_a_change_is_announced_unless_that_is_switched_off(editor, announce, announced):
    row = make_event()
    editor.post(CHANGE.format(row.id), entered(title="Fairer", announce=announce))
    row = event_get(row.id)
    assert (row.title, row.version, row.announce_version) == ("Fairer", 2, announced)
    assert 'name="announce"' not in text(editor.get(CHANGE.format(make_event(DRAFT).id)))


def test_no_button_of_a_published_event_leads_past_the_review(editor):
    def buttons(row):
        return set(
            re.findall(r'<button[^>]* name="(\w+)"', text(editor.get(CHANGE.format(row.id))))
        )

    saving = {"_save", "_continue", "_addanother"}
    assert buttons(make_event()) & (saving | {"_review"}) == {"_review"}
    assert buttons(make_event(DRAFT)) >= saving | {"_review"}


def test_what_breaks_a_rule_is_told_and_not_saved(editor):
    response = editor.post(ADD, entered(title="=?utf-8?q?x?=", end_time="18:00"))
    assert response.status_code == 200
    assert "A title may not contain" in text(response)
    assert "The end must be after the start." in text(response)
    assert events_page(statuses=tuple(EventStatus), limit=1).events == []


@pytest.mark.parametrize(("reading", "hour"), [("0", 0), ("1", 1)])
def test_of_an_hour_that_comes_twice_the_form_asks_which_one_is_meant(editor, reading, hour):
    form = entered(start_date="2038-10-31", start_time="02:30", end_date="", end_time="")
    page = text(editor.post(ADD, form, follow=True))
    assert "Clocks are put back then, and show this time twice." in page
    assert "the first 02:30 (UTC+02:00)" in page
    assert "the second 02:30 (UTC+01:00)" in page
    assert not events_page(statuses=tuple(EventStatus), limit=5).events
    editor.post(ADD, form | {"start_reading": reading}, follow=True)
    row = stored()
    assert row.starts_at == datetime(2038, 10, 31, hour, 30, tzinfo=UTC)
    # Which one it is can be seen, and changed.
    assert f'value="{reading}"' in text(editor.get(CHANGE.format(row.id)))
    other = {"0": "1", "1": "0"}[reading]
    editor.post(CHANGE.format(row.id), form | {"start_reading": other, "seen_version": "1"})
    assert event_get(row.id).starts_at == datetime(2038, 10, 31, 1 - hour, 30, tzinfo=UTC)


def test_times_that_are_not_touched_stay_to_the_second(editor):
    starts_at = datetime(2038, 10, 31, 1, 30, 15, 5, tzinfo=UTC)
    row = make_event(DRAFT, starts_at=starts_at, ends_at=None)
    form = entered(start_date="2038-10-31", start_time="02:30", end_date="", end_time="")
    editor.post(CHANGE.format(row.id), form | {"title": "Other", "start_reading": "1"})
    row = event_get(row.id)
    assert (row.title, row.starts_at) == ("Other", starts_at)


@pytest.mark.parametrize("text", ["Come **all**.\n", "\n\n    code\n", "  "])
def test_blanks_around_a_description_stay_as_a_program_wrote_them(editor, text):
    row = make_event(EventStatus.DRAFT, description=text)
    form = editor.get(CHANGE.format(row.id)).context["adminform"].form
    posted = entered(description=form["description"].value().replace("\n", "\r\n"))
    editor.post(CHANGE.format(row.id), posted | {"location": row.location, "title": row.title})
    assert event_get(row.id).description == text


def test_of_two_people_editing_the_second_is_told_and_loses_nothing(editor):
    row = make_event()
    event_update(
        event_id=row.id, version=1, data=make_data(title="Theirs", location="Hall", topics=())
    )
    response = editor.post(CHANGE.format(row.id), entered(title="Mine"))
    page = text(response)
    assert response.status_code == 200
    assert "Somebody else saved this event while you were editing it." in page
    assert "Title: Theirs" in page
    assert "Place: Hall" in page
    assert 'value="Mine"' in page
    assert 'name="seen_version" value="2"' in page
    assert event_get(row.id).title == "Theirs"
    assert history() == []
    # Having seen it, the person may insist.
    editor.post(CHANGE.format(row.id), entered(title="Mine", seen_version="2"))
    row = event_get(row.id)
    assert (row.title, row.location, row.version) == ("Mine", "Market square", 3)


def test_somebody_who_saves_in_the_very_last_moment_is_not_overwritten(editor, monkeypatch):
    row = make_event()

    def overtaken(**kwargs):
        monkeypatch.setattr("events.admin.event.event_update", event_update)
        result = event_update(**kwargs)
        # Not part of the page's transaction: another request.
        item = EventRow.get(row.id)
        item.title, item.version = "Theirs", 2
        item.save()
        return result

    monkeypatch.setattr("events.admin.event.event_update", overtaken)
    page = text(editor.post(CHANGE.format(row.id), entered(title="Mine")))
    assert "Somebody else saved this event" in page
    assert "was changed successfully" not in page
    assert 'value="Mine"' in page
    assert event_get(row.id).title == "Theirs"
    assert history() == []


def test_a_form_for_an_event_cancelled_meanwhile_comes_back_with_what_was_typed(editor):
    row = event_cancel(event_id=make_event().id, version=1)
    page = text(editor.post(CHANGE.format(row.id), entered(title="Mine", seen_version="2")))
    assert "Somebody has cancelled this event" in page
    assert 'value="Mine"' in page
    assert event_get(row.id).version == 2


def test_a_cancelled_event_is_shown_but_not_to_be_edited(editor):
    row = event_cancel(event_id=make_event().id, version=1)
    page = text(editor.get(CHANGE.format(row.id)))
    assert "<strong>all</strong>" in page
    assert "7:00 PM – 9:00 PM" in page
    for button in ("_save", "_review", "/cancel/", "/delete/"):
        assert button not in page


def test_cancelling_asks_first(editor):
    row = make_event()
    url = f"/admin/events/event/{row.id}/cancel/"
    assert url in text(editor.get(CHANGE.format(row.id)))
    assert "The reason, for the readers" in text(editor.get(url))
    assert event_get(row.id).status == PUBLISHED
    page = text(editor.post(url, {"version": "1"}, follow=True))
    assert "The event is cancelled." in page
    assert (event_get(row.id).status, event_get(row.id).announce_version) == (CANCELLED, 2)
    assert history() == ["Status: “published” → “cancelled”."]
    assert "Only a published event" in text(editor.post(url, {"version": "2"}, follow=True))


@pytest.mark.parametrize("no_id", [NO_EVENT, "x", "%0A"])
def test_there_is_nothing_to_cancel_without_an_event(editor, no_id):
    assert editor.get(f"/admin/events/event/{no_id}/cancel/").status_code == 404


def test_cancelling_what_changed_meanwhile_is_refused(editor):
    row = make_event()
    event_update(event_id=row.id, version=1, data=make_data(title="New"))
    url = f"/admin/events/event/{row.id}/cancel/"
    assert "Somebody has changed the event" in text(editor.post(url, {"version": "1"}, follow=True))
    assert event_get(row.id).status == PUBLISHED


def tick(client, action, *rows):
    ticked = {"action": action, "_selected_action": [row.id for row in rows]}
    return client.post(LIST, ticked)


def test_ticked_drafts_are_reviewed_before_they_are_published(editor):
    rows = [make_event(DRAFT, title=f"Fair {number}") for number in range(2)]
    assert tick(editor, "publish_selected", rows[0])["Location"] == REVIEW.format(rows[0].id)
    url = tick(editor, "publish_selected", *rows)["Location"]
    assert url.startswith("/admin/notifications/announcement/reviews/?event=")
    assert [event_get(row.id).status for row in rows] == [DRAFT, DRAFT]


def test_cancelling_ticked_ones_asks_for_the_reason_first(editor):
    rows = [make_event(title=f"Fair {number}") for number in range(2)]
    page = text(tick(editor, "cancel_selected", *rows))
    assert 'action="/admin/notifications/announcement/reviews/' in page
    assert "Fair 0" in page
    assert [event_get(row.id).status for row in rows] == [PUBLISHED, PUBLISHED]


@pytest.mark.parametrize("action", ["publish_selected", "cancel_selected"])
def test_who_ticks_more_than_can_be_looked_at_is_told_what_to_do(editor, action):
    with mock.patch("events.admin.actions.TOGETHER_MAX", 1):
        reply = tick(editor, action, make_event(DRAFT), make_event(DRAFT))
    assert "tick fewer, and the rest afterwards" in text(editor.get(reply["Location"]))


def test_a_draft_may_be_deleted_and_nothing_else(editor):
    draft, published = make_event(DRAFT), make_event()
    assert "/delete/" in text(editor.get(CHANGE.format(draft.id)))
    assert "/delete/" not in text(editor.get(CHANGE.format(published.id)))
    delete = "/admin/events/event/{}/delete/"
    assert editor.get(delete.format(draft.id)).status_code == 200
    assert editor.post(delete.format(draft.id), {"post": "yes"}).status_code == 302
    assert editor.post(delete.format(published.id), {"post": "yes"}).status_code == 403
    with pytest.raises(EventNotFoundError):
        event_get(draft.id)
    assert "delete_selected" not in text(editor.get(LIST))


def test_a_draft_that_is_published_meanwhile_is_not_deleted(editor, monkeypatch):
    row = make_event(DRAFT)

    def overtaken(**kwargs):
        event_publish(event_id=row.id, version=1)
        event_delete(**kwargs)

    monkeypatch.setattr("events.admin.event.event_delete", overtaken)
    editor.post(f"/admin/events/event/{row.id}/delete/", {"post": "yes"})
    monkeypatch.undo()
    assert event_get(row.id).title == "Summer fair"


def test_the_list_is_filtered_searched_and_browsed_by_month(editor):
    make_event(DRAFT, title="Winter fair", starts_at=datetime(2038, 1, 5, tzinfo=UTC))
    make_event(title="Summer fair")
    for query, titles in (
        ("", ["Summer fair", "Winter fair"]),
        ("?status__exact=draft", ["Winter fair"]),
        ("?q=summer", ["Summer fair"]),
        ("?starts_at__year=2038&starts_at__month=8", ["Summer fair"]),
    ):
        page = text(editor.get(LIST + query))
        shown = [title for title in ("Summer fair", "Winter fair") if title in page]
        assert shown == titles, query
    assert "Sunday, August 1, 2038, 7:00 PM – 9:00 PM Europe/Berlin (CEST)" in text(
        editor.get(LIST)
    )


def test_the_upcoming_come_first_the_nearest_first_and_all_are_found(editor):
    now = datetime.now(UTC)
    for title, days in (("Far", 300), ("Near", 2), ("Gone", -40), ("Long gone", -200)):
        make_event(title=title, starts_at=now + timedelta(days=days), ends_at=None)
    around = timedelta(days=20)
    make_event(title="Under way", starts_at=now - around, ends_at=now + around)

    def listed(query: str) -> list[str]:
        return [event.title for event in editor.get(LIST + query).context["cl"].result_list]

    assert listed("") == listed("?when=upcoming") == ["Under way", "Near", "Far"]
    assert listed("?when=past") == ["Under way", "Gone", "Long gone"]
    assert listed("?when=all") == ["Far", "Near", "Under way", "Gone", "Long gone"]
    assert listed("?when=nonsense") == ["Under way", "Near", "Far"]
    # Who searches, or picks a year, looks everywhere.
    assert listed("?q=gone") == ["Gone"]
    year = (now - timedelta(days=200)).year
    assert "Long gone" in listed(f"?starts_at__year={year}")
    assert listed("?when=past&q=far") == []


def test_the_list_is_filtered_by_topic_and_shows_names(editor):
    make_topic("music", name="Live music")
    make_event(title="Concert", topics=("music",))
    make_event(title="Quiet")
    make_event(title="Old concert", topics=("gone-topic",))
    page = editor.get(f"{LIST}?topic=music")
    assert [event.title for event in page.context["cl"].result_list] == ["Concert"]
    assert "Live music" in text(page)
    page = editor.get(f"{LIST}?topic=*")
    assert [event.title for event in page.context["cl"].result_list] == ["Quiet"]
    assert "gone-topic" in text(editor.get(LIST))


def test_viewers_look_and_touch_nothing():
    draft, published = make_event(DRAFT), make_event()
    with signed_in("viewers") as viewer:
        assert "Summer fair" in text(viewer.get(LIST))
        assert "publish_selected" not in text(viewer.get(LIST))
        page = text(viewer.get(CHANGE.format(draft.id)))
        assert "_save" not in page
        for response in (
            viewer.get(ADD),
            viewer.post(CHANGE.format(draft.id), entered(title="X", _review="1")),
            viewer.post(f"/admin/events/event/{published.id}/cancel/", {"version": "1"}),
            viewer.post(f"/admin/events/event/{draft.id}/delete/", {"post": "yes"}),
            viewer.get("/admin/events/topic/add/"),
        ):
            assert response.status_code == 403
        viewer.post(LIST, {"action": "publish_selected", "_selected_action": [draft.id]})
    assert (event_get(draft.id).version, event_get(published.id).version) == (1, 1)


def test_the_history_is_shown(editor):
    row = make_event()
    editor.post(CHANGE.format(row.id), entered(title="Other"))
    page = text(editor.get(f"/admin/events/event/{row.id}/history/"))
    assert "Title: “Summer fair” → “Other”." in page


@pytest.mark.parametrize("rows", [1, 15])
def test_no_page_scans_and_none_costs_more_for_more_rows(editor, rows):
    events = [make_event() for _ in range(rows)]
    with dynamodb_calls() as calls:
        editor.get(LIST)
    listed = dict(calls)
    with dynamodb_calls() as calls:
        editor.get(CHANGE.format(events[0].id))
    shown = dict(calls)
    with dynamodb_calls() as calls:
        editor.post(CHANGE.format(events[0].id), entered(title="Other"))
    saved = dict(calls)
    assert (listed, shown, saved) == (
        {"GetItem": 1, "Query": 10},
        {"GetItem": 2, "Query": 1},
        {"GetItem": 3, "Query": 1, "TransactWriteItems": 1},
    )


def test_topics_are_kept_by_admins():
    with signed_in("admins") as boss:
        add = "/admin/events/topic/add/"
        assert boss.post(add, {"slug": "music", "name": "Music"}).status_code == 302
        assert "already exists" in text(boss.post(add, {"slug": "music", "name": "Other"}))
        assert "lower-case" in text(boss.post(add, {"slug": "Art", "name": "Art"}))
        change = "/admin/events/topic/music/change/"
        assert boss.post(change, {"name": "Loud music"}).status_code == 302
        assert [(topic.slug, topic.name) for topic in topics_all()] == [("music", "Loud music")]
        assert boss.post(change, {"name": "Loud music", "colour": "yellow"}).status_code == 200
        assert boss.post(change, {"name": "Loud music", "colour": "#ffee00"}).status_code == 302
        shown = boss.get("/admin/events/topic/").content.decode()
        assert 'style="background:#ffee00;color:#000000">Loud music' in shown
        assert history()[-1] == "Color: “#4338ca” → “#ffee00”."


def test_a_topic_in_use_is_removed_only_by_who_knows():
    delete = "/admin/events/topic/music/delete/"
    make_topic("music")
    make_confirmed(topics=["music"])
    row = make_event(topics=("music",))
    with signed_in("admins") as boss:
        assert "1 subscriber has chosen it" in text(boss.get(delete))
        boss.post(delete, {"post": "yes"})
        assert [topic.slug for topic in topics_all()] == ["music"]
        assert "Take it off there first" in text(boss.get("/admin/events/topic/music/change/"))
        event_cancel(event_id=row.id, version=1)
        assert boss.post(delete, {"post": "yes"}).status_code == 302
    assert topics_all() == []


TOKEN = "01900000-0000-7000-8000-00000000feed"


def test_a_double_click_on_save_makes_one_event(editor):
    token = re.findall(r'name="token" value="([^"]+)"', text(editor.get(ADD)))[0]
    form = entered(token=token, _review="1")
    first, second = editor.post(ADD, form), editor.post(ADD, form)
    assert (first.status_code, second["Location"]) == (302, first["Location"])
    assert stored().id == token
    assert history() == ["Added."]


def test_two_clicks_at_the_same_moment_make_one_event(editor, monkeypatch):
    def overtaken(**kwargs):
        monkeypatch.setattr("events.admin.event.event_create", event_create)
        editor.post(ADD, entered(token=TOKEN))
        return event_create(**kwargs)

    monkeypatch.setattr("events.admin.event.event_create", overtaken)
    response = editor.post(ADD, entered(token=TOKEN, _review="1"))
    assert response["Location"] == REVIEW.format(TOKEN)
    assert stored().version == 1
    assert history() == ["Added."]


def test_a_form_that_is_changed_and_saved_once_more_loses_nothing(editor):
    editor.post(ADD, entered(token=TOKEN))
    page = text(editor.post(ADD, entered(token=TOKEN, title="Winter fair")))
    assert "This form has been saved already, as “Summer fair”" in page
    assert 'value="Winter fair"' in page
    [token] = re.findall(r'name="token" value="([^"]+)"', page)
    assert token != TOKEN
    editor.post(ADD, entered(token=token, title="Winter fair"))
    titles = {row.title for row in events_page(statuses=tuple(EventStatus), limit=5).events}
    assert titles == {"Summer fair", "Winter fair"}


def test_other_reminders_are_another_form(editor):
    editor.post(ADD, entered(token=TOKEN))
    page = text(editor.post(ADD, entered(token=TOKEN, reminders=["60"])))
    assert "This form has been saved already" in page
    assert stored().reminders == []


@pytest.mark.parametrize("token", ["", "x", None])
def test_a_form_without_a_token_still_makes_an_event(editor, token):
    assert editor.post(ADD, entered(token=token)).status_code == 302
    assert stored().title == "Summer fair"


def test_a_double_click_on_duplicate_makes_one_copy(editor):
    row = make_event()
    page = text(editor.get(CHANGE.format(row.id)))
    [token] = re.findall(r'name="token" value="([^"]+)"', page)
    url = f"/admin/events/event/{row.id}/duplicate/"
    replies = [editor.post(url, {"token": token}) for _ in range(2)]
    assert {reply["Location"] for reply in replies} == {CHANGE.format(token)}
    assert history() == ["Copied from another event."]


def test_a_double_click_makes_one_topic_and_no_error():
    add = "/admin/events/topic/add/"
    form = {"slug": "music", "name": "Music", "description": "", "colour": "#4338ca"}
    with signed_in("admins") as boss:
        assert [boss.post(add, form).status_code for _ in range(2)] == [302, 302]
        assert "already exists" in text(boss.post(add, form | {"description": "Loud"}))
    assert history() == ["Added."]
