#!/usr/bin/env bash
# Django 6.0 writes subjects with Python's EmailMessage, Django 5.2 with email.header.Header. So an
# upgrade of Django alone changes subjects: a space is lost or doubled where encoded words fold,
# depending on the Python version (https://github.com/python/cpython/issues/144156 explains why).
#
# Expected: both versions deliver the subject as it was given.
# Seen:     Django 5.2.8 does. Django 6.0: Python 3.12.1 turns “à Genève” into “àGenève” (and leaves
#           the second title alone); Python 3.13.0 turns “de Fête” into “de  Fête” (and leaves the
#           first title alone).
# Ivent:    writes headers itself (notifications/headers.py), so an upgrade of either changes nothing.
#
# Takes Python 3.12 or 3.13: PYTHON=python3.13 findings/django-6-subject-spaces.sh
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cat > "$folder/subjects.py" <<'PY'
import sys
from email import message_from_bytes
from email.header import decode_header, make_header

import django
from django.conf import settings
from django.core.mail import EmailMessage

settings.configure()
titles = (
    "Nouvel événement : Fête de la musique à Genève, Café de l’Été",
    "Fête Grüße “Été” : “Été” : de Fête l’Été",
)
intact = True
for title in titles:
    mail = EmailMessage(title, "text", "a@example.com", ["b@example.com"])
    header = message_from_bytes(mail.message().as_bytes())["Subject"]
    read = str(make_header(decode_header(header.replace("\n", ""))))
    intact = intact and read == title
    print(f"  given {title}\n  read  {read}")
print(f"Django {django.__version__}, Python {sys.version.split()[0]}:", "intact" if intact else "changed")
sys.exit(0 if intact == (django.VERSION < (6,)) else 1)
PY
for version in 5.2.8 6.0; do
    "${PYTHON:-python3.12}" -m venv "$folder/$version"
    "$folder/$version/bin/pip" install --quiet --disable-pip-version-check "django==$version"
    "$folder/$version/bin/python" "$folder/subjects.py"
done
