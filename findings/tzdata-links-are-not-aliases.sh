#!/usr/bin/env bash
# A link in tzdata.zi does not mean an older name: the zones of 106 places in IANA's own table of countries are links.
# Expected: names that are links (Asia/Calcutta) are old, names of zones are current: a list of zones offers each country's city.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
"${PYTHON:-python3}" -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check tzdata==2026.6 2>/dev/null
venv/bin/python -m pip list --disable-pip-version-check 2>/dev/null | grep -i -E "^(tzdata) "
echo "expected: names that are links (Asia/Calcutta) are old, names of zones are current: a list of zones offers each country's city."
cat > finding.py <<'PYTHON'
from importlib import resources

folder = resources.files("tzdata").joinpath("zoneinfo")
parts = [line.split() for line in folder.joinpath("tzdata.zi").read_text().splitlines()]
links = {part[2]: part[1] for part in parts if part[0] == "L"}
cities = [
    line.split("\t")[2]
    for line in folder.joinpath("zone.tab").read_text().splitlines()
    if not line.startswith("#")
]
linked = [city for city in cities if city in links]
print(len(cities), "places in zone.tab,", len(linked), "of them links:")
for name in ("Europe/Oslo", "Europe/Stockholm", "Europe/Amsterdam", "Africa/Accra"):
    print(" ", name, "->", links[name])
assert links["Asia/Calcutta"] == "Asia/Kolkata"
assert links["Europe/Oslo"] == "Europe/Berlin"
assert "Europe/Oslo" in linked and len(linked) > 100
PYTHON
PYTHONTZPATH="" venv/bin/python finding.py
echo "Seen again."
