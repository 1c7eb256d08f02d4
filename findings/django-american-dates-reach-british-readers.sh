#!/usr/bin/env bash
# A project that sets the dates of American English takes Django's own British dates away.
#
# Expected: with FORMAT_MODULE_PATH and a formats module for "en" only, "en-gb" keeps what Django's
#           own django.conf.locale.en_GB says: the more exact language is the better match.
# Seen:     for "en-gb" Django looks into FORMAT_MODULE_PATH's en_GB, then its en, and only then into
#           its own en_GB. British pages say "December 7, 2026", and 12/06/2027 typed into a British
#           form is read as 6 December instead of 12 June, without an error.
# Ivent:    a formats module for each language that is offered; a test compares all of them.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check django==5.2.19
mkdir -p "$folder/house/en"
touch "$folder/house/__init__.py" "$folder/house/en/__init__.py"
cat > "$folder/house/en/formats.py" <<'PY'
DATE_FORMAT = "F j, Y"
DATE_INPUT_FORMATS = ["%m/%d/%Y"]
PY
cat > "$folder/dates.py" <<'PY'
import sys
from datetime import date

import django
from django import forms
from django.conf import settings

settings.configure(FORMAT_MODULE_PATH=sys.argv[1] or None)
django.setup()
from django.utils import formats, translation

with translation.override("en-gb"):
    shown = formats.date_format(date(2026, 12, 7))
    read = forms.DateField(localize=True).clean("12/06/2027")
print(f"Django {django.__version__}, en-gb, FORMAT_MODULE_PATH={sys.argv[1] or None!r}:")
print(f"  shows {shown}; reads 12/06/2027 as {read:%d %B}")
expected = ("December 7, 2026", 12) if sys.argv[1] else ("7 Dec 2026", 6)
sys.exit(0 if (shown, read.month) == expected else 1)
PY
cd "$folder"
venv/bin/python dates.py ""
venv/bin/python dates.py house
