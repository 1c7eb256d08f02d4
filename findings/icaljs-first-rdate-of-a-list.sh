#!/usr/bin/env bash
# ical.js reads only the first date of an RDATE list in a VTIMEZONE.
# Expected: RDATE:a,b,c means the same as three RDATE lines (RFC 5545, 3.8.5.2).
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund ical.js@2.2.1
npm ls --depth=0 | tail -n +2
echo "node $(node --version)"
echo "expected: RDATE:a,b,c means the same as three RDATE lines (RFC 5545, 3.8.5.2)."
cat > finding.mjs <<'NODE'
import assert from "node:assert";
import ICAL from "ical.js";

const TEXT = `BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//finding//EN
BEGIN:VTIMEZONE
TZID:Test/Gaza
BEGIN:STANDARD
DTSTART:20191026T000000
{standard}
TZOFFSETFROM:+0300
TZOFFSETTO:+0200
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:20190329T000000
{daylight}
TZOFFSETFROM:+0200
TZOFFSETTO:+0300
END:DAYLIGHT
END:VTIMEZONE
BEGIN:VEVENT
UID:1
DTSTAMP:20200101T000000Z
DTSTART;TZID=Test/Gaza:20220701T120000
DTEND;TZID=Test/Gaza:20220701T130000
SUMMARY:x
END:VEVENT
END:VCALENDAR`;

function starts(separator) {
  const standard = ["20201024T010000", "20211029T010000"].join(separator);
  const daylight = ["20200328T000000", "20210327T000000", "20220327T000000"].join(separator);
  const text = TEXT.replace("{standard}", `RDATE:${standard}`).replace("{daylight}", `RDATE:${daylight}`);
  const calendar = new ICAL.Component(ICAL.parse(text.replaceAll("\n", "\r\n")));
  const time = calendar.getFirstSubcomponent("vevent").getFirstPropertyValue("dtstart");
  time.zone = new ICAL.Timezone(calendar.getFirstSubcomponent("vtimezone"));
  return time.toJSDate().toISOString();
}

const listed = starts(","), lines = starts("\nRDATE:");
console.log("RDATE:a,b,c:", listed);
console.log("three lines:", lines);
assert.equal(lines, "2022-07-01T09:00:00.000Z");
assert.equal(listed, "2022-07-01T10:00:00.000Z");
NODE
node finding.mjs
echo "Seen again."
