#!/usr/bin/env bash
# csv.Sniffer (and pandas, which asks it) and CleverCSV take a letter or "@" of e-mail addresses
# for the delimiter.
#
# Input: a CSV file of one column, addresses, with a heading. It has no delimiter at all.
# Expected: one column of whole addresses, or "could not determine delimiter".
# Behaviour: csv.Sniffer says "l" or another letter, pandas.read_csv(sep=None) tears each address
# apart without a warning that anything is lost, CleverCSV makes two columns at "@".
# Ivent:    looks for a delimiter among four, and takes the one with which the heading makes sense.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check pandas==3.1.1 clevercsv==0.8.5
cd "$folder"
printf 'email\nana@example.com\nben@example.com\ncy@example.com\n' > list.csv
venv/bin/python - <<'PY'
import csv, platform, sys
from importlib.metadata import version

import clevercsv
import pandas

print("Python", platform.python_version(), "pandas", version("pandas"), "clevercsv", version("clevercsv"))
text = open("list.csv").read()
print("expected: ['ana@example.com', 'ben@example.com', 'cy@example.com'], or no delimiter")

sniffed = csv.Sniffer().sniff(text).delimiter
print("csv.Sniffer:", repr(sniffed))

frame = pandas.read_csv("list.csv", sep=None, engine="python")
print("pandas, sep=None:", frame.reset_index().to_dict("split"))

table = clevercsv.read_table("list.csv")
print("CleverCSV:", table)

torn = not any("ana@example.com" in map(str, row) for row in frame.reset_index().values.tolist())
split = ["ana", "example.com"] in table
sys.exit(0 if sniffed.isalpha() and torn and split else 1)
PY
