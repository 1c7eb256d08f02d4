#!/usr/bin/env bash
# Through vdirsyncer's singlefile storage each event comes back with every event's VTIMEZONE of its TZID.
# Expected: each event stays with the definition that it came with.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
"${PYTHON:-python3}" -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check vdirsyncer==0.21.0 2>/dev/null
venv/bin/python -m pip list --disable-pip-version-check 2>/dev/null | grep -i -E "^(vdirsyncer) "
echo "expected: each event stays with the definition that it came with."
cat > finding.py <<'PYTHON'
import subprocess
from pathlib import Path

for folder in ("many", "state", "back"):
    Path(folder).mkdir()


def event(year: int) -> str:
    return "\r\n".join(
        [
            "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//finding//EN", "BEGIN:VTIMEZONE",
            "TZID:Europe/Berlin", "BEGIN:DAYLIGHT", f"DTSTART:{year}0325T020000",
            "TZOFFSETFROM:+0100", "TZOFFSETTO:+0200", "END:DAYLIGHT", "BEGIN:STANDARD",
            f"DTSTART:{year}1028T030000", "TZOFFSETFROM:+0200", "TZOFFSETTO:+0100",
            "END:STANDARD", "END:VTIMEZONE", "BEGIN:VEVENT", f"UID:{year}",
            "DTSTAMP:20260101T000000Z", f"DTSTART;TZID=Europe/Berlin:{year}0615T180000",
            f"SUMMARY:{year}", "END:VEVENT", "END:VCALENDAR", "",
        ]
    )


for year in (2027, 2029):
    Path("many", f"{year}.ics").write_text(event(year), newline="")
Path("config").write_text(
    "[general]\nstatus_path = \"state\"\n"
    "[pair p]\na = \"many\"\nb = \"one\"\ncollections = null\n"
    "[pair q]\na = \"one\"\nb = \"back\"\ncollections = null\n"
    "[storage back]\ntype = \"filesystem\"\npath = \"back\"\nfileext = \".ics\"\n"
    "[storage many]\ntype = \"filesystem\"\npath = \"many\"\nfileext = \".ics\"\n"
    "[storage one]\ntype = \"singlefile\"\npath = \"one.ics\"\n"
)
for command in (["discover"], ["sync", "p"], ["sync", "q"]):
    subprocess.run(
        ["venv/bin/vdirsyncer", "-c", "config", *command], input="y\n" * 5, text=True,
        capture_output=True, check=True,
    )
with_years = {}
for path in Path("back").glob("*.ics"):
    lines = path.read_text().splitlines()
    [summary] = [line.partition(":")[2] for line in lines if line.startswith("SUMMARY")]
    with_years[summary] = [line[8:12] for line in lines if line.startswith("DTSTART:20")]
print("event: years of the definition that it came back with:", with_years)
assert sorted(with_years) == ["2027", "2029"]
# Two definitions of one TZID in one object: which one counts is left to the reader.
assert with_years["2027"] == with_years["2029"] == ["2027", "2027", "2029", "2029"]
PYTHON
PYTHONTZPATH="" venv/bin/python finding.py
echo "Seen again."
