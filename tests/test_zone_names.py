"""A zone has one name for people, whichever name somebody stored, on every way in and out."""

import re
from html import unescape

import pytest
from django.test import Client

from events.selectors import event_get
from ivent_site.preferences.selectors import preferences_now
from ivent_site.preferences.services import preferences_update
from ivent_site.zones import canonical_names
from subscriptions.selectors import subscription_get
from subscriptions.tokens import leave_token
from tests.events.staff import entered, signed_in, text
from tests.factories import api_client, make_event
from tests.factories_subscriptions import known, make_confirmed

pytestmark = pytest.mark.usefixtures("aws")
OLD, SHOWN = "Europe/Kiev", "Europe/Kyiv"


def options(html: str, name: str) -> list[str]:
    """The values that a select offers."""
    select = re.search(rf'<select[^>]* name="{name}".*?</select>', html, re.DOTALL)
    assert select
    return [value for value in re.findall(r'<option value="([^"]*)"', select[0]) if value]


def selected(html: str) -> list[tuple[str, str]]:
    found = re.findall(r'<option value="([^"]+)" selected>([^<]*)<', html)
    return [(value, unescape(label)) for value, label in found]


@pytest.mark.parametrize(
    ("role", "path", "field"),
    [
        (None, "/subscribe", "timezone"),
        ("editors", "/admin/events/event/add/", "timezone"),
        ("admins", "/admin/preferences/sitepreferences/", "default_timezone"),
    ],
)
def test_forms_offer_canonical_names_only(role, path, field):
    if role is None:
        html = Client().get(path, follow=True).content.decode()
    else:
        with signed_in(role) as client:
            html = client.get(path, follow=True).content.decode()
    assert sorted(options(html, field)) == sorted(canonical_names())


def test_an_event_keeps_the_name_that_it_was_given_and_shows_the_canonical_one():
    given = {"title": "Fair", "starts_at": "2038-08-01T19:00:00", "timezone": OLD}
    created = api_client("editors").post("/events", given)
    assert (created.status_code, created.json()["timezone"]) == (201, OLD)
    row = event_get(created.json()["id"])
    with signed_in("editors") as editor:
        path = f"/admin/events/event/{row.id}/change/"
        assert (OLD, "Kyiv") in selected(editor.get(path).content.decode())
        values = entered(timezone=OLD, description="", location="", end_date="", end_time="")
        posted = editor.post(path, values | {"title": "Fair!", "announce": ""})
        assert posted.status_code == 302, text(posted)
    assert event_get(row.id).timezone == OLD
    html = Client().get(f"/e/{row.id}").content.decode()
    assert (SHOWN in html, OLD in html) == (True, False)
    ics = Client().get(f"/e/{row.id}.ics").content
    assert b"TZID:Europe/Kyiv" in ics
    assert OLD.encode() not in ics


def test_a_subscriber_keeps_the_name_that_was_given_and_sees_the_canonical_one():
    row = make_confirmed(timezone=OLD)
    url = f"/preferences/{leave_token(row.id)}"
    client = Client()
    assert (OLD, "Kyiv") in selected(client.get(url).content.decode())
    assert client.post(url, {"locale": "en", "timezone": OLD}).status_code == 200
    assert known(subscription_get(row.id)).timezone == OLD
    # What a browser sends by its own older name is taken as well.
    assert client.post(url, {"locale": "en", "timezone": "Asia/Calcutta"}).status_code == 200
    assert known(subscription_get(row.id)).timezone == "Asia/Calcutta"


def test_what_is_no_zone_is_refused_by_name():
    row = make_confirmed(timezone="")
    reply = Client().post(
        f"/preferences/{leave_token(row.id)}", {"locale": "en", "timezone": "Mars/Olympus"}
    )
    assert "Mars/Olympus is not one of the available choices" in reply.content.decode()


def test_every_page_of_an_event_whose_zone_vanished_is_shown():
    row = make_event(timezone="Europe/Berlin")
    row.timezone = "Mars/Olympus"
    row.save()
    for path in ("/", f"/e/{row.id}", f"/e/{row.id}.ics", "/calendar.ics"):
        assert Client().get(path).status_code == 200, path
    assert "7:00 PM" in Client().get(f"/e/{row.id}").content.decode()
    with signed_in("editors") as editor:
        for path in (
            "/admin/",
            "/admin/events/event/",
            f"/admin/events/event/{row.id}/change/",
        ):
            assert editor.get(path).status_code == 200, path


def test_the_default_zone_keeps_its_older_name_until_somebody_chooses_another():
    preferences_update(version=preferences_now().version, default_timezone=OLD)
    with signed_in("admins") as admin:
        html = admin.get("/admin/preferences/sitepreferences/", follow=True).content.decode()
        new_event = admin.get("/admin/events/event/add/").content.decode()
    assert (OLD, "Kyiv") in selected(html)
    assert (OLD, "Kyiv") in selected(new_event)
    assert (OLD, "Kyiv") in selected(Client().get("/subscribe").content.decode())


def test_every_form_that_proposes_the_browsers_zone_brings_the_script():
    with signed_in("editors") as editor:
        new_event = editor.get("/admin/events/event/add/").content.decode()
    for html in (new_event, Client().get("/subscribe").content.decode()):
        assert re.search(r'<script src="[^"]*ivent/zone[^"]*\.js"', html)
        assert re.search(r'<select[^>]* name="timezone"[^>]* data-iv-browser-zone', html)
