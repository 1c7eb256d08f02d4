"""The settings' page, for admins only."""

from datetime import UTC, datetime

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client

from ivent_site.cognito import models as cognito_models
from ivent_site.cognito.models import StaffUser
from ivent_site.cognito.tables import StaffRow
from ivent_site.preferences.selectors import preferences_get, preferences_now
from tests.dynamodb_calls import dynamodb_calls

pytestmark = pytest.mark.usefixtures("aws")

LIST = "/admin/preferences/sitepreferences/"
PAGE = f"{LIST}site/change/"
PREVIEW = "/admin/notifications/announcement/layout-preview/"


@pytest.fixture
def sign_in(monkeypatch):
    def signed_in(group):
        monkeypatch.setattr(
            cognito_models, "current_groups", lambda *, username: frozenset({group})
        )
        now = datetime.now(UTC)
        StaffRow(
            id=f"sub-{group}",
            username=group,
            email=f"{group}@example.com",
            session_epoch="1",
            last_login_at=now,
            created_at=now,
        ).save()
        client = Client()
        client.force_login(StaffUser.objects.get(pk=f"sub-{group}"))
        return client

    return signed_in


def form(**values):
    return {
        "organisation": "Chess club",
        "postal_address": "2 New Street",
        "sender_name": "Club news",
        "reply_to": "club@example.com",
        "default_timezone": "Europe/Berlin",
        "languages": ["en", "de"],
        "undo_window_s": "90",
        "reminders": ["10080", "1440"],
        "digest_weekday": "",
        "digest_hour": "9",
        "digest_weeks": "4",
        "logo_url": "https://example.com/logo.png",
        "colour": "#0B5D1E",
        "footer": "Club register 12\r\nBerlin",
        "seen_version": "0",
        **values,
    }


def test_an_admin_sets_the_settings_and_the_history_knows_old_and_new(sign_in):
    client = sign_in("admins")
    assert client.get(LIST)["Location"] == PAGE
    with dynamodb_calls() as calls:
        assert client.get(PAGE).status_code == 200
    assert calls == {"GetItem": 2}
    with dynamodb_calls() as calls:
        assert client.post(PAGE, form()).status_code == 302
    assert calls == {"GetItem": 3, "TransactWriteItems": 1}
    now = preferences_get()
    assert (now.organisation, now.sender_name, now.undo_window_s) == ("Chess club", "Club news", 90)
    assert (now.languages, now.reminders) == (("en", "de"), (10080, 1440))
    assert (now.colour, now.footer, now.version) == ("#0b5d1e", "Club register 12\nBerlin", 1)
    client.post(PAGE, form(seen_version=1, organisation="Chess and Go", undo_window_s=0))
    entries = [each.change_message for each in LogEntry.objects.filter(user_id="sub-admins")]
    assert entries[0] == "Organization: “Chess club” → “Chess and Go”. Undo window: “90” → “0”."
    assert "Organization: “Ivent Community” → “Chess club”." in entries[1]


def test_the_history_names_the_weekday_of_the_digest(sign_in):
    client = sign_in("admins")
    client.post(PAGE, form())
    client.post(PAGE, form(seen_version=1, digest_weekday=0, digest_hour=17))
    now = preferences_now()
    assert (now.digest_weekday, now.digest_hour, now.digest_weeks) == (0, 17, 4)
    assert (now.digest_since is None, now.digest_promised) == (False, None)
    entry = next(iter(LogEntry.objects.filter(user_id="sub-admins")))
    assert entry.change_message == "Send it on: none → “Monday”. Hour: “09:00” → “17:00”."


def test_a_stale_form_changes_nothing(sign_in):
    client = sign_in("admins")
    client.post(PAGE, form())
    client.post(PAGE, form(organisation="Overtaken"))
    assert preferences_now().organisation == "Chess club"
    assert "Someone else changed this" in client.get(PAGE).content.decode()


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("colour", "#ffee00", "choose a darker one"),
        ("colour", "red", "#rrggbb"),
        ("logo_url", "http://example.com/logo.png", "valid URL"),
        ("logo_url", "javascript:alert(1)", "valid URL"),
        ("sender_name", "=?utf-8?q?x?=", "not allowed"),
        ("sender_name", "a\ufeffb", "not allowed"),
        ("organisation", "a\tb", "not allowed"),
        ("reply_to", "grüße@example.com", "valid email"),
        ("organisation", "", "required"),
        ("reply_to", "nobody", "valid email"),
        ("undo_window_s", "-1", "greater than or equal"),
        ("default_timezone", "Mars/Crater", "valid choice"),
        ("languages", [], "required"),
        ("reminders", ["7"], "valid choice"),
        ("footer", "a\x00b", "Null characters"),
        ("digest_weekday", "7", "valid choice"),
        ("digest_hour", "24", "valid choice"),
        ("digest_weeks", "9", "less than or equal"),
    ],
)
def test_what_cannot_stand_in_a_mail_is_refused_by_field(sign_in, field, value, said):
    client = sign_in("admins")
    page = client.post(PAGE, form(**{field: value}))
    assert page.status_code == 200
    assert said in " ".join(page.context["adminform"].form.errors[field])
    assert preferences_now().version == 0


def test_a_reply_domain_in_another_script_is_kept_in_ascii(sign_in):
    sign_in("admins").post(PAGE, form(reply_to="club@grüße.example"))
    assert preferences_now().reply_to == "club@xn--gre-6ka8l.example"


def test_the_preview_shows_a_mail_as_it_would_be(sign_in):
    client = sign_in("admins")
    page = client.post(PREVIEW, form()).content.decode()
    assert "https://example.com/logo.png" in page
    assert "#0b5d1e" in page
    assert "Club register 12" in page
    assert preferences_now().version == 0
    assert "choose a darker one" in client.post(PREVIEW, form(colour="#ffff00")).content.decode()


@pytest.mark.parametrize("group", ["editors", "viewers"])
def test_nobody_else_sees_or_changes_them(sign_in, group):
    client = sign_in(group)
    answers = [client.get(PAGE), client.post(PAGE, form()), client.post(PREVIEW, form())]
    assert [answer.status_code for answer in answers] == [403, 403, 403]
