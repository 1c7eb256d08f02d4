"""New rules of time zones reach a running system: an event stays at its time on the clock.

Each zone that 2025b and 2026f differ in, timed and all day.
"""

from datetime import UTC, datetime, timedelta
from io import StringIO
from itertools import pairwise
from typing import Any
from unittest import mock
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pytest
from dateutil.tz import tzical
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.utils import dateformat, translation
from freezegun import freeze_time
from icalendar import Calendar

from events.derive import derive_upcoming
from events.enums import EventStatus
from events.reminders import next_reminder
from events.selectors import event_get, events_due, events_moved
from events.series import Pattern, Repetition, occurrences
from events.services import event_message, event_undo
from events.snapshot import EventSnapshot, row_data
from ivent_site.ids import uuid7
from ivent_site.preferences.selectors import preferences_now
from ivent_site.preferences.services import preferences_update
from notifications.announce import announce
from notifications.announcements import announcement_pause, announcement_resume, event_announcements
from notifications.digest import digest_get
from notifications.due import remind
from notifications.sweep import sweep
from notifications.tables import DIGESTS
from notifications.transports.account import Account
from tests.clock.events import NOW, announced, disputed_time, moment, posted, zone_under
from tests.clock.rules import CHANGED_ZONES, NEW, OLD, rules, switch_rules
from tests.events.staff import CHANGE, LIST, signed_in, text
from tests.factories import api_client
from tests.notifications.sending import Clock, FakeSes, make_readers, make_worker, walk

pytestmark = pytest.mark.usefixtures("aws", "old_rules")
VANCOUVER = "America/Vancouver"
MOVED = "/admin/notifications/announcement/moved/"
TIMED_OR_NOT = pytest.mark.parametrize("all_day", [False, True], ids=["timed", "all day"])
EACH_ZONE = pytest.mark.parametrize("zone", CHANGED_ZONES)


@pytest.fixture
def old_rules():
    with freeze_time(NOW), rules(OLD):
        yield


def swept(at=NOW):
    sweep(worker=make_worker(FakeSes(), Clock(at)))


def entry(event_id):
    """The event in its calendar file: its start, and its version."""
    [found] = entries(f"/e/{event_id}.ics")
    return found


def entries(url):
    """What a program reads that knows no zones but those that the file describes."""
    file = Client().get(url).content
    zones = tzical(StringIO(file.decode()))
    for component in Calendar.from_ical(file).walk("VEVENT"):
        start: Any = component["dtstart"]
        at = start.dt
        if (name := start.params.get("TZID")) is not None:
            at = at.replace(tzinfo=zones.get(name)).astimezone(UTC)
        yield at, component["sequence"]


def mailed(row, readers=1):
    ses = FakeSes()
    walk(row, ses, Clock(NOW))
    assert len(ses.accepted) == readers
    return ses.accepted[0]


def newest(event_id):
    return next(iter(event_announcements(event_id)))


def content(event):
    return {name: value for name, value in event.items() if name not in {"updated_at", "version"}}


# --- What is shown ------------------------------------------------------------------------------


@EACH_ZONE
def test_a_timed_event_stays_at_its_time_on_pages_in_the_api_and_in_calendars(zone):
    local = disputed_time(zone)
    event = posted(zone)
    announce(event_id=event["id"])
    page = Client().get(f"/e/{event['id']}").content
    assert event["starts_at"][:19] == local.isoformat()
    assert entry(event["id"])[0] == moment(local, zone, OLD)
    switch_rules(NEW)
    # Before any sweep already.
    shown = api_client("viewers").get(f"/events/{event['id']}").json()
    assert shown["starts_at"][:19] == local.isoformat()
    assert datetime.fromisoformat(shown["starts_at"]) == moment(local, zone, NEW)
    assert f"{local:%Y-%m-%dT%H:%M}" in Client().get(f"/e/{event['id']}").content.decode()
    assert entry(event["id"])[0] == moment(local, zone, NEW)
    swept()
    row = event_get(event["id"])
    assert (row.starts_at, int(row.version)) == (moment(local, zone, NEW), 2)
    assert entry(event["id"]) == (moment(local, zone, NEW), 2)
    assert [*entries("/calendar.ics")] == [(moment(local, zone, NEW), 2)]
    assert f"{local:%H:%M}".encode() in page


