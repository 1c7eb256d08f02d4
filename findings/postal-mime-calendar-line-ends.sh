#!/usr/bin/env bash
# postal-mime (the parser of Cloudflare's Email Workers) changes the bytes of a calendar that is
# attached in base64: CRLF becomes LF.
#
# Expected: base64 content is bytes: what was attached comes out, as from application/octet-stream.
# Seen:     of text/calendar, RFC 5545's CRLFs are gone, so a checksum or a signature over the file
#           fails; mailparser keeps them.
# Ivent:    tests read attachments by Python's parser, which keeps the bytes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes > init.log
npm install --silent --no-audit --no-fund postal-mime@4.0.0 mailparser@3.14.2
cat > line-ends.mjs <<'JS'
import {readFileSync} from 'node:fs';
import PostalMime from 'postal-mime';
import {simpleParser} from 'mailparser';
const ics = 'BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nEND:VCALENDAR\r\n';
const mail = type => Buffer.from(
  'From: a@example.com\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n' +
  '--b\r\nContent-Type: text/plain\r\n\r\nhello\r\n' +
  `--b\r\nContent-Type: ${type}\r\nContent-Disposition: attachment; filename=event.ics\r\n` +
  `Content-Transfer-Encoding: base64\r\n\r\n${Buffer.from(ics).toString('base64')}\r\n--b--\r\n`);
const show = bytes => JSON.stringify(Buffer.from(bytes).toString());
const version = name => JSON.parse(readFileSync(`node_modules/${name}/package.json`)).version;
const read = {};
for (const type of ['text/calendar; charset=utf-8', 'application/octet-stream']) {
  const postal = (await PostalMime.parse(mail(type))).attachments[0].content;
  const other = (await simpleParser(mail(type))).attachments[0].content;
  console.log(`${type}\n  attached                ${show(ics)}`);
  console.log(`  postal-mime ${version('postal-mime')}       ${show(postal)}`);
  console.log(`  mailparser ${version('mailparser')}       ${show(other)}`);
  read[type] = [postal, other].map(each => Buffer.from(each).toString() === ics);
}
const [text, binary] = Object.values(read);
process.exit(!text[0] && text[1] && binary[0] && binary[1] ? 0 : 1);
JS
node line-ends.mjs
