#!/usr/bin/env bash
# A page in the language of Django's language cookie says nothing of that cookie in Vary.
#
# Expected: Vary names Cookie, for the same URL and Accept-Language give another page with the
# cookie. Otherwise caches, the browser's own too, go on with the language of before.
# Found: LocaleMiddleware adds Accept-Language only.
# In Ivent: ivent_site/languages.py adds Cookie to the pages that caches may keep.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check Django==5.2.19
"$folder/venv/bin/python" - <<'PYTHON'
import django
from django.conf import settings

settings.configure(
    ALLOWED_HOSTS=["*"], ROOT_URLCONF=__name__, SECRET_KEY="x", USE_I18N=True, LANGUAGE_CODE="en",
    MIDDLEWARE=["django.middleware.locale.LocaleMiddleware"],
)
django.setup()
from django.http import HttpResponse
from django.test import Client
from django.urls import path
from django.utils.translation import get_language

urlpatterns = [path("", lambda request: HttpResponse(get_language()))]
print("Django", django.get_version())
replies = []
for cookie in ("", "de"):
    client = Client(headers={"accept-language": "en"})
    if cookie:
        client.cookies["django_language"] = cookie
    reply = client.get("/")
    replies.append((reply.content.decode(), reply.headers["Vary"]))
    print(f"django_language={cookie or 'none'}: page in {replies[-1][0]}, Vary: {replies[-1][1]}")
print("expected Cookie in Vary, for the pages differ by it")
raise SystemExit(replies != [("en", "Accept-Language"), ("de", "Accept-Language")])
PYTHON
