#!/usr/bin/env bash
# mailparser decodes encoded words in subjects and in the names of addresses, and leaves those in the
# phrase of List-Id as they are, though it parses that header into a name and an id. So does
# nodemailer's own round trip: it writes the phrase as encoded words, and mailparser, by the same
# author, does not read it.
#
# Expected: headers.get('list').id.name is “Grüße aus Bern”.
# Seen:     it is “=?UTF-8?Q?…?=”; the same name in From is decoded.
# Ivent:    a List-Id with a phrase has to be readable in ASCII to be readable everywhere.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes > init.log
npm install --silent --no-audit --no-fund nodemailer@10.6.1 mailparser@3.14.2
cat > list-id.mjs <<'JS'
import {readFileSync} from 'node:fs';
import nodemailer from 'nodemailer';
import {simpleParser} from 'mailparser';
const name = 'Grüße aus Bern';
const transport = nodemailer.createTransport({streamTransport: true, buffer: true});
const {message} = await transport.sendMail({
  from: {name, address: 'a@example.com'}, to: 'b@example.com', subject: name, text: 'hello',
  list: {id: {url: 'list.example.com', comment: name}},
});
const mail = await simpleParser(message);
const version = each => JSON.parse(readFileSync(`node_modules/${each}/package.json`)).version;
console.log(`nodemailer ${version('nodemailer')}, mailparser ${version('mailparser')}, given ${name}`);
console.log('  Subject ', mail.subject);
console.log('  From    ', mail.from.value[0].name);
const list = mail.headers.get('list').id;
console.log('  List-Id ', list);
const decoded = mail.subject === name && mail.from.value[0].name === name;
process.exit(decoded && list.id === 'list.example.com' && list.name.startsWith('=?') ? 0 : 1);
JS
node list-id.mjs
