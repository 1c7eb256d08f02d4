#!/usr/bin/env bash
# A time that happens twice is the first for icalendar and ical (PyPI), the second for ical.js (npm).
# Expected: all libraries take the same of the two; RFC 5545, 3.3.5, says the first.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
"${PYTHON:-python3}" -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check icalendar==7.3.2 tzdata==2026.6 2>/dev/null
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund ical.js@2.2.1
echo "icalendar 7.3.2, ical.js 2.2.1"
echo "expected: both take the first 02:30, 2027-10-31T00:30Z (RFC 5545, 3.3.5)"
cat > event.ics <<'ICS'
BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//finding//EN
BEGIN:VTIMEZONE
TZID:Europe/Berlin
BEGIN:DAYLIGHT
DTSTART:20190331T020000
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
END:DAYLIGHT
BEGIN:STANDARD
DTSTART:20191027T030000
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
END:STANDARD
END:VTIMEZONE
BEGIN:VEVENT
UID:1
DTSTAMP:20260101T000000Z
SUMMARY:x
DTSTART;TZID=Europe/Berlin:20271031T023000
DTEND;TZID=Europe/Berlin:20271031T024500
END:VEVENT
END:VCALENDAR
ICS
cat > finding.py <<'PYTHON'
from datetime import UTC
from pathlib import Path

from icalendar import Calendar

[event] = Calendar.from_ical(Path("event.ics").read_text()).walk("VEVENT")
print(event["DTSTART"].dt.astimezone(UTC).strftime("%H:%MZ"))
PYTHON
cat > finding.mjs <<'NODE'
import fs from "node:fs";
import ICAL from "ical.js";

const calendar = new ICAL.Component(ICAL.parse(fs.readFileSync("event.ics", "utf8")));
const time = calendar.getFirstSubcomponent("vevent").getFirstPropertyValue("dtstart");
time.zone = new ICAL.Timezone(calendar.getFirstSubcomponent("vtimezone"));
console.log(time.toJSDate().toISOString().slice(11, 16) + "Z");
NODE
python=$(PYTHONTZPATH="" venv/bin/python finding.py)
node=$(node finding.mjs)
echo "icalendar: $python"
echo "ical.js:   $node"
[ "$python" = "00:30Z" ] && [ "$node" = "01:30Z" ]
echo "Seen again."
