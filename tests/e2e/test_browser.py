"""A person at a browser: signs in, publishes an event, and sees the mails arrive.

With IVENT_PICTURES=docs/images it leaves the pictures of the README there (`make pictures`).
"""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from .system import System, eventually

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e")]

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
# As root in a container, and without asking anybody outside for anything.
CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# Other tests may have added some.
SAMPLE_READERS = 30
DESKTOP = {"width": 1280, "height": 860}
PHONE = {"width": 375, "height": 740}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A headless Chromium of the system's packages."""
    if CHROMIUM is None:
        if "REQUIRE_BROWSER" in os.environ:
            pytest.fail("There is no Chromium: apt install chromium.")
        pytest.skip("NO CHROMIUM HERE: what a person sees in a browser is NOT tested.")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_ARGUMENTS)
        yield chromium
        chromium.close()


def _open(browser: Browser, system: System, viewport: dict[str, int] = DESKTOP) -> Page:
    context = browser.new_context(base_url=system.url, viewport=viewport)  # type: ignore[arg-type]
    context.set_default_timeout(20_000)
    return context.new_page()


def _picture(page: Page, name: str) -> None:
    directory = os.environ.get("IVENT_PICTURES")
    if directory:
        page.wait_for_load_state("networkidle")
        page.screenshot(path=Path(directory) / f"{name}.png")


def _sign_in(page: Page, email: str) -> None:
    page.goto("/admin/")
    page.get_by_label("Email").or_(page.locator("[name=username]")).first.fill(email)
    page.locator("[name=password]").fill("Ivent-local-1")
    page.locator("[name=password]").press("Enter")


def test_an_editor_publishes_an_event_and_sees_the_mails(browser: Browser, system: System):
    page = _open(browser, system)
    _sign_in(page, "editor@example.com")

    page.goto("/admin/events/event/add/")
    page.get_by_label("Title").fill("Night of open gardens")
    page.get_by_label("Description").fill("Twelve gardens, **one** evening. Bring a lantern.")
    page.get_by_label("Place").fill("Old town")
    page.locator("[name=timezone]").select_option("Europe/Berlin")
    page.locator("[name=start_date]").fill("2027-06-18")
    page.locator("[name=start_time]").fill("19:30")
    _picture(page, "admin-event")
    page.get_by_role("button", name="Save and publish").click()

    expect(page.get_by_role("link", name="Night of open gardens").first).to_be_visible()
    expect(page.get_by_text("published", exact=False).first).to_be_visible()
    eventually(lambda: len(system.recipients(about="Night of open gardens")) >= SAMPLE_READERS)
    assert set(system.recipients(about="Night of open gardens").values()) == {1}

    page.goto("/local/mailbox/")
    page.get_by_role("link", name="Night of open gardens").first.click()
    frame = page.frame_locator("iframe")
    expect(frame.get_by_text("Twelve gardens").first).to_be_visible()
    _picture(page, "mail")


def test_a_passer_by_reads_on_a_phone_and_subscribes(browser: Browser, system: System):
    page = _open(browser, system, PHONE)
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
    page = _open(browser, system)

    _sign_in(page, "member@example.com")

    expect(page).to_have_url(f"{system.url}/admin/login/?next=/admin/")
    assert "group" in page.locator("body").inner_text()