@EACH_ZONE
def test_an_all_day_event_stays_on_its_day_and_nothing_is_to_be_corrected(zone):
    day = disputed_time(zone).date()
    event = posted(zone, all_day=True)
    announce(event_id=event["id"])
    switch_rules(NEW)
    for _ in range(2):
        shown = api_client("viewers").get(f"/events/{event['id']}").json()
        assert (shown["date"], shown["starts_at"][:10]) == (day.isoformat(), day.isoformat())
        assert entry(event["id"]) == (day, 1)
        swept()
    row = event_get(event["id"])
    assert row.starts_at == moment(datetime.combine(day, datetime.min.time()), zone, NEW)
    assert (int(row.version), row.told) == (1, None)
    assert "AM" not in mailed(newest_reminder(event["id"])).text


def newest_reminder(event_id):
    """A mail about the event, made after the change: a message."""
    make_readers(1)
    row = event_get(event_id)
    event_message(
        event_id=event_id, version=int(row.version), subject="Hello", text="Hello.", token=uuid7()
    )
    return announce(event_id=event_id)


# --- What is edited -----------------------------------------------------------------------------


@EACH_ZONE
@TIMED_OR_NOT
@pytest.mark.parametrize("is_swept", [False, True])
def test_a_new_title_changes_nothing_else(zone, all_day, is_swept):
    event = posted(zone, all_day=all_day)
    announce(event_id=event["id"])
    switch_rules(NEW)
    if is_swept:
        swept()
    before = api_client("viewers").get(f"/events/{event['id']}").json()
    changed = api_client("editors").patch(f"/events/{event['id']}", {"title": "Fair!"}).json()
    assert content(changed) == content(before) | {"title": "Fair!"}
    announce(event_id=event["id"])
    assert [each["field"] for each in newest(event["id"]).changes] == ["title"]


@EACH_ZONE
@TIMED_OR_NOT
def test_what_get_gave_can_be_put_back_under_other_rules(zone, all_day):
    event = posted(zone, all_day=all_day)
    announce(event_id=event["id"])
    switch_rules(NEW)
    put = api_client("editors").put(f"/events/{event['id']}", event)
    assert (put.status_code, put.json()["version"]) == (200, 1)
    swept()
    fresh = api_client("viewers").get(f"/events/{event['id']}").json()
    again = api_client("editors").put(f"/events/{event['id']}", fresh)
    assert (again.status_code, again.json()) == (200, fresh)
    local = disputed_time(zone)
    starts = row_data(event_get(event["id"])).starts
    assert starts.local == (
        datetime.combine(local.date(), datetime.min.time()) if all_day else local
    )


@EACH_ZONE
def test_a_whole_day_that_get_gave_can_be_put_back_after_the_sweep(zone):
    # Nothing that subscribers see has moved, so the version is the same, and protects nobody.
    client = api_client("editors")
    day = posted(zone, all_day=True)
    until = disputed_time(zone).date() + timedelta(days=3)
    days = client.patch(f"/events/{posted(zone, all_day=True)['id']}", {"ends_at": f"{until}"})
    switch_rules(NEW)
    swept()
    for event in (day, days.json()):
        path = f"/events/{event['id']}"
        now = client.get(path).json()
        assert client.put(path, event).json() == now
        moments = {name: event[name] for name in ("starts_at", "ends_at")}
        assert client.patch(path, moments).json() == now


def test_an_event_under_way_whose_end_is_moved_is_to_be_corrected_too():
    event = posted(VANCOUVER, starts_at="2026-10-20T18:00", ends_at="2026-12-05T20:00")
    announce(event_id=event["id"])
    switch_rules(NEW)
    swept()
    assert [row.id for row in events_moved(now=NOW, limit=5)] == [event["id"]]
    assert events_moved(now=datetime(2026, 12, 7, tzinfo=UTC), limit=5) == []


