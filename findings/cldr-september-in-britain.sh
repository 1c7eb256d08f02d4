#!/usr/bin/env bash
# The short British September has four letters in CLDR, so what Babel writes, Python and Django
# do not read.
#
# Expected: English months are shortened alike on both sides of the Atlantic (Jan, Feb, … Sep), so a
#           date written by Babel for en_GB is read by strptime's "%d %b %Y" and Django's own format.
# Seen:     eleven months go back and forth; September is "Sept" in en_GB, en_AU, en_NZ, en_IE and
#           en_IN, and "Sep" in en_US and en_CA. Django's own British format says "Sep".
#           A CSV export that passed its tests from October to August fails in September.
# Ivent:    writes months in full, and dates in files as ISO 8601.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check babel==2.19.0 django==5.2.19
cat > "$folder/september.py" <<'PY'
import sys
from datetime import date, datetime

import babel
import django
from babel.dates import format_date
from django.conf import settings

settings.configure()
django.setup()
from django.utils import formats, translation

print(f"Babel {babel.__version__} (CLDR), Django {django.__version__}")
refused = []
for month in range(1, 13):
    day = date(2026, month, 7)
    text = format_date(day, "medium", locale="en_GB")
    try:
        datetime.strptime(text, "%d %b %Y")
    except ValueError:
        with translation.override("en-gb"):
            own = formats.date_format(day)
        print(f"  Babel writes {text!r}, which strptime refuses; Django writes {own!r}")
        refused.append(text)
words = {
    name: format_date(date(2026, 9, 7), "MMM", locale=name)
    for name in ("en_US", "en_CA", "en_GB", "en_AU", "en_NZ", "en_IE", "en_IN")
}
print(" ", words)
short = {name for name, word in words.items() if word == "Sep"}
sys.exit(0 if refused == ["7 Sept 2026"] and short == {"en_US", "en_CA"} else 1)
PY
"$folder/venv/bin/python" "$folder/september.py"
