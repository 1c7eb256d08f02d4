#!/usr/bin/env bash
# recurring-ical-events moves the end of an event whose start has a zone and whose end is in UTC, over a change of the clocks.
# Expected: 01:30 Berlin to 01:30Z on 31 October 2027 ends at 01:30Z, as DTEND says.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
"${PYTHON:-python3}" -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check recurring-ical-events==3.8.2 icalendar==7.3.2 tzdata==2026.6 2>/dev/null
venv/bin/python -m pip list --disable-pip-version-check 2>/dev/null | grep -i -E "^(recurring[-_]ical[-_]events|icalendar|tzdata) "
echo "expected: 01:30 Berlin to 01:30Z on 31 October 2027 ends at 01:30Z, as DTEND says."
cat > finding.py <<'PYTHON'
from datetime import UTC

import icalendar
import recurring_ical_events

TEXT = '''BEGIN:VCALENDAR
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
DTSTART;TZID=Europe/Berlin:20271031T013000
DTEND:20271031T013000Z
END:VEVENT
END:VCALENDAR'''
calendar = icalendar.Calendar.from_ical(TEXT)
[plain] = calendar.walk('VEVENT')
[event] = recurring_ical_events.of(calendar).all()
print('DTEND as written:     ', plain['DTEND'].dt)
print('DTEND as it is listed:', event['DTEND'].dt.astimezone(UTC))
assert plain['DTEND'].dt.isoformat() == '2027-10-31T01:30:00+00:00'
assert event['DTEND'].dt.astimezone(UTC).isoformat() == '2027-10-31T02:30:00+00:00'
PYTHON
PYTHONTZPATH="" venv/bin/python finding.py
echo "Seen again."