@pytest.mark.parametrize("is_swept", [False, True])
@pytest.mark.parametrize("body", [{"title": "Other"}, None])
def test_a_scheduled_draft_keeps_its_hour_whatever_is_saved_under_new_rules(body, is_swept):
    hour = "2026-12-05T09:00"
    draft = posted(VANCOUVER, status="draft", publish_at=hour)
    path, client = f"/events/{draft['id']}", api_client("editors")
    switch_rules(NEW)
    if is_swept:
        swept()
    shown = client.get(path).json()
    assert shown["publish_at"] == f"{hour}:00-07:00"
    saved = client.patch(path, body) if body else client.put(path, shown)
    assert saved.json()["publish_at"] == f"{hour}:00-07:00"
    swept()
    assert event_get(draft["id"]).publish_at == datetime(2026, 12, 5, 16, tzinfo=UTC)


@EACH_ZONE
def test_an_undone_change_leads_back_to_the_time_on_the_clock(zone):
    preferences_update(version=preferences_now().version, undo_window_s=3600)
    event = posted(zone)
    api_client("editors").patch(
        f"/events/{event['id']}", {"starts_at": "2027-08-01T12:00:00", "ends_at": None}
    )
    switch_rules(NEW)
    row = event_get(event["id"])
    event_undo(event_id=row.id, version=int(row.version))
    # It had never been told, so it is a draft, with what was written since.
    assert event_get(row.id).status == EventStatus.DRAFT
    assert row_data(event_get(row.id)).starts.local == datetime(2027, 8, 1, 12)  # noqa: DTZ001


@EACH_ZONE
def test_an_undone_change_of_an_announced_event_is_derived_by_todays_rules(zone):
    event = posted(zone)
    announce(event_id=event["id"])
    preferences_update(version=preferences_now().version, undo_window_s=3600)
    api_client("editors").patch(
        f"/events/{event['id']}", {"starts_at": "2027-08-01T12:00:00", "ends_at": None}
    )
    switch_rules(NEW)
    swept()
    row = event_get(event["id"])
    back = event_undo(event_id=row.id, version=int(row.version))
    assert back.starts_at == moment(disputed_time(zone), zone, NEW)
    assert back.starts[:19] == disputed_time(zone).isoformat()


@EACH_ZONE
@TIMED_OR_NOT
def test_a_series_is_the_same_on_the_clock_whenever_it_is_made(zone, all_day):
    event = posted(zone, all_day=all_day, status="draft")
    weekly = Repetition(pattern=Pattern.WEEKLY, count=6)
    data = row_data(event_get(event["id"]))
    before = occurrences(data, weekly)
    switch_rules(NEW)
    after = occurrences(row_data(event_get(event["id"])), weekly)
    assert [each.starts for each in before] == [each.starts for each in after]
    assert [each.starts_at for each in before] == [each.starts_at for each in after]
    assert {two.first_day - one.first_day for one, two in pairwise(after)} == {timedelta(days=7)}


# --- What subscribers read ----------------------------------------------------------------------


@EACH_ZONE
def test_a_paused_announcement_goes_on_with_the_right_hour(zone):
    local = disputed_time(zone)
    make_readers(2, timezone="UTC", locale="de")
    event = posted(zone)
    row = announced(event["id"])
    first = FakeSes("", "paused")
    walk(row, first, Clock(NOW))
    announcement_pause(row, reason="by hand")
    switch_rules(NEW)
    announcement_resume(row)
    then = FakeSes()
    walk(row, then, Clock(NOW + timedelta(hours=1)))
    [old], [new] = first.accepted, then.accepted
    assert f"{moment(local, zone, OLD):%H:%M}" in old.text
    assert f"{moment(local, zone, NEW):%H:%M}" in new.text
    assert f"{local:%H:%M}" in new.text
    assert "New" not in old.text
    # What the first half was told is known.
    told = EventSnapshot.from_json(newest(event["id"]).event).as_told()
    assert told.starts_at == moment(local, zone, OLD)


