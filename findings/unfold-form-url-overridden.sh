#!/usr/bin/env bash
# django-unfold sends a form to the page's own address, whatever form_url says.
#
# ModelAdmin.change_view and add_view take a form_url, which Django's admin renders as the form's
# action. unfold renders it too, but Alpine replaces it with the address of the page as soon as the
# page is ready, so a form shown by another view is posted to that view.
# https://docs.djangoproject.com/en/5.2/ref/contrib/admin/#django.contrib.admin.ModelAdmin.change_view
set -euo pipefail
DJANGO=5.2.19 UNFOLD=0.91.0 ALPINE=3.15.0 JSDOM=26.1.0
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check "Django==$DJANGO" "django-unfold==$UNFOLD"
npm init --yes >/dev/null
npm install --silent --no-fund --no-audit "alpinejs@$ALPINE" "jsdom@$JSDOM"

cat >page.py <<'PY'
import sys

import django
from django.conf import settings

admin = "unfold" if sys.argv[1] == "unfold" else "django"
apps = ["admin", "auth", "contenttypes", "messages", "sessions", "staticfiles"]
settings.configure(
    SECRET_KEY="x",
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__,
    INSTALLED_APPS=[*(["unfold"] if admin == "unfold" else []), *(f"django.contrib.{a}" for a in apps)],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    MIDDLEWARE=[
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
    ],
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
from django.contrib import admin as site
from django.contrib.auth.models import Group, User
from django.core.management import call_command
from django.test import Client
from django.urls import path

if admin == "unfold":
    from unfold.admin import ModelAdmin
else:
    from django.contrib.admin import ModelAdmin


class GroupAdmin(ModelAdmin):
    fields = ("name",)

    def add_view(self, request, form_url="", extra_context=None):
        return super().add_view(request, "/groups/save/", extra_context)


if site.site.is_registered(Group):
    site.site.unregister(Group)
site.site.register(Group, GroupAdmin)
urlpatterns = [path("admin/", site.site.urls)]
call_command("migrate", verbosity=0)
client = Client()
client.force_login(User.objects.create_superuser("ann"))
print(client.get("/admin/auth/group/add/").content.decode())
PY
cat >action.js <<'JS'
const { readFileSync } = require("fs");
const { JSDOM } = require("jsdom");
const page = new JSDOM(readFileSync(process.argv[2], "utf8"), {
  url: "http://localhost/admin/auth/group/add/",
  runScripts: "outside-only",
  pretendToBeVisual: true,
});
const form = page.window.document.getElementById("group_form");
// Nothing else of the page runs: the form alone, as unfold writes it.
page.window.document.documentElement.removeAttribute("x-data");
page.window.document.documentElement.removeAttribute("x-bind");
page.window.document.body.innerHTML = "<div x-data='{activeTab: \"general\"}'></div>";
page.window.document.body.firstChild.append(form);
const before = form.getAttribute("action");
page.window.eval(readFileSync("node_modules/alpinejs/dist/cdn.min.js", "utf8"));
setTimeout(() => {
  console.log(`${before} ${form.getAttribute("action")}`);
  process.exit(0);
}, 1000);
JS
for admin in django unfold; do
  venv/bin/python page.py "$admin" >"$admin.html"
  node action.js "$admin.html" 2>/dev/null >"$admin.txt"
done
echo "Django $DJANGO, django-unfold $UNFOLD, Alpine.js $ALPINE"
echo "expected: with form_url=/groups/save/ the form is sent there, with scripts and without"
echo "Django's admin: rendered, then with scripts: $(cat django.txt)"
echo "unfold:         rendered, then with scripts: $(cat unfold.txt)"
[ "$(cat django.txt)" = "/groups/save/ /groups/save/" ]
[ "$(cat unfold.txt)" = "/groups/save/ /admin/auth/group/add/" ]
echo "behaviour: unfold's page sends the form to its own address"
