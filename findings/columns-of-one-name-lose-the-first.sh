#!/usr/bin/env bash
# csv-parse, d3-dsv and tablib keep the last of two columns with the same name, and say nothing.
#
# Input: a CSV file whose heading has the same name twice, as HubSpot exports its two properties
# called "Email hard bounce reason". Here the first of them says that the address is dead.
# Expected: both values in some form (PapaParse and SheetJS rename the second), or an error.
# Behaviour: the first value is gone, so a dead address looks as good as any other.
# Ivent:    reads columns by their place, so both count.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y > /dev/null
npm install --silent --no-audit --no-fund csv-parse@7.0.3 d3-dsv@3.0.2 papaparse@5.7.1 xlsx@0.18.5
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check tablib==3.10.0
printf 'email,bounce reason,bounce reason\na@example.com,unknown user,\n' > list.csv
cat > try.mjs <<'JS'
import { readFileSync } from "node:fs";
import { parse } from "csv-parse/sync";
import { csvParse } from "d3-dsv";
import Papa from "papaparse";
import XLSX from "xlsx";

const text = readFileSync("list.csv", "utf8");
const sheet = XLSX.read(text, { type: "string" }).Sheets.Sheet1;
const read = {
  "csv-parse 7.0.3": parse(text, { columns: true }),
  "d3-dsv 3.0.2": [...csvParse(text)],
  "papaparse 5.7.1": Papa.parse(text, { header: true, skipEmptyLines: true }).data,
  "xlsx 0.18.5": XLSX.utils.sheet_to_json(sheet),
};
console.log('node', process.version, '- expected: "unknown user" is somewhere in the row');
for (const [name, rows] of Object.entries(read)) console.log(`${name}:`, JSON.stringify(rows));
const has = (name) => JSON.stringify(read[name]).includes("unknown user");
const lost = !has("csv-parse 7.0.3") && !has("d3-dsv 3.0.2");
process.exit(lost && has("papaparse 5.7.1") && has("xlsx 0.18.5") ? 0 : 1);
JS
node try.mjs
venv/bin/python - <<'PY'
import sys
from importlib.metadata import version

import tablib

rows = tablib.Dataset().load(open("list.csv").read(), format="csv").dict
print(f"tablib {version('tablib')}:", rows)
sys.exit(0 if "unknown user" not in str(rows) else 1)
PY
