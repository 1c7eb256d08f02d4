"""A person at a browser: signs in, publishes an event, and sees the mails arrive.

With IVENT_PICTURES=docs/images it leaves the pictures of the README there (`make pictures`).
"""

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from .browsers import PHONE, open_page, sign_in
from .people import each_has_got
from .system import System, eventually

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("e2e")]

# Other tests may have added some.
SAMPLE_READERS = 30


def _picture(page: Page, name: str) -> None:
    directory = os.environ.get("IVENT_PICTURES")
    if directory:
        page.wait_for_load_state("networkidle")
        page.screenshot(path=Path(directory) / f"{name}.png")


def test_an_editor_publishes_an_event_and_sees_the_mails(browser: Browser, system: System):
    page = open_page(browser, system)
    sign_in(page, "editor@example.com")

    page.goto("/admin/events/event/add/")
    page.get_by_label("Title").fill("Night of open gardens")
    page.get_by_label("Description").fill("Twelve gardens, **one** evening. Bring a lantern.")
    page.get_by_label("Place").fill("Old town")
    page.locator("[name=timezone]").select_option("Europe/Berlin")
    page.locator("[name=start_date]").fill(f"{datetime.now(UTC).year + 1}-06-18")
    page.locator("[name=start_time]").fill("19:30")
    _picture(page, "admin-event")
    page.get_by_role("button", name="Save and review").click()

    mail = page.frame_locator("iframe:visible")
    expect(mail.get_by_text("Twelve gardens").first).to_be_visible()
    page.get_by_label("Deutsch").check()
    expect(mail.get_by_text("Neue Veranstaltung").first).to_be_visible()
    assert system.recipients(about="Night of open gardens") == {}
    # Room for what the picture is of: the mail.
    page.set_viewport_size({"width": 1280, "height": 1600})
    _picture(page, "admin-review")
    page.set_viewport_size({"width": 1280, "height": 860})
    page.get_by_role("button", name="Publish now").click()

    expect(page.get_by_text("The event was published.")).to_be_visible()
    eventually(lambda: len(system.recipients(about="Night of open gardens")) >= SAMPLE_READERS)
    each_has_got(system, 1, about="Night of open gardens")

    page.goto("/admin/")
    expect(page.get_by_text("SES takes")).to_be_visible()
    _picture(page, "admin-overview")
    page.goto("/local/mailbox/")
    page.get_by_role("link", name="Night of open gardens").first.click()
    frame = page.frame_locator("iframe")
    expect(frame.get_by_text("Twelve gardens").first).to_be_visible()
    _picture(page, "mail")


def test_a_passer_by_reads_on_a_phone_and_subscribes(browser: Browser, system: System):
    page = open_page(browser, system, PHONE)
    page.goto("/")
    expect(page.get_by_role("heading", name="Coming events")).to_be_visible()
    _picture(page, "phone")

    page.get_by_role("link", name="Subscribe", exact=True).click()
    page.locator("[name=email]").fill("passer-by@example.com")
    page.locator("[name=email]").press("Enter")

    expect(page.get_by_role("heading").first).to_be_visible()
    (mail,) = eventually(lambda: system.mails(to="passer-by@example.com"))
    assert "/confirm/" in mail["text"]


def test_whoever_is_in_no_group_is_told_so(browser: Browser, system: System):
    page = open_page(browser, system)

    sign_in(page, "member@example.com")

    expect(page).to_have_url(f"{system.url}/admin/login/?next=/admin/")
    assert "group" in page.locator("body").inner_text()
