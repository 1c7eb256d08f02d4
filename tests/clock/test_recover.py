"""Rows that 2025b wrote before events kept their wall clock."""

from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.contrib.admin.models import LogEntry
from django.core.management import CommandError, call_command
from freezegun import freeze_time

from events.selectors import event_get
from events.snapshot import row_data
from notifications import recover
from notifications.announce import announce
from notifications.announcements import event_announcements
from notifications.recover import GUESSED, TOLD
from notifications.sweep import sweep
from tests.clock.events import NOW, disputed_time, moment, posted, zone_under
from tests.clock.rules import CHANGED_ZONES, NEW, OLD, rules, switch_rules
from tests.dynamodb_calls import dynamodb_calls
from tests.dynamodb_in_process import rows_put
from tests.factories import api_client
from tests.notifications.sending import Clock, FakeSes, make_worker

pytestmark = pytest.mark.usefixtures("aws", "old_rules")
VANCOUVER = "America/Vancouver"
EACH_ZONE = pytest.mark.parametrize("zone", CHANGED_ZONES)


@pytest.fixture
def old_rules():
    with freeze_time(NOW), rules(OLD):
        yield


def stored(zone=VANCOUVER, *, is_announced=True, **more):
    """An event as it was stored then: its row and its announcements have moments alone."""
    event = posted(zone, **more)
    if is_announced:
        announce(event_id=event["id"])
    row = event_get(event["id"])
    row.starts = row.ends = row.rules = None
    announcements = list(event_announcements(row.id))
    for each in announcements:
        former = {k: v for k, v in each.event.items() if k not in {"starts", "ends", "rules"}}
        each.event = former | {"schema": 1}
    rows_put([row, *announcements])
    assert "starts" not in event_get(row.id).serialize()
    return row


def recovered(**options):
    out = StringIO()
    call_command("recover_clocks", stdout=out, **options)
    return out.getvalue()


def history():
    return sorted(each.change_message for each in LogEntry.objects.filter(user_id="ivent"))


@EACH_ZONE
@pytest.mark.parametrize("all_day", [False, True], ids=["timed", "all day"])
def test_the_clock_is_what_subscribers_were_told(zone, all_day):
    local = disputed_time(zone)
    row = stored(zone, all_day=all_day)
    switch_rules(NEW)
    assert "0 of them by today's rules" in recovered()
    found = event_get(row.id)
    if all_day:
        assert (found.starts, found.ends) == (
            local.date().isoformat(),
            (local.date() + timedelta(days=1)).isoformat(),
        )
        midnight = datetime.combine(local.date(), datetime.min.time())
        assert (found.starts_at, int(found.version)) == (moment(midnight, zone, NEW), 1)
        assert history() == [TOLD]
    else:
        assert found.starts[:19] == local.isoformat()
        assert (found.starts_at, int(found.version)) == (moment(local, zone, NEW), 2)
        assert found.told["starts_at"][:19] == local.isoformat()
        [moved, said] = history()
        assert (said, moved[:33]) == (TOLD, "New rules of time zones (2026f): ")


def test_what_was_never_announced_is_read_by_todays_rules_and_the_history_says_so():
    row = stored(is_announced=False, status="draft")
    switch_rules(NEW)
    assert "by today's rules: check it" in recovered()
    found = event_get(row.id)
    shown = row.starts_at.astimezone(zone_under(NEW, VANCOUVER))
    assert (found.starts, found.starts_at) == (f"{shown:%Y-%m-%dT%H:%M:%S}", row.starts_at)
    assert history() == [GUESSED]


def test_a_time_that_was_set_after_the_announcement_is_not_taken_from_it():
    row = stored()
    with rules(OLD):
        later = disputed_time(VANCOUVER) + timedelta(hours=1)
        client = api_client("editors")
        body = {"starts_at": later.isoformat(), "ends_at": None, "announce": False}
        assert client.patch(f"/events/{row.id}", body).status_code == 200
    changed = event_get(row.id)
    changed.starts = changed.ends = changed.rules = None
    rows_put([changed])
    assert "by today's rules: check it" in recovered()
    assert row_data(event_get(row.id)).starts.local == later


def test_a_dry_run_writes_nothing_and_says_what_it_would():
    row = stored()
    before = event_get(row.id).serialize()
    switch_rules(NEW)
    with dynamodb_calls() as calls:
        said = recovered(dry_run=True)
    assert (
        "1 events would be recovered, 0 of them by today's rules; 1 are at another moment" in said
    )
    assert set(calls) == {"Query"}
    assert event_get(row.id).serialize() == before


def test_it_may_be_repeated_and_goes_on_where_it_was(monkeypatch):
    monkeypatch.setattr(recover, "PAGE", 2)
    rows = [stored(title=f"Fair {number}") for number in range(5)]
    switch_rules(NEW)
    pages = recover.recover_clocks(dry_run=False)
    cursors = [next(pages)[0] for _ in range(3)]
    done = [row.id for row in rows if event_get(row.id).starts]
    assert len(done) in {4, 5}
    assert "events are recovered" in recovered(after=cursors[-1])
    assert "0 events are recovered" in recovered()
    assert {event_get(row.id).starts for row in rows} == {disputed_time(VANCOUVER).isoformat()}
    assert {int(event_get(row.id).version) for row in rows} == {2}


def test_until_then_such_a_row_is_shown_edited_and_swept_without_an_error():
    row = stored(reminders=[1440])
    switch_rules(NEW)
    sweep(worker=make_worker(FakeSes(), Clock(NOW)))
    shown = api_client("viewers").get(f"/events/{row.id}").json()
    assert datetime.fromisoformat(shown["starts_at"]).astimezone(UTC) == row.starts_at
    changed = api_client("editors").patch(f"/events/{row.id}", {"title": "Fair!"})
    assert changed.status_code == 200


def test_a_cursor_that_was_never_printed_is_refused_by_name():
    with pytest.raises(CommandError, match="--after"):
        recovered(after="2035-12-08")
