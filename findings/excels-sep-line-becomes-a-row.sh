#!/usr/bin/env bash
# Excel's first line "sep=;" sets the delimiter; CSV readers make a heading or a row of it.
#
# Input: a CSV file as it is written for Excel, with "sep=;" before the heading. Excel and
# LibreOffice take the line for a setting, and show columns "email" and "name".
# Expected of readers that find the delimiter by themselves: a row {email, name}.
# Behaviour: SheetJS does that. PapaParse, CleverCSV and DuckDB find ";" and make "sep=" the heading,
# and of the real heading a row of data; Polars has one column, "sep=;".
# Ivent:    takes the line for what it is, and counts it in line numbers.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y > /dev/null
npm install --silent --no-audit --no-fund papaparse@5.7.1 xlsx@0.18.5
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check clevercsv==0.8.5 duckdb==2.0.1 polars==2.1.0
printf 'sep=;\r\nemail;name\r\na@example.com;Ana\r\n' > list.csv
cat > try.mjs <<'JS'
import { readFileSync } from "node:fs";
import Papa from "papaparse";
import XLSX from "xlsx";

const text = readFileSync("list.csv", "utf8");
const papa = Papa.parse(text, { header: true, skipEmptyLines: true });
const sheetjs = XLSX.utils.sheet_to_json(XLSX.read(text, { type: "string" }).Sheets.Sheet1);
console.log('expected: [{"email":"a@example.com","name":"Ana"}]');
console.log("xlsx 0.18.5:", JSON.stringify(sheetjs));
console.log("papaparse 5.7.1:", JSON.stringify(papa.data), JSON.stringify(papa.meta.delimiter));
const good = sheetjs.length === 1 && sheetjs[0].email === "a@example.com";
process.exit(good && papa.data.length === 2 && "sep=" in papa.data[0] ? 0 : 1);
JS
node try.mjs
venv/bin/python - <<'PY'
import sys
from importlib.metadata import version

import clevercsv, duckdb, polars

print(*(f"{name} {version(name)}" for name in ("clevercsv", "duckdb", "polars")))
clever = clevercsv.read_table("list.csv")
print("CleverCSV:", clever)
duck = duckdb.sql("from 'list.csv'")
print("DuckDB:", duck.columns, duck.fetchall())
pole = polars.read_csv("list.csv").to_dicts()
print("Polars:", pole)
changed = clever[0] != ["sep=", ""] or ("email", "name") not in duck.fetchall() or "sep=;" not in pole[0]
sys.exit(1 if changed else 0)
PY
