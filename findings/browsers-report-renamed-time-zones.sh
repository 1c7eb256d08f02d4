#!/usr/bin/env bash
# Browsers and Node.js report time zones by names that tzdata has renamed.
#
# A script that preselects the browser's zone in a list of canonical IANA zones (pytz.common_timezones,
# zone1970.tab) finds no entry in India, Vietnam, Nepal, Argentina or Ukraine.
set -euo pipefail
NODE=22.12.0 TZDATA=2025.2
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-fund --no-audit "node@$NODE"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check "tzdata==$TZDATA"
node=node_modules/node/bin/node

cat >zones.js <<'JS'
for (const zone of process.argv.slice(2)) {
  process.env.TZ = zone;
  const { timeZone } = new Intl.DateTimeFormat("en").resolvedOptions();
  console.log(`${zone} ${timeZone} ${Intl.supportedValuesOf("timeZone").includes(zone)}`);
}
JS
# Zones of zone1970.tab, that is names which tzdata itself recommends.
zones=$(venv/bin/python - <<'PY'
from importlib.resources import files
lines = files("tzdata.zoneinfo").joinpath("zone1970.tab").read_text().splitlines()
print(*sorted(line.split("\t")[2] for line in lines if not line.startswith("#")))
PY
)
echo "node $("$node" --version), ICU $("$node" -p process.versions.icu), tzdata $TZDATA"
echo "expected: a machine in Asia/Kolkata reports Asia/Kolkata, and Intl lists each zone of zone1970.tab"
found=$("$node" zones.js $zones | awk '$1 != $2 || $3 != "true"')
echo "$found" | awk '{ printf "  zone %s: reported as %s, listed: %s\n", $1, $2, $3 }'
echo "$found" | grep -q "^Asia/Kolkata Asia/Calcutta false$"
echo "$found" | grep -q "^Asia/Ho_Chi_Minh Asia/Saigon false$"
echo "behaviour: $(echo "$found" | wc -l) recommended zones are reported by an older name"
