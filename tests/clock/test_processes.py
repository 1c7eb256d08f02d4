"""Rows that a process with the old rules wrote, read and derived by one with the new rules."""

import json
import subprocess
import sys
from datetime import datetime, timedelta

import pytest
from freezegun import freeze_time

from events.selectors import event_get
from events.tables import EventRow
from notifications.announce import announce
from notifications.announcements import event_announcements
from notifications.tables import AnnouncementRow
from tests.clock.events import NOW, disputed_time, moment, posted
from tests.clock.rules import CHANGED_ZONES, NEW, OLD, rules

pytestmark = pytest.mark.usefixtures("aws")


@pytest.mark.parametrize("all_day", [False, True], ids=["timed", "all day"])
def test_a_new_process_finds_every_event_at_its_time(all_day, tmp_path):
    with freeze_time(NOW), rules(OLD):
        ids = [posted(zone, all_day=all_day, reminders=[1440])["id"] for zone in CHANGED_ZONES]
        for each in ids:
            announce(event_id=each)
        rows = [event_get(each) for each in ids]
        told = [row for each in ids for row in event_announcements(each)]
        written = {
            EventRow.__name__: [row.serialize() for row in rows],
            AnnouncementRow.__name__: [row.serialize() for row in told],
        }
    path = tmp_path / "rows.json"
    path.write_text(json.dumps(written))
    child = [sys.executable, "-m", "tests.clock.other_process", NEW, str(path)]
    done = subprocess.run(child, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    for zone, event_id in zip(CHANGED_ZONES, ids, strict=True):
        local, event = disputed_time(zone), found[event_id]
        expected = local.replace(hour=0, minute=0, fold=0) if all_day else local
        shown = datetime.fromisoformat(event["starts_at"])
        assert shown.replace(tzinfo=None) == expected.replace(fold=0)
        assert shown == moment(expected, zone, NEW) == datetime.fromisoformat(event["row"])
        assert (event["version"], event["told"]) == ((1, None) if all_day else (2, OLD))
        assert event["mail"][:10] == f"{local:%Y-%m-%d}"
        if all_day:
            day = f"{local:%Y-%m-%d}"
            assert [event["page"], *event["entries"]] == [day] * 3
            reminded = (local - timedelta(days=1)).replace(hour=9, minute=0, fold=0)
        else:
            moments = [event["page"], *event["entries"]]
            assert {datetime.fromisoformat(each) for each in moments} == {shown}
            reminded = (local - timedelta(days=1)).replace(fold=0)
        assert datetime.fromisoformat(event["reminder"]) == moment(reminded, zone, NEW)
