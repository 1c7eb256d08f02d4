#!/usr/bin/env bash
# ts-ics changes clocks at the start of the day of the change, not at the time that the VTIMEZONE says.
# Expected: 01:00 on the day on which Berlin's clocks are put back at 03:00 is still summer time.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund ts-ics@2.4.6
npm ls --depth=0 | tail -n +2
echo "node $(node --version)"
echo "expected: 01:00 on the day on which Berlin's clocks are put back at 03:00 is still summer time."
cat > finding.mjs <<'NODE'
import assert from "node:assert";
import { convertIcsCalendar } from "ts-ics";

const TEXT = `BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//finding//EN
BEGIN:VTIMEZONE
TZID:Europe/Berlin
BEGIN:DAYLIGHT
DTSTART:20190331T020000
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
END:DAYLIGHT
BEGIN:STANDARD
DTSTART:20191027T030000
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
END:STANDARD
END:VTIMEZONE
BEGIN:VEVENT
UID:1
DTSTAMP:20260101T000000Z
SUMMARY:x
DTSTART;TZID=Europe/Berlin:20271031T010000
DTEND;TZID=Europe/Berlin:20271031T013000
END:VEVENT
END:VCALENDAR`;
const event = convertIcsCalendar(undefined, TEXT.replaceAll("\n", "\r\n")).events[0];
const found = event.start.date.toISOString();
console.log("01:00 in Berlin on 31 October 2027:", found, "(right: 2027-10-30T23:00:00.000Z)");
assert.equal(found, "2027-10-31T00:00:00.000Z");
NODE
node finding.mjs
echo "Seen again."
