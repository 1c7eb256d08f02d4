#!/usr/bin/env bash
# node-ical reads summer times as winter times from ten years ahead on: its zones come from temporal-polyfill.
# Expected: 18:00 in Berlin in June is 16:00Z in any year, with the file's RRULEs or without.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund node-ical@0.26.1
npm ls --depth=0 | tail -n +2
echo "node $(node --version)"
echo "expected: 18:00 in Berlin in June is 16:00Z in any year, with the file's RRULEs or without."
cat > finding.mjs <<'NODE'
import assert from "node:assert";
import ical from "node-ical";

const RULES = [
  "BEGIN:VTIMEZONE", "TZID:Europe/Berlin",
  "BEGIN:DAYLIGHT", "DTSTART:20190331T020000", "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3",
  "TZOFFSETFROM:+0100", "TZOFFSETTO:+0200", "END:DAYLIGHT",
  "BEGIN:STANDARD", "DTSTART:20191027T030000", "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10",
  "TZOFFSETFROM:+0200", "TZOFFSETTO:+0100", "END:STANDARD", "END:VTIMEZONE",
];
const starts = (year) => {
  const text = [
    "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//finding//EN", ...RULES, "BEGIN:VEVENT", "UID:1",
    "DTSTAMP:20260101T000000Z", `DTSTART;TZID=Europe/Berlin:${year}0615T180000`, "SUMMARY:x",
    "END:VEVENT", "END:VCALENDAR",
  ].join("\r\n");
  return Object.values(ical.sync.parseICS(text)).find((each) => each.type === "VEVENT").start.toISOString();
};
const year = new Date().getUTCFullYear();
for (const ahead of [1, 12]) console.log(`${year + ahead}:`, starts(year + ahead));
assert.equal(starts(year + 1), `${year + 1}-06-15T16:00:00.000Z`);
assert.equal(starts(year + 12), `${year + 12}-06-15T17:00:00.000Z`);
NODE
node finding.mjs
echo "Seen again."
