#!/usr/bin/env bash
# SheetJS drops cells of a CSV file that begin with "=", and makes numbers and dates of others.
#
# Input: a CSV file of texts. "=ana@example.com" is a valid address (RFC 5322 allows "=" in front),
# "007" a member's number, "1-2" a seat.
# Expected: the texts as they are in the file, as in PapaParse and csv-parse.
# Behaviour: the address becomes a formula without a value, so sheet_to_json has no such key; the
# number becomes 7 and the seat a date. Only {raw: true} keeps the texts.
# Ivent:    reads every cell of a CSV file as text (subscriptions/import_sheet.py).
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y > /dev/null
npm install --silent --no-audit --no-fund papaparse@5.7.1 xlsx@0.18.5
printf 'name,email,number,seat\nAna,=ana@example.com,007,1-2\n' > list.csv
cat > try.mjs <<'JS'
import { readFileSync } from "node:fs";
import Papa from "papaparse";
import XLSX from "xlsx";

const text = readFileSync("list.csv", "utf8");
const rows = (options) =>
  XLSX.utils.sheet_to_json(XLSX.read(text, { type: "string", ...options }).Sheets.Sheet1);
const [usual] = rows({}), [raw] = rows({ raw: true });
const [papa] = Papa.parse(text, { header: true, skipEmptyLines: true }).data;
console.log("expected, and papaparse 5.7.1:", JSON.stringify(papa));
console.log("xlsx 0.18.5:", JSON.stringify(usual));
console.log("xlsx 0.18.5, raw:", JSON.stringify(raw));
const known = papa.email === "=ana@example.com" && papa.number === "007";
process.exit(known && !("email" in usual) && usual.number === 7 && usual.seat > 30000 ? 0 : 1);
JS
node try.mjs
