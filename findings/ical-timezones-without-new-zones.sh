#!/usr/bin/env bash
# @touch4it/ical-timezones knows none of the names of the last years, and gives null for them; Cairo has no summer time.
# Expected: a VTIMEZONE for every zone that Node's Intl knows, with the rules since 2023.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund @touch4it/ical-timezones@1.9.0
npm ls --depth=0 | tail -n +2
echo "node $(node --version)"
echo "expected: a VTIMEZONE for every zone that Node's Intl knows, with the rules since 2023."
cat > finding.mjs <<'NODE'
import assert from "node:assert";
import zones from "@touch4it/ical-timezones";

const found = (name) => zones.getVtimezoneComponent(name);
for (const name of ["America/Nuuk", "Europe/Kyiv", "America/Ciudad_Juarez", "Asia/Qostanay"]) {
  console.log(`${name}:`, found(name));
  assert.ok(new Intl.DateTimeFormat("en", { timeZone: name }));
  assert.equal(found(name), null);
}
console.log(found("Africa/Cairo"));
assert.ok(!found("Africa/Cairo").includes("DAYLIGHT"));
NODE
node finding.mjs
echo "Seen again."
