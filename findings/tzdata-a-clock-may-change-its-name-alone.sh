#!/usr/bin/env bash
# In IANA 2026f Vancouver's clock changes its name and its kind on 1 November 2026, from PDT to MST, and not its offset.
# Expected: what changes at a transition is the offset; permanent summer time keeps the name PDT.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
"${PYTHON:-python3}" -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check tzdata==2026.6 2>/dev/null
venv/bin/python -m pip list --disable-pip-version-check 2>/dev/null | grep -i -E "^(tzdata) "
echo "expected: what changes at a transition is the offset; permanent summer time keeps the name PDT."
cat > finding.py <<'PYTHON'
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

before = datetime(2026, 11, 1, 8, 59, tzinfo=UTC).astimezone(ZoneInfo("America/Vancouver"))
after = before.astimezone(UTC) + timedelta(minutes=1)
after = after.astimezone(ZoneInfo("America/Vancouver"))
for moment in (before, after):
    print(moment.isoformat(), moment.tzname(), "summer time" if moment.dst() else "standard time")
assert before.utcoffset() == after.utcoffset() == timedelta(hours=-7)
assert (before.tzname(), after.tzname()) == ("PDT", "MST")
assert (before.dst(), after.dst()) == (timedelta(hours=1), timedelta(0))
PYTHON
PYTHONTZPATH="" venv/bin/python finding.py
echo "Seen again."
