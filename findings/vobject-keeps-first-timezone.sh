#!/usr/bin/env bash
# vobject (and Radicale, which reads with it) keeps the first VTIMEZONE of a TZID for the whole process.
# Expected: each file's times are read by the VTIMEZONE in that file.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
"${PYTHON:-python3}" -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check vobject==0.9.9 2>/dev/null
venv/bin/python -m pip list --disable-pip-version-check 2>/dev/null | grep -i -E "^(vobject) "
echo "expected: each file's times are read by the VTIMEZONE in that file."
cat > finding.py <<'PYTHON'
from datetime import UTC

import vobject


def event(year: int) -> str:
    """A summer event with a definition that lists its own years, as many programs write it."""
    return "\r\n".join(
        [
            "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//finding//EN",
            "BEGIN:VTIMEZONE", "TZID:Europe/Berlin",
            "BEGIN:DAYLIGHT", f"DTSTART:{year}0325T020000", "TZOFFSETFROM:+0100",
            "TZOFFSETTO:+0200", "TZNAME:CEST", "END:DAYLIGHT",
            "BEGIN:STANDARD", f"DTSTART:{year}1028T030000", "TZOFFSETFROM:+0200",
            "TZOFFSETTO:+0100", "TZNAME:CET", "END:STANDARD",
            "END:VTIMEZONE",
            "BEGIN:VEVENT", f"UID:{year}", "DTSTAMP:20260101T000000Z",
            f"DTSTART;TZID=Europe/Berlin:{year}0615T180000", "END:VEVENT", "END:VCALENDAR", "",
        ]
    )


def starts(year: int) -> str:
    found = vobject.readOne(event(year)).vevent.dtstart.value
    return found.astimezone(UTC).isoformat()


first, second = starts(2027), starts(2029)
print("2027, read first: ", first)
print("2029, read second:", second)
assert first == "2027-06-15T16:00:00+00:00"
# An hour late: by the definition for 2027, winter has lasted since October 2027.
assert second == "2029-06-15T17:00:00+00:00"
PYTHON
PYTHONTZPATH="" venv/bin/python finding.py
echo "Seen again."
