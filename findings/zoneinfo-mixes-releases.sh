#!/usr/bin/env bash
# zoneinfo takes each zone from the first place that has it: one place on earth, two offsets.
#
# Expected: with the PyPI package tzdata installed, a process uses one release of the rules, so
# that America/Vancouver and its alias Canada/Pacific show the same clock.
# Behaviour: zoneinfo looks file by file, first into the system's folder, then into the package. A
# system whose files are older and lack the old aliases (Debian and Ubuntu keep these in a package
# of their own, tzdata-legacy) serves the one name by the old rules and the other by the new ones.
# Only an empty TZPATH leaves a single release.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
pip=("$folder/venv/bin/pip" --quiet --disable-pip-version-check)
"${pip[@]}" install tzdata==2026.6
"${pip[@]}" install --no-deps --target "$folder/system" tzdata==2025.2
# As where tzdata-legacy is not installed.
rm -r "$folder/system/tzdata/zoneinfo/Canada"

"$folder/venv/bin/python" - "$folder/system/tzdata/zoneinfo" <<'PYTHON'
import sys
import zoneinfo
from datetime import datetime

import tzdata


def offsets():
    """Of one wall clock under both names."""
    names = "America/Vancouver", "Canada/Pacific"
    return [f"{datetime(2026, 12, 5, 18, tzinfo=zoneinfo.ZoneInfo(name)):%z}" for name in names]


print("Python", sys.version.split()[0], "with tzdata", tzdata.IANA_VERSION)
zoneinfo.reset_tzpath(to=[sys.argv[1]])
zoneinfo.ZoneInfo.clear_cache()
mixed = offsets()
print("with an older system:", mixed)
zoneinfo.reset_tzpath(to=[])
zoneinfo.ZoneInfo.clear_cache()
alone = offsets()
print("with an empty TZPATH:", alone)
assert mixed == ["-0800", "-0700"], "zoneinfo no longer mixes releases"
assert alone == ["-0700", "-0700"], "the package alone no longer agrees with itself"
PYTHON
