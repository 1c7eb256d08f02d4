#!/usr/bin/env bash
# Django answers 412 to If-Unmodified-Since where the resource has no date.
#
# Expected: the header is ignored. RFC 9110, section 13.1.4: "A recipient MUST ignore the
# If-Unmodified-Since header field if the resource does not have a modification date available."
# Found: get_conditional_response() takes "no date" for "modified since".
# In Ivent: ivent_site/api/conditional.py evaluates conditions by itself.
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

print("Django", django.get_version())
request = RequestFactory().get("/", headers={"if-unmodified-since": "Sat, 01 Jan 2050 00:00:00 GMT"})
found = get_conditional_response(request, etag='"1"', last_modified=None, response=HttpResponse("body"))
print("expected 200, for there is no Last-Modified to compare; found", found.status_code)
raise SystemExit(found.status_code != 412)
PYTHON
