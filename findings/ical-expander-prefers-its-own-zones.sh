#!/usr/bin/env bash
# ical-expander reads times by zone data that it brings, and not by the VTIMEZONE of the file.
# Expected: 18:00 in a zone that the file puts at UTC-02:00 is 20:00Z.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund ical-expander@3.2.0
npm ls --depth=0 | tail -n +2
echo "node $(node --version)"
echo "expected: 18:00 in a zone that the file puts at UTC-02:00 is 20:00Z."
cat > finding.mjs <<'NODE'
import assert from "node:assert";
import IcalExpander from "ical-expander";

const TEXT = `BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//finding//EN
BEGIN:VTIMEZONE
TZID:America/Nuuk
BEGIN:STANDARD
DTSTART:20241027T000000
TZOFFSETFROM:-0100
TZOFFSETTO:-0200
END:STANDARD
END:VTIMEZONE
BEGIN:VEVENT
UID:1
DTSTAMP:20260101T000000Z
SUMMARY:x
DTSTART;TZID=America/Nuuk:20270115T180000
DTEND;TZID=America/Nuuk:20270115T190000
END:VEVENT
END:VCALENDAR`.replaceAll("\n", "\r\n");
const starts = (ics) => new IcalExpander({ ics }).all().events[0].startDate.toJSDate().toISOString();
const known = starts(TEXT), unknown = starts(TEXT.replaceAll("America/Nuuk", "Test/Nuuk"));
console.log("TZID=America/Nuuk:", known);
console.log("TZID=Test/Nuuk:   ", unknown);
// Greenland moved to UTC-02:00 in 2023. A name of one's own is read as if the time were in no zone.
assert.equal(known, "2027-01-15T21:00:00.000Z");
assert.notEqual(unknown, "2027-01-15T20:00:00.000Z");
NODE
node finding.mjs
echo "Seen again."