@EACH_ZONE
def test_a_change_says_what_was_told_before_not_what_was_never_said(zone):
    local = disputed_time(zone)
    event = posted(zone)
    announce(event_id=event["id"])
    make_readers(1, locale="de")
    switch_rules(NEW)
    later = local + timedelta(hours=2)
    api_client("editors").patch(
        f"/events/{event['id']}",
        {"starts_at": later.isoformat(), "ends_at": (later + timedelta(hours=1)).isoformat()},
    )
    announce(event_id=event["id"])
    text = mailed(newest(event["id"])).text
    offset = local - moment(local, zone, OLD).replace(tzinfo=None)
    assert f"bisher: {germans(local)} – {local + timedelta(minutes=30):%H:%M}" in text
    assert offset_of(offset) in text.partition("bisher:")[2].partition("\n")[0]


def germans(local):
    with translation.override("de"):
        return dateformat.format(local, "l, j. F Y, H:i")


def offset_of(offset):
    if not offset:
        return "UTC"
    sign = "−" if offset < timedelta(0) else "+"
    return f"UTC{sign}{abs(offset) // timedelta(hours=1):02}:00"


@EACH_ZONE
def test_nothing_is_announced_by_itself(zone):
    event = posted(zone)
    announce(event_id=event["id"])
    known = [row.id for row in event_announcements(event["id"])]
    switch_rules(NEW)
    for at in (NOW, NOW + timedelta(hours=2)):
        swept(at)
        announce(event_id=event["id"])
    assert [row.id for row in event_announcements(event["id"])] == known


@EACH_ZONE
def test_the_history_and_the_row_say_what_was_told_and_what_is_right(zone):
    local = disputed_time(zone)
    event = posted(zone)
    announce(event_id=event["id"])
    switch_rules(NEW)
    swept()
    [row] = events_moved(now=NOW, limit=10)
    assert row.told["starts_at"] == event["starts_at"]
    [told] = [each.change_message for each in LogEntry.objects.filter(user_id="ivent")]
    old, new = (local - moment(local, zone, each).replace(tzinfo=None) for each in (OLD, NEW))
    assert told == (
        f"New rules of time zones (2026f): the time stays {local:%Y-%m-%d %H:%M}, {zone}."
        f" Its offset: “{offset_of(old)}” → “{offset_of(new)}”."
    )


# --- What is due ----------------------------------------------------------------------------------


@EACH_ZONE
@TIMED_OR_NOT
@pytest.mark.parametrize("late", [timedelta(minutes=1), timedelta(minutes=59)])
def test_a_reminder_is_sent_once_and_not_lost_when_rules_come_just_then(zone, all_day, late):
    """Whether the rules come before or after the old moment, a sweep a minute later sends it."""
    event = posted(zone, all_day=all_day, reminders=[1440])
    announce(event_id=event["id"])
    due = event_get(event["id"]).due_at
    with freeze_time(due - late):
        switch_rules(NEW)
    sent = []
    for minutes in range(-90, 120, 15):
        now = due + timedelta(minutes=minutes)
        with freeze_time(now):
            swept(now)
        sent += [row.id for row in event_announcements(event["id"]) if row.kind == "reminder"]
    assert len(set(sent)) == 1
    assert event_get(event["id"]).due_at is None


@EACH_ZONE
@TIMED_OR_NOT
def test_a_reminder_that_was_sent_is_not_sent_again(zone, all_day):
    event = posted(zone, all_day=all_day, reminders=[1440])
    announce(event_id=event["id"])
    due = event_get(event["id"]).due_at
    make_readers(1)
    with freeze_time(due):
        swept(due)
    ses = FakeSes()
    for minutes in range(0, 180, 30):
        now = due + timedelta(minutes=minutes)
        if minutes == 30:
            switch_rules(NEW)
        with freeze_time(now):
            swept(now)
            for row in event_announcements(event["id"]):
                if row.kind == "reminder":
                    walk(row, ses, Clock(now))
    assert [*ses.counts.values()] == [1]


