#!/usr/bin/env bash
# vobject reads only the first date of an RDATE list in a VTIMEZONE; dateutil, on which it builds, reads all.
# Expected: RDATE:a,b,c means the same as three RDATE lines (RFC 5545, 3.8.5.2).
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
"${PYTHON:-python3}" -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check vobject==0.9.9 2>/dev/null
venv/bin/python -m pip list --disable-pip-version-check 2>/dev/null | grep -i -E "^(vobject) "
echo "expected: RDATE:a,b,c means the same as three RDATE lines (RFC 5545, 3.8.5.2)."
cat > finding.py <<'PYTHON'
from datetime import UTC

import vobject

TEXT = '''BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//finding//EN
BEGIN:VTIMEZONE
TZID:Test/Gaza
BEGIN:STANDARD
DTSTART:20191026T000000
{standard}
TZOFFSETFROM:+0300
TZOFFSETTO:+0200
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:20190329T000000
{daylight}
TZOFFSETFROM:+0200
TZOFFSETTO:+0300
END:DAYLIGHT
END:VTIMEZONE
BEGIN:VEVENT
UID:1
DTSTAMP:20200101T000000Z
DTSTART;TZID=Test/Gaza:20220701T120000
DTEND;TZID=Test/Gaza:20220701T130000
SUMMARY:x
END:VEVENT
END:VCALENDAR'''


def starts(separator: str) -> str:
    standard = separator.join(['20201024T010000', '20211029T010000'])
    daylight = separator.join(['20200328T000000', '20210327T000000', '20220327T000000'])
    text = TEXT.format(standard=f'RDATE:{standard}', daylight=f'RDATE:{daylight}')
    # One definition of a TZID is kept per process: each text has its own.
    text = text.replace('Test/Gaza', f'Test/Gaza{len(separator)}')
    return vobject.readOne(text).vevent.dtstart.value.astimezone(UTC).isoformat()


listed, lines = starts(','), starts('\nRDATE:')
print('RDATE:a,b,c:', listed)
print('three lines:', lines)
assert lines == '2022-07-01T09:00:00+00:00'
assert listed == '2022-07-01T10:00:00+00:00'
PYTHON
PYTHONTZPATH="" venv/bin/python finding.py
echo "Seen again."
