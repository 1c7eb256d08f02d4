"""The forms that propose the browser's time zone, in browsers of several zones."""

import pytest
from django.forms import Form
from django.template.loader import render_to_string
from playwright.sync_api import Browser

from events.forms import EventForm
from subscriptions.forms import SubscribeForm

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("aws")]
SCRIPT = "ivent_site/static/ivent/zone.js"


def shown(browser: Browser, browsers_zone: str, form: Form) -> str:
    """The zone that is selected once the script has run."""
    page = browser.new_context(timezone_id=browsers_zone).new_page()
    page.set_content(render_to_string("public/field.html", {"field": form["timezone"]}))
    page.add_script_tag(path=SCRIPT)
    return page.locator("[name=timezone]").input_value()


@pytest.mark.parametrize(
    "zone",
    # Chromium knows the last two by older names.
    ["Europe/Berlin", "America/New_York", "Europe/Oslo", "Asia/Kolkata", "Europe/Kyiv"],
)
def test_untouched_forms_take_the_browsers_zone(browser: Browser, zone):
    assert shown(browser, zone, SubscribeForm(initial={"timezone": "Asia/Tokyo"})) == zone
    assert shown(browser, zone, EventForm()) == zone  # type: ignore[arg-type]


def test_a_browser_that_hides_its_zone_keeps_the_organisations(browser: Browser):
    # What hides where it is says UTC.
    assert shown(browser, "UTC", SubscribeForm(initial={"timezone": "Asia/Tokyo"})) == "Asia/Tokyo"


def test_a_form_that_comes_back_keeps_what_was_chosen(browser: Browser):
    form = SubscribeForm({"timezone": "Asia/Tokyo"})
    assert shown(browser, "Europe/Berlin", form) == "Asia/Tokyo"