@pytest.mark.parametrize("zone", [VANCOUVER, "Africa/Casablanca", "America/Havana"])
@pytest.mark.parametrize("gap", [timedelta(minutes=5), timedelta(hours=3), timedelta(hours=20)])
@pytest.mark.parametrize("is_before", [False, True])
def test_a_digest_reaches_each_subscriber_once_whenever_rules_come(zone, gap, is_before):
    preferences_update(
        version=preferences_now().version,
        default_timezone=zone,
        digest_weekday=5,
        digest_hour=8,
        digest_weeks=4,
    )
    [weekly] = make_readers(1, frequency="weekly")
    starts_at = disputed_time(zone) + timedelta(days=14)
    event = posted(zone, starts_at=starts_at.isoformat(), ends_at=None)
    announce(event_id=event["id"])
    slot = min(
        (NOW + timedelta(hours=hours)).replace(minute=0)
        for hours in range(24 * 8)
        if is_slot(NOW + timedelta(hours=hours), zone)
    )
    ses = FakeSes()
    if is_before:
        switch_rules(NEW)
    for at in (slot + timedelta(minutes=1), slot + gap, slot + gap + timedelta(hours=1)):
        with freeze_time(at):
            swept(at)
            for row in event_announcements(DIGESTS):
                if row.state == "sending":
                    walk(row, ses, Clock(at))
            switch_rules(NEW)
    assert ses.counts == {weekly: 1}
    week = slot + timedelta(days=7, hours=1)
    with freeze_time(week):
        swept(week)
    assert len(list(event_announcements(DIGESTS))) == 2


def is_slot(at, zone):
    local = at.astimezone(zone_under(OLD, zone))
    return (local.weekday(), local.hour) == (5, 8)


def test_a_promised_digest_keeps_its_hour_on_the_clock():
    preferences_update(
        version=0, default_timezone=VANCOUVER, digest_weekday=5, digest_hour=8, digest_weeks=4
    )
    preferences_update(version=1, digest_weekday=None)
    assert preferences_now().digest_promised == "2026-11-28T08:00:00[America/Vancouver]"
    switch_rules(NEW)
    at = datetime(2026, 11, 28, 15, 1, tzinfo=UTC)
    with freeze_time(at):
        swept(at)
    assert digest_get(datetime(2026, 11, 28, 15, tzinfo=UTC)) is not None


@EACH_ZONE
def test_a_scheduled_draft_publishes_itself_at_its_hour_on_the_clock(zone):
    at = disputed_time(zone) - timedelta(days=1)
    event = posted(zone, status="draft")
    with freeze_time(moment(at, zone, OLD) - timedelta(days=300)):
        body = {"publish_at": at.isoformat()}
        response = api_client("editors").patch(f"/events/{event['id']}", body)
    assert response.status_code == 200, response.json()
    switch_rules(NEW)
    swept()
    assert event_get(event["id"]).publish_at == moment(at, zone, NEW)


# --- Zones that are gone, and processes with other rules ------------------------------------------


@pytest.fixture
def vanished(monkeypatch):
    """From the call on, the rules no longer know Vancouver."""

    def known(name):
        if name == VANCOUVER:
            raise ZoneInfoNotFoundError(name)
        return ZoneInfo(name)

    def vanish():
        monkeypatch.setattr("ivent_site.zones.ZoneInfo", known)
        switch_rules(NEW)

    return vanish


