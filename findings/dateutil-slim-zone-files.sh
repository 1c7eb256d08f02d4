#!/usr/bin/env bash
# python-dateutil 2.9 reads the old block of a TZif file only, which slim files (zic's default since 2020b, PyPI's tzdata) leave empty.
# Expected: dateutil.tz.tzfile reads the zone files of the tzdata package, or refuses them.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
"${PYTHON:-python3}" -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check python-dateutil==2.9.0.post0 tzdata==2026.6 2>/dev/null
venv/bin/python -m pip list --disable-pip-version-check 2>/dev/null | grep -i -E "^(python[-_]dateutil|tzdata) "
echo "expected: dateutil.tz.tzfile reads the zone files of the tzdata package, or refuses them."
cat > finding.py <<'PYTHON'
from datetime import datetime, timedelta
from importlib import resources
from zoneinfo import ZoneInfo

from dateutil import tz

for name in ("Europe/Berlin", "Asia/Kolkata", "America/Vancouver"):
    with resources.as_file(resources.files("tzdata").joinpath("zoneinfo", *name.split("/"))) as path:
        rules = tz.tzfile(str(path))
    offset = datetime(2027, 7, 1, 12, tzinfo=rules).utcoffset()
    right = datetime(2027, 7, 1, 12, tzinfo=ZoneInfo(name)).utcoffset()
    print(f"{name}: dateutil {offset}, zoneinfo {right}")
    # No error: every zone is UTC.
    assert offset == timedelta(0) != right
PYTHON
PYTHONTZPATH="" venv/bin/python finding.py
echo "Seen again."
