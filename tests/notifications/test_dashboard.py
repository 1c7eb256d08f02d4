import re
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from unittest import mock

import pytest

from events.services import event_update
from ivent_site import zone_changes
from ivent_site.counters.daily import daily_add
from notifications.announce import announce
from notifications.announcements import announcement_pause
from notifications.dashboard import _rates, _totals
from notifications.enums import Reason
from notifications.plots import column_plot, line_plot
from notifications.transports.account import Account, AccountUnknownError
from tests.dynamodb_calls import dynamodb_calls
from tests.events.staff import signed_in, text
from tests.factories import make_data, make_event, make_topic
from tests.factories_subscriptions import make_confirmed
from tests.notifications.sending import FakeSes, make_announcement, make_readers, walk
from tests.notifications.test_dead_letters import put

PAGE = "/admin/"
HEALTH = "/admin/notifications/announcement/health/"
DAY = date(2026, 11, 1)


@pytest.fixture
def viewer(aws):
    with signed_in("viewers") as client:
        yield client


def test_an_empty_system_says_how_to_begin(viewer):
    shown = text(viewer.get(PAGE))
    assert "How to begin" in shown
    assert "Nobody has subscribed yet." in shown
    assert "Nothing has been announced yet." in shown


def test_it_shows_what_comes_what_goes_and_who_wants_what(viewer):
    make_topic("music")
    make_confirmed(topics=["music"])
    make_confirmed()
    make_announcement(title="Summer fair")
    daily_add(sent=120, bounced=3)
    page = viewer.get(PAGE)
    shown = text(page)
    assert "How to begin" not in shown
    assert shown.count("Summer fair") == 2
    assert page.context["topics"] == [("Music", 1), ("every topic", 1)]
    assert page.context["totals"]["sent"] == 120
    assert "2.500%" in shown


def test_an_editor_may_add_an_event_from_it_and_a_viewer_may_not(viewer):
    assert "Add event" not in text(viewer.get(PAGE))
    with signed_in("editors") as editor:
        assert 'href="/admin/events/event/add/"' in editor.get(PAGE).content.decode()
        assert "Add event" in text(editor.get(PAGE))


@pytest.mark.parametrize(
    ("language", "rate", "limit"),
    [
        ("en", "2.500%", "5%"),
        ("en-GB", "2.500%", "5%"),
        ("de", "2,500\u00a0%", "5\u00a0%"),
        ("fr", "2,500\u202f%", "5\u202f%"),
        ("es", "2,500\u00a0%", "5\u00a0%"),
    ],
)
def test_rates_are_written_as_the_language_writes_them(viewer, language, rate, limit):
    daily_add(sent=120, bounced=3)
    shown = viewer.get(PAGE, headers={"Accept-Language": language}).content.decode()
    assert f"<strong>{rate}</strong>" in shown
    assert limit in shown


def test_moments_have_their_zone_and_the_style_of_the_language(viewer):
    make_announcement()
    american = text(viewer.get(PAGE))
    assert re.search(r"[A-Z][a-z]+ \d{1,2}, \d{4}, \d{1,2}:\d\d [AP]M UTC", american)
    british = text(viewer.get(PAGE, headers={"Accept-Language": "en-AU"}))
    assert re.search(r"\d{1,2} [A-Z][a-z]+ \d{4}, \d\d:\d\d UTC", british)
    assert not re.search(r">[^<]*\d{4}-\d\d-\d\d", american + british)


def test_dates_are_in_the_staffs_language(viewer):
    make_event(starts_at=datetime(2031, 8, 1, 17, tzinfo=UTC), ends_at=None)
    shown = text(viewer.get(PAGE, headers={"Accept-Language": "de"}))
    assert "Freitag, 1. August 2031" in shown


@pytest.mark.parametrize("number", [1, 4])
def test_it_costs_seven_reads_however_much_there_is(viewer, number):
    for _ in range(number):
        make_confirmed()
        make_announcement()
        make_event()
    with dynamodb_calls() as calls:
        assert viewer.get(PAGE).status_code == 200
    assert calls == {"GetItem": 1, "Query": 5, "BatchGetItem": 1}


def test_what_stands_still_needs_a_person(viewer):
    announcement_pause(make_announcement(title="Summer fair"), reason=Reason.BY_HAND)
    ((row, why),) = viewer.get(PAGE).context["tasks"]
    assert (row.event["title"], why[:20]) == ("Summer fair", "Somebody paused it h")


