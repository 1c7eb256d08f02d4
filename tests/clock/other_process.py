"""`python -m tests.clock.other_process RELEASE ROWS`: sweeps over the rows by other rules.

It prints what it then finds of each event, as JSON.
"""

import json
import re
import sys
from pathlib import Path

import django

from tests import environment  # noqa: F401 - before Django's settings are read


def main(release: str, path: str) -> None:
    """Load the rows, sweep, and print."""
    django.setup()
    # The rest needs Django's apps.
    from django.test import Client
    from freezegun import freeze_time
    from icalendar import Calendar

    from events.calendar import calendar
    from events.reminders import reminders_of
    from events.selectors import event_get
    from events.serializers import EventSerializer
    from events.snapshot import EventSnapshot
    from events.tables import EventRow
    from ivent_site.dynamodb.tables import create_missing_tables
    from notifications.announcements import event_announcements
    from notifications.sweep import sweep
    from notifications.tables import AnnouncementRow
    from tests.clock.events import NOW
    from tests.clock.rules import rules
    from tests.dynamodb_in_process import dynamodb_in_process, rows_put
    from tests.notifications.sending import Clock, FakeSes, make_worker

    written = json.loads(Path(path).read_text())
    with dynamodb_in_process(), freeze_time(NOW), rules(release):
        create_missing_tables()
        for kind in (EventRow, AnnouncementRow):
            rows_put(kind.from_raw_data(each) for each in written[kind.__name__])
        sweep(worker=make_worker(FakeSes(), Clock(NOW)))
        client, found = Client(), {}
        feed = Calendar.from_ical(client.get("/calendar.ics").content)
        in_feed = {str(each["UID"]).partition("@")[0]: each for each in feed.walk("VEVENT")}
        for each in written["EventRow"]:
            row = event_get(each["id"]["S"])
            newest = next(iter(event_announcements(row.id)))
            page = client.get(f"/e/{row.id}").content.decode()
            file = calendar(EventSnapshot.from_row(row), method="PUBLISH")
            [entry] = Calendar.from_ical(file).walk("VEVENT")
            [reminder] = reminders_of(row)
            found[row.id] = {
                "starts_at": EventSerializer(row).data["starts_at"],
                "row": row.starts_at.isoformat(),
                "version": int(row.version),
                "told": row.told and newest.event["rules"],
                "page": re.findall(r'<time datetime="([^"]+)"', page)[0],
                "entries": [
                    shown.decoded("DTSTART").isoformat() for shown in (entry, in_feed[row.id])
                ],
                "reminder": reminder.due_at.isoformat(),
                "mail": EventSnapshot.from_json(newest.event).starts_local.isoformat(),
            }
    sys.stdout.write(f"\n{json.dumps(found)}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
