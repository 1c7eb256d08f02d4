#!/usr/bin/env bash
# timezones-ical-library says that Cairo puts clocks back on the last Friday of October; it is the day after the last Thursday.
# Expected: the VTIMEZONE of Africa/Cairo puts clocks back at the end of Thursday, 31 October 2030, as IANA's rule (lastThu 24:00) says.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund timezones-ical-library@2.3.2 ical.js@2.2.1
npm ls --depth=0 | tail -n +2
echo "node $(node --version)"
echo "expected: the VTIMEZONE of Africa/Cairo puts clocks back at the end of Thursday, 31 October 2030, as IANA's rule (lastThu 24:00) says."
cat > finding.mjs <<'NODE'
import assert from "node:assert";
import ICAL from "ical.js";
import { tzlib_get_ical_block } from "timezones-ical-library";

const [block] = tzlib_get_ical_block("Africa/Cairo");
console.log(block.split("\r\n").filter((line) => /RRULE|BEGIN|TZOFFSETTO/.test(line)).join("\n"));
const zone = new ICAL.Timezone(new ICAL.Component(ICAL.parse(`BEGIN:VCALENDAR\r\n${block}\r\nEND:VCALENDAR`)).getFirstSubcomponent("vtimezone"));
const time = ICAL.Time.fromDateTimeString("2030-10-28T12:00:00");
time.zone = zone;
const offset = (when) => new Intl.DateTimeFormat("en", { timeZone: "Africa/Cairo", timeZoneName: "longOffset" }).formatToParts(when).find((part) => part.type === "timeZoneName").value;
const right = offset(new Date("2030-10-28T10:00:00Z"));
console.log("noon of 28 October 2030:", time.toJSDate().toISOString(), "; the offset that Node knows:", right);
assert.equal(right, "GMT+03:00");
// A week early: by this definition winter began on the 25th.
assert.equal(time.toJSDate().toISOString(), "2030-10-28T10:00:00.000Z");
NODE
node finding.mjs
echo "Seen again."
