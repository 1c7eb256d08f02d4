#!/usr/bin/env bash
# openpyxl's read-only mode, and tablib with it, cut a sheet off where its <dimension> says.
#
# Input: a workbook whose sheet says <dimension ref="A1"/>, as streaming writers do that do not know
# the size when they begin (Apache POI's SXSSF is one). The element is an optional hint; the cells
# are all there, and Excel shows them.
# Expected: three rows of two cells, as in openpyxl's normal mode and in python-calamine.
# Behaviour: openpyxl with read_only=True gives one row of one cell, tablib no row at all, neither
# with a warning. `sheet.reset_dimensions()` before reading gives all of them.
# Ivent:    resets the dimension of each sheet before it reads.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check \
  openpyxl==3.1.5 'tablib[xlsx]==3.10.0' python-calamine==0.9.1
cd "$folder"
venv/bin/python - <<'PY'
import io, sys, zipfile
from importlib.metadata import version

import openpyxl, python_calamine, tablib

print(*(f"{name} {version(name)}" for name in ("openpyxl", "tablib", "python-calamine")))
book = openpyxl.Workbook()
for row in (["email", "name"], ["a@example.com", "Ana"], ["b@example.com", "Ben"]):
    book.active.append(row)
plain = io.BytesIO()
book.save(plain)
with zipfile.ZipFile(plain) as old, zipfile.ZipFile("list.xlsx", "w") as new:
    for name in old.namelist():
        new.writestr(name, old.read(name).replace(b'dimension ref="A1:B3"', b'dimension ref="A1"'))

expected = [("email", "name"), ("a@example.com", "Ana"), ("b@example.com", "Ben")]
print("expected:", expected)
normal = list(openpyxl.load_workbook("list.xlsx").active.iter_rows(values_only=True))
print("openpyxl:", normal)
lazy = openpyxl.load_workbook("list.xlsx", read_only=True).active
cut = list(lazy.iter_rows(values_only=True))
print("openpyxl, read_only=True:", cut)
lazy.reset_dimensions()
whole = list(lazy.iter_rows(values_only=True))
print("openpyxl, read_only=True, after reset_dimensions():", whole)
with open("list.xlsx", "rb") as file:
    rows = tablib.Dataset().load(file.read(), format="xlsx").dict
print("tablib:", rows)
calamine = python_calamine.load_workbook("list.xlsx").get_sheet_by_index(0).to_python()
print("python-calamine:", calamine)
as_expected = normal == whole == [tuple(row) for row in calamine] == expected
sys.exit(0 if as_expected and cut == [("email",)] and rows == [] else 1)
PY
