#!/usr/bin/env bash
# Django never finds an ETag that holds a comma in If-None-Match.
#
# Expected: 304. RFC 9110, section 8.8.3: an entity-tag is any visible characters but the quote
# between quotes, so "2026,11" is one.
# Found: parse_etags() splits the header at each comma, inside the quotes too, and drops the halves:
# the reply is sent in full, and If-Match is taken for absent, so that a write is not protected.
# In Ivent: ivent_site/api/conditional.py reads lists of ETags by the RFC's grammar.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check Django==5.2.19
"$folder/venv/bin/python" - <<'PYTHON'
import django
from django.conf import settings

settings.configure(ALLOWED_HOSTS=["*"])
django.setup()
from django.http import HttpResponse
from django.test import RequestFactory
from django.utils.cache import get_conditional_response
from django.utils.http import parse_etags

ETAG = '"2026,11"'
print("Django", django.get_version())
print("parse_etags:", parse_etags(ETAG))
asked = RequestFactory().get("/", headers={"if-none-match": ETAG})
read = get_conditional_response(asked, etag=ETAG, response=HttpResponse("body")).status_code
print("GET with If-None-Match of the very ETag: expected 304, found", read)
write = RequestFactory().put("/", headers={"if-match": '"2025,12"'})
written = get_conditional_response(write, etag=ETAG, response=HttpResponse("body")).status_code
print("PUT with If-Match of another ETag: expected 412, found", written)
raise SystemExit((read, written) != (200, 200))
PYTHON
