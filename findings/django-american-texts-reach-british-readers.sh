#!/usr/bin/env bash
# A catalogue of American spellings is used for British readers, although Django's source says that
# an English variant gets no fallback.
#
# Expected: Django 5.2's DjangoTranslation._add_fallback returns at once for every language that
#           begins with "en". So with texts written in British English and a catalogue for "en" that
#           respells them, "en-gb" (which has no catalogue) shows the texts as they are written.
# Seen:     gettext.find() expands "en_GB" to "en" before Django decides anything: British readers
#           get "Color". Only an en_GB catalogue that repeats the source texts brings them back.
# Ivent:    that catalogue; a test holds it to the American one, text by text.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check django==5.2.19 babel==2.19.0
cat > "$folder/texts.py" <<'PY'
import sys
from pathlib import Path

import django
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from django.conf import settings

root = Path(sys.argv[1])


def catalogue(folder, text):
    words = Catalog(locale=folder)
    words.add("Colour", text)
    (root / folder / "LC_MESSAGES").mkdir(parents=True)
    with (root / folder / "LC_MESSAGES" / "django.mo").open("wb") as file:
        write_mo(file, words)


catalogue("en", "Color")
if "again" in sys.argv:
    catalogue("en_GB", "Colour")
settings.configure(LANGUAGE_CODE="en", LOCALE_PATHS=[root], USE_I18N=True)
django.setup()
from django.utils import translation

found = {}
for language in ("en", "en-gb", "en-au"):
    with translation.override(language):
        found[language] = translation.gettext("Colour")
print(f"Django {django.__version__}:", found, "with en_GB" if "again" in sys.argv else "")
british = "Colour" if "again" in sys.argv else "Color"
sys.exit(0 if found == {"en": "Color", "en-gb": british, "en-au": "Color"} else 1)
PY
"$folder/venv/bin/python" "$folder/texts.py" "$folder/one"
"$folder/venv/bin/python" "$folder/texts.py" "$folder/two" again
