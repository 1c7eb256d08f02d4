#!/usr/bin/env bash
# icalendar ignores a file's VTIMEZONE if it knows a zone of that name: what the sender's rules said is lost.
# Expected: the VTIMEZONE of the file says what its TZID means (RFC 5545, 3.6.5).
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
"${PYTHON:-python3}" -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check icalendar==7.3.2 tzdata==2026.6 2>/dev/null
venv/bin/python -m pip list --disable-pip-version-check 2>/dev/null | grep -i -E "^(icalendar|tzdata) "
echo "expected: the VTIMEZONE of the file says what its TZID means (RFC 5545, 3.6.5)."
cat > finding.py <<'PYTHON'
from datetime import UTC

from icalendar import Calendar

TEXT = '''BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//finding//EN
BEGIN:VTIMEZONE
TZID:America/Vancouver
BEGIN:STANDARD
DTSTART:20261101T020000
TZOFFSETFROM:-0700
TZOFFSETTO:-0800
END:STANDARD
END:VTIMEZONE
BEGIN:VEVENT
UID:1
DTSTAMP:20260101T000000Z
SUMMARY:x
DTSTART;TZID=America/Vancouver:20261205T180000
DTEND;TZID=America/Vancouver:20261205T190000
END:VEVENT
END:VCALENDAR'''
[event] = Calendar.from_ical(TEXT).walk('VEVENT')
[other] = Calendar.from_ical(TEXT.replace('America/Vancouver', 'Test/Vancouver')).walk('VEVENT')
by_name, by_definition = (each['DTSTART'].dt.astimezone(UTC).isoformat() for each in (event, other))
print('TZID=America/Vancouver:', by_name)
print('TZID=Test/Vancouver:   ', by_definition)
# The sender still had rules of before 2026, by which British Columbia's winter is at UTC-08:00.
assert by_definition == '2026-12-06T02:00:00+00:00'
assert by_name == '2026-12-06T01:00:00+00:00'
PYTHON
PYTHONTZPATH="" venv/bin/python finding.py
echo "Seen again."
