"""The form to subscribe, in browsers of several time zones."""

import pytest
from django.template.loader import render_to_string
from playwright.sync_api import Browser

from subscriptions.forms import SubscribeForm

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("aws")]
SCRIPT = "ivent_site/static/ivent/zone.js"


@pytest.mark.parametrize(
    ("browsers_zone", "chosen", "expected"),
    [
        ("Europe/Berlin", "", "Europe/Berlin"),
        ("America/New_York", "", "America/New_York"),
        # Chromium knows them by older names.
        ("Asia/Kolkata", "", "Asia/Kolkata"),
        ("Europe/Kyiv", "", "Europe/Kyiv"),
        # What hides where it is says this.
        ("UTC", "", ""),
        ("Europe/Berlin", "Asia/Tokyo", "Asia/Tokyo"),
    ],
)
def test_the_browsers_zone_is_chosen(browser: Browser, browsers_zone, chosen, expected):
    form = SubscribeForm(initial={"timezone": chosen})
    page = browser.new_context(timezone_id=browsers_zone).new_page()
    page.set_content(render_to_string("public/field.html", {"field": form["timezone"]}))
    page.add_script_tag(path=SCRIPT)
    assert page.locator("[name=timezone]").input_value() == expected
