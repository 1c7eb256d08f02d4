#!/usr/bin/env bash
# Mail parsers disagree about backslashes in quoted display names (RFC 5322's quoted-pairs), so a
# name with a quotation mark or a backslash is read differently from one program to the next. As
# encoded words, all but letterparser read the same names alike.
#
# Expected: From: "The \"Club\"" <a@example.com> is read as: The "Club"
#           From: "Club \\" <a@example.com>      is read as: Club \
# Seen:     letterparser leaves the backslashes of both in the name; emailjs-mime-parser reads the
#           second as: Club " < >   mailparser and postal-mime read both as expected. Of the encoded
#           words, letterparser alone loses the last quotation mark.
# Ivent:    writes names with quotation marks or backslashes as encoded words only.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes > init.log
npm install --silent --no-audit --no-fund \
    letterparser@0.1.8 emailjs-mime-parser@2.0.7 mailparser@3.14.2 postal-mime@4.0.0
cat > names.mjs <<'JS'
import {readFileSync} from 'node:fs';
import {extract} from 'letterparser';
import emailjs from 'emailjs-mime-parser';
import {simpleParser} from 'mailparser';
import PostalMime from 'postal-mime';
const programs = {
  'letterparser': raw => extract(raw.toString()).from.name,
  'emailjs-mime-parser': raw => (emailjs.default || emailjs)(raw).headers.from[0].value[0].name,
  'mailparser': async raw => (await simpleParser(raw)).from.value[0].name,
  'postal-mime': async raw => (await PostalMime.parse(raw)).from.name,
};
const version = each => JSON.parse(readFileSync(`node_modules/${each}/package.json`)).version;
const wrong = {quoted: {}, encoded: {}};
for (const name of ['The "Club"', 'Club \\']) {
  const quoted = `"${name.replace(/["\\]/g, '\\$&')}"`;
  const encoded = `=?utf-8?b?${Buffer.from(name).toString('base64')}?=`;
  for (const [way, phrase] of Object.entries({quoted, encoded})) {
    const raw = Buffer.from(`From: ${phrase} <a@example.com>\r\nSubject: s\r\n\r\nhello\r\n`);
    console.log(`From: ${phrase} <a@example.com>`);
    for (const [program, read] of Object.entries(programs)) {
      const got = await read(raw);
      if (got !== name) (wrong[way][program] ||= []).push(name);
      console.log(`  ${program} ${version(program)}: ${got}`);
    }
  }
}
const letters = wrong.quoted['letterparser'] || [], emails = wrong.quoted['emailjs-mime-parser'] || [];
const others = Object.keys(wrong.quoted).length === 2 && Object.keys(wrong.encoded).length === 1;
process.exit(letters.length === 2 && emails.join() === 'Club \\' && others ? 0 : 1);
JS
node names.mjs
