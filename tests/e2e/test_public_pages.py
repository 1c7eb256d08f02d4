"""The public pages and the API's description, as people use them in a browser."""

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from .browsers import DESKTOP, PHONE
from .system import System, eventually

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("e2e")]


def open_as(browser: Browser, system: System, **options: Any) -> Page:
    context = browser.new_context(base_url=system.url, **options)
    context.set_default_timeout(20_000)
    return context.new_page()


def link_in_mail(system: System, address: str, path: str) -> str:
    def found() -> list[str]:
        texts = [mail["text"] for mail in system.mails(to=address)]
        return [match[1] for text in texts for match in re.finditer(rf"(/{path}/\S+)", text)]

    return str(eventually(found)[0])


@pytest.mark.parametrize(
    ("reader", "address"),
    [
        (
            {"viewport": PHONE, "locale": "en-GB", "timezone_id": "Europe/London"},
            "ana.phone@example.com",
        ),
        (
            {"viewport": DESKTOP, "locale": "en-US", "timezone_id": "America/New_York"},
            "ana.desktop@example.com",
        ),
    ],
)
def test_a_subscriber_pastes_an_address_and_later_asks_for_other_topics(
    browser: Browser, system: System, reader: dict[str, Any], address: str
):
    zone = reader["timezone_id"]
    page = open_as(browser, system, **reader)
    page.goto("/subscribe")
    expect(page.get_by_label("Time zone")).to_have_value(zone)
    page.get_by_label("E-mail address").fill(f"\u200b{address}\u00a0")
    page.get_by_role("button", name="Subscribe").click()
    expect(page.get_by_role("heading", name="Check your e-mail")).to_be_visible()

    confirm = link_in_mail(system, address, "confirm")
    page.goto(confirm)
    page.get_by_role("button", name="Yes, subscribe me").click()
    expect(page.get_by_role("heading", name="You are subscribed")).to_be_visible()
    page.goto(confirm)
    expect(page.get_by_role("button")).to_have_count(0)

    page.goto("/subscribe")
    page.get_by_label("E-mail address").fill(f"<{address}>")
    page.get_by_label("Workshops").check()
    page.get_by_role("button", name="Subscribe").click()
    page.goto(link_in_mail(system, address, "change"))
    expect(page.locator("dd")).to_have_text(["Workshops"])
    page.get_by_role("button", name="Apply the change").press("Enter")
    expect(page.get_by_role("heading", name="Your subscription is changed")).to_be_visible()
    page.get_by_role("link", name="Choose topics and language").click()
    expect(page.get_by_label("Workshops")).to_be_checked()


def test_an_invisible_character_inside_an_address_is_shown_where_it_is(
    browser: Browser, system: System
):
    page = open_as(browser, system, viewport=PHONE, locale="en-GB")
    page.goto("/subscribe")
    page.get_by_label("E-mail address").fill("ana\u200b@example.com")
    page.get_by_role("button", name="Subscribe").click()
    expect(page.get_by_text("There is a zero-width space after “ana”.")).to_be_visible()


def test_the_language_is_chosen_by_key_and_stays(browser: Browser, system: System):
    page = open_as(browser, system, viewport=PHONE, locale="en-GB")
    page.goto("/calendar")
    page.get_by_role("link", name="Deutsch").press("Enter")
    expect(page.get_by_role("heading", name="Veranstaltungen in Ihrem Kalender")).to_be_visible()
    assert page.url == f"{system.url}/calendar"
    page.goto("/")
    expect(page.locator("html")).to_have_attribute("lang", "de")
    # The page that the browser has kept for a minute is in another language.
    page.get_by_role("link", name="Français").click()
    expect(page.locator("html")).to_have_attribute("lang", "fr")


def test_the_calendar_offers_itself_to_the_readers_own(browser: Browser, system: System):
    page = open_as(browser, system, viewport=DESKTOP, locale="en-GB")
    page.goto("/")
    page.get_by_role("link", name="Calendar", exact=True).click()
    subscribe = page.get_by_role("link", name="Subscribe in my calendar")
    expect(subscribe).to_have_attribute("href", re.compile(r"^webcal://[^/]+/calendar\.ics$"))
    with page.expect_download() as download:
        page.get_by_role("link", name="Download as a file").click()
    assert download.value.suggested_filename == "calendar.ics"


@pytest.mark.parametrize(("scheme", "dark"), [("dark", True), ("light", False)])
def test_the_docs_follow_the_systems_colours(browser: Browser, system: System, scheme, dark):
    page = open_as(browser, system, viewport=DESKTOP, color_scheme=scheme)
    page.goto("/docs")
    page.locator(".opblock").first.wait_for()
    assert page.evaluate("document.documentElement.classList.contains('dark-mode')") is dark
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (ground == "rgb(28, 32, 34)") is dark


def test_what_swagger_starts_with_works_at_once(browser: Browser, system: System):
    page = open_as(browser, system, viewport=DESKTOP)
    page.goto("/docs")
    page.get_by_role("button", name="Authorize").first.click()
    bearer = page.locator(".auth-container").first
    bearer.locator("input").fill(system.token("editor"))
    bearer.locator(".authorize").click()
    page.locator(".close-modal").click()
    operation = page.locator("#operations-events-events_create")
    operation.locator(".opblock-summary-control").click()
    operation.get_by_role("button", name="Try it out").click()
    assert '"Open day"' in operation.locator("textarea").first.input_value()
    operation.get_by_role("button", name="Execute").click()
    reply = operation.locator(".live-responses-table .response-col_status").last
    expect(reply).to_contain_text("201")
