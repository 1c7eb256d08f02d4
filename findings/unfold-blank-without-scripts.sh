#!/usr/bin/env bash
# Every page of django-unfold is blank in a browser without scripts, the sign-in page included.
#
# unfold puts Alpine's x-cloak on the <html> element itself, and its stylesheet hides what has it.
# Only Alpine takes it away. Django's own sign-in page, of the same project, is readable.
set -euo pipefail
DJANGO=5.2.19 UNFOLD=0.91.0 JSDOM=26.1.0
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check "Django==$DJANGO" "django-unfold==$UNFOLD"
npm init --yes >/dev/null
npm install --silent --no-fund --no-audit "jsdom@$JSDOM"

cat >page.py <<'PY'
import re
import sys

import django
from django.conf import settings

unfold = ["unfold"] if sys.argv[1] == "unfold" else []
apps = ["admin", "auth", "contenttypes", "messages", "sessions", "staticfiles"]
settings.configure(
    SECRET_KEY="x",
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__,
    INSTALLED_APPS=[*unfold, *(f"django.contrib.{a}" for a in apps)],
    MIDDLEWARE=[
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
    ],
    SESSION_ENGINE="django.contrib.sessions.backends.signed_cookies",
    STATIC_URL="/static/",
    TEMPLATES=[{
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": [
            "django.template.context_processors.request",
            "django.contrib.auth.context_processors.auth",
            "django.contrib.messages.context_processors.messages",
        ]},
    }],
)
django.setup()
from django.contrib import admin
from django.contrib.staticfiles import finders
from django.test import Client
from django.urls import path

urlpatterns = [path("admin/", admin.site.urls)]
page = Client().get("/admin/login/").content.decode()


def style(link):
    with open(finders.find(link[1].removeprefix("/static/"))) as file:
        # jsdom's parser does not know the newest rules: the one about x-cloak will do.
        return f"<style>{' '.join(re.findall(r'[^{}]*x-cloak[^{}]*{[^}]*}', file.read()))}</style>"


print(re.sub(r'<link[^>]*href="(/static/[^"]*\.css)"[^>]*>', style, page))
PY
cat >display.js <<'JS'
const { readFileSync } = require("fs");
const { JSDOM } = require("jsdom");
// Scripts are off: jsdom's default.
const { window } = new JSDOM(readFileSync(process.argv[2], "utf8"));
const { display } = window.getComputedStyle(window.document.documentElement);
console.log(display === "none" ? "hidden" : "shown");
JS
for admin in django unfold; do
  venv/bin/python page.py "$admin" >"$admin.html"
  node display.js "$admin.html" >"$admin.txt"
done
echo "Django $DJANGO, django-unfold $UNFOLD, jsdom $JSDOM"
echo "expected: without scripts a page of forms and links is shown, as Django's is"
echo "Django's sign-in page: $(cat django.txt)"
echo "unfold's sign-in page: $(cat unfold.txt)"
[ "$(cat django.txt)" = "shown" ]
[ "$(cat unfold.txt)" = "hidden" ]
echo "behaviour: unfold's page is not shown at all"
