#!/usr/bin/env bash
# freezegun loses which of two equal times a datetime is.
#
# Expected: while time is frozen, datetimes behave as ever: 01:30 UTC on 31 October 2027 is the
# second 02:30 in Berlin (fold=1, UTC+01:00).
# Behaviour: the datetime that astimezone() gives has fold=0, so it is another moment, an hour
# earlier. Tests under a frozen clock cannot tell the two hours of an autumn night apart.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet --disable-pip-version-check install freezegun==1.5.5 tzdata==2026.6

"$folder/venv/bin/python" - <<'PYTHON'
import datetime
from importlib.metadata import version
from zoneinfo import ZoneInfo

from freezegun import freeze_time

BERLIN = ZoneInfo("Europe/Berlin")


def shown():
    moment = datetime.datetime(2027, 10, 31, 1, 30, tzinfo=datetime.timezone.utc)
    local = moment.astimezone(BERLIN)
    return local.isoformat(), local.fold, local.astimezone(datetime.timezone.utc) - moment


print("freezegun", version("freezegun"))
as_ever = shown()
with freeze_time("2027-01-01"):
    frozen = shown()
print("as ever:", as_ever)
print("frozen: ", frozen)
assert as_ever[:2] == ("2027-10-31T02:30:00+01:00", 1)
assert frozen[:2] == ("2027-10-31T02:30:00+02:00", 0), "freezegun no longer loses it"
assert frozen[2] == datetime.timedelta(hours=-1)
PYTHON