def test_refused_mails_need_a_person_as_long_as_they_are_news(viewer, clock):
    make_readers(3)
    row = make_announcement(title="Summer fair")
    walk(row, FakeSes("", "reject", "reject"), clock)
    with dynamodb_calls() as calls:
        page = viewer.get(PAGE)
    assert calls.total() <= 7
    assert [(each.id, why) for each, why in page.context["tasks"]] == [
        (row.id, "SES refused 2 mails. Once the cause is removed, resend them.")
    ]
    event_update(event_id=row.event_id, version=1, data=make_data(title="Winter fair"))
    announce(event_id=row.event_id)
    assert viewer.get(PAGE).context["tasks"] == []


def test_large_numbers_are_written_as_the_language_has_them(viewer):
    daily_add(sent=1_234_567, bounced=12_345)
    shown = text(viewer.get(PAGE))
    assert "1,234,567 sent" in shown
    assert "width: 20.0%" in shown
    shown = text(viewer.get(PAGE, headers={"Accept-Language": "de"}))
    assert "1.234.567 gesendet" in shown
    assert "width: 20.0%" in shown


def test_the_totals_of_past_days_follow_from_those_of_today():
    days = {
        DAY: Counter(confirmed=9),
        DAY + timedelta(days=1): Counter(confirmed=3, left=1),
        DAY + timedelta(days=2): Counter(suppressed=2),
    }
    assert [total for _, total in _totals(days, 50)] == [50, 52, 50]


def test_rates_are_measured_against_our_limits_and_ses_s():
    bounced, complained = _rates(Counter(sent=1000, bounced=25, complained=0))
    assert (bounced.percent, bounced.filled, bounced.style) == (2.5, 50.0, "refused")
    assert (complained.percent, complained.filled, complained.style) == (0.0, 0.0, "sent")
    assert _rates(Counter()) == []


def test_plots_of_the_same_number_every_day_stand():
    days = [(DAY + timedelta(days=n), 0) for n in range(3)]
    assert (
        line_plot("a", days, title="", description="").line == "56.0,128.0 204.0,128.0 352.0,128.0"
    )
    assert [c.height for c in column_plot("a", days, title="", description="").columns] == [0, 0, 0]


def test_ses_and_the_queues_are_asked_apart_from_the_page(viewer):
    put("fanout-dead", "x")
    account = Account(rate=14, left=200, sandbox=True)
    with mock.patch("notifications.admin.health.account_get", return_value=account):
        shown = text(viewer.get(HEALTH))
    assert "1 dead letter of the queue fanout" in shown
    assert "sandbox" in shown
    assert "14 mails a second, and 200 more within this day" in shown


def test_a_silent_ses_is_told(viewer):
    error = AccountUnknownError("x")
    with mock.patch("notifications.admin.health.account_get", side_effect=error):
        assert "SES does not answer" in text(viewer.get(HEALTH))


def test_all_well_is_told_too(viewer):
    with mock.patch("notifications.admin.health.account_get", return_value=Account(rate=14)):
        shown = text(viewer.get(HEALTH))
    assert "Nothing: SES sends" in shown
    assert "as many as you like" in shown


def test_days_are_utc(viewer):
    days = [day for day, _ in viewer.get(PAGE).context["plots"][0].days]
    assert (len(days), days[-1]) == (30, datetime.now(UTC).date())


def test_old_time_zone_rules_are_a_task_where_an_upcoming_event_needs_newer_ones(
    viewer, monkeypatch
):
    today = datetime.now(UTC).date()
    monkeypatch.setattr(zone_changes, "released", lambda: today - timedelta(days=62))
    monkeypatch.setattr(zone_changes, "changed_lately", lambda name: name == "Canada/Pacific")
    make_event(title="In Berlin")
    assert "make update-zones" not in text(viewer.get(PAGE))
    make_event(title="In Vancouver", timezone="Canada/Pacific")
    with dynamodb_calls() as calls:
        shown = text(viewer.get(PAGE))
    assert "make update-zones" in shown
    assert "America/Vancouver" in shown
    assert sum(calls.values()) <= 6
    monkeypatch.setattr(zone_changes, "released", lambda: today - timedelta(days=59))
    assert "make update-zones" not in text(viewer.get(PAGE))
