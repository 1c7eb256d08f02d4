#!/usr/bin/env bash
# icalendar keeps time zones by name for the life of the process, past zoneinfo's own cache.
#
# Expected: after zoneinfo has been given newer files (zoneinfo.reset_tzpath) and its cache is
# cleared (ZoneInfo.clear_cache, which the standard library documents for this), icalendar reads
# DTSTART;TZID=America/Vancouver by the newer rules, as zoneinfo itself does.
# Behaviour: it goes on with the zone that it met first; only icalendar.use_zoneinfo() lets go of
# it. A long-lived process that refreshes its zone data reads calendars by two releases at once.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
pip=("$folder/venv/bin/pip" --quiet --disable-pip-version-check)
"${pip[@]}" install icalendar==7.3.0
"${pip[@]}" install --no-deps --target "$folder/2025b" tzdata==2025.2
"${pip[@]}" install --no-deps --target "$folder/2026f" tzdata==2026.6

"$folder/venv/bin/python" - "$folder" <<'PYTHON'
import sys
import zoneinfo
from datetime import UTC, datetime

import icalendar

FILE = b"""BEGIN:VCALENDAR\r
VERSION:2.0\r
PRODID:-//Example//EN\r
BEGIN:VEVENT\r
UID:1@example.com\r
DTSTAMP:20261128T100000Z\r
DTSTART;TZID=America/Vancouver:20261205T180000\r
END:VEVENT\r
END:VCALENDAR\r
"""


def by_icalendar():
    [event] = icalendar.Calendar.from_ical(FILE).walk("VEVENT")
    return event["dtstart"].dt.astimezone(UTC)


def by_zoneinfo():
    return datetime(2026, 12, 5, 18, tzinfo=zoneinfo.ZoneInfo("America/Vancouver")).astimezone(UTC)


print("icalendar", icalendar.__version__)
found = []
for release in ("2025b", "2026f"):
    zoneinfo.reset_tzpath(to=[f"{sys.argv[1]}/{release}/tzdata/zoneinfo"])
    zoneinfo.ZoneInfo.clear_cache()
    found.append((by_zoneinfo(), by_icalendar()))
    print(release, "zoneinfo:", found[-1][0], "icalendar:", found[-1][1])
icalendar.use_zoneinfo()
print("after icalendar.use_zoneinfo():", by_icalendar())

old, new = datetime(2026, 12, 6, 2, tzinfo=UTC), datetime(2026, 12, 6, 1, tzinfo=UTC)
assert found == [(old, old), (new, old)], "icalendar no longer keeps the former zone"
assert by_icalendar() == new, "use_zoneinfo no longer lets go of it"
PYTHON