@TIMED_OR_NOT
def test_a_zone_that_vanished_never_raises_and_staff_are_warned(all_day, vanished, caplog):
    event = posted(VANCOUVER, all_day=all_day, reminders=[1440])
    announce(event_id=event["id"])
    before = event_get(event["id"]).starts_at
    shown = api_client("viewers").get(f"/events/{event['id']}").json()
    vanished()
    make_readers(1)
    swept()
    assert "no longer know the zone of an event" in caplog.text
    url = f"/events/{event['id']}"
    assert api_client("viewers").get(url).json()["starts_at"] == shown["starts_at"]
    for page in (f"/e/{event['id']}", "/", "/calendar.ics"):
        assert Client().get(page).status_code == 200
    day = disputed_time(VANCOUVER).date()
    assert entry(event["id"])[0] == (day if all_day else before)
    changed = api_client("editors").patch(url, {"title": "Fair!"})
    assert (changed.status_code, changed.json()["starts_at"]) == (200, shown["starts_at"])
    announce(event_id=event["id"])
    assert "Fair!" in mailed(newest(event["id"])).text
    assert event_get(event["id"]).starts_at == before
    with freeze_time(before - timedelta(days=1) + timedelta(hours=10)):
        swept(before - timedelta(days=1) + timedelta(hours=10))


def test_staff_can_give_an_event_of_a_vanished_zone_another_one(vanished):
    event = posted(VANCOUVER)
    announce(event_id=event["id"])
    vanished()
    swept()
    with (
        signed_in("editors") as editor,
        mock.patch("notifications.review.account_get", return_value=Account(rate=1, left=200)),
    ):
        for page in ("/admin/", CHANGE.format(event["id"]), LIST, MOVED):
            response = editor.get(page)
            assert response.status_code == 200, page
        assert "no longer know America/Vancouver" in text(response)
        assert editor.post(f"/admin/events/event/{event['id']}/duplicate/").status_code == 302
        assert editor.get(f"/admin/events/event/{event['id']}/repeat/").status_code == 200
    moved = api_client("editors").patch(
        f"/events/{event['id']}", {"timezone": "America/Whitehorse"}
    )
    assert moved.json()["starts_at"][:19] == disputed_time(VANCOUVER).isoformat()
    announce(event_id=event["id"])
    assert events_moved(now=NOW, limit=5) == []


def test_without_the_default_zone_the_admin_and_the_digest_go_on_in_utc(vanished):
    preferences_update(
        version=0, default_timezone=VANCOUVER, digest_weekday=5, digest_hour=8, digest_weeks=4
    )
    vanished()
    with signed_in("admins") as admin:
        assert admin.get("/admin/").status_code == 200
    swept(NOW + timedelta(days=7))


def test_a_process_with_older_rules_derives_nothing():
    switch_rules(NEW)
    event = posted(VANCOUVER)
    announce(event_id=event["id"])
    swept()
    right = event_get(event["id"]).starts_at
    switch_rules(OLD)
    swept(NOW + timedelta(hours=2))
    assert event_get(event["id"]).starts_at == right


def test_what_an_old_process_writes_meanwhile_is_found_by_the_second_pass():
    event = posted(VANCOUVER)
    announce(event_id=event["id"])
    switch_rules(NEW)
    swept()
    moved = event_get(event["id"])
    switch_rules(OLD)
    api_client("editors").patch(f"/events/{event['id']}", {"title": "Fair!"})
    announce(event_id=event["id"])
    assert event_get(event["id"]).starts_at == moment(disputed_time(VANCOUVER), VANCOUVER, OLD)
    switch_rules(NEW)
    swept(NOW + timedelta(minutes=59))
    assert event_get(event["id"]).starts_at != moved.starts_at
    switch_rules(NEW)
    swept(NOW + timedelta(minutes=61))
    assert event_get(event["id"]).starts_at == moved.starts_at


def test_deriving_again_changes_nothing():
    event = posted(VANCOUVER, reminders=[1440])
    announce(event_id=event["id"])
    switch_rules(NEW)
    assert derive_upcoming(now=NOW) == 1
    row = event_get(event["id"]).serialize()
    for hours in (0, 1, 2, 3):
        switch_rules(NEW)
        assert derive_upcoming(now=NOW + timedelta(hours=hours)) == 0
    assert event_get(event["id"]).serialize() == row
    reminder = next_reminder(event_get(event["id"]))
    assert reminder
    assert reminder.due_at == event_get(event["id"]).due_at
    assert events_due(now=NOW, limit=5) == []
    assert remind(event_id=event["id"], now=NOW) is None
