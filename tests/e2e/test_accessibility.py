"""axe-core finds nothing that would shut people out, on no kind of page."""

import re
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from .browsers import open_page, sign_in
from .system import System

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("e2e")]

ADMIN = "/admin"
EVENTS, TOPICS, PEOPLE, ANNOUNCEMENTS, STAFF = (
    f"{ADMIN}/{name}/"
    for name in (
        "events/event",
        "events/topic",
        "subscriptions/subscription",
        "notifications/announcement",
        "cognito/staffuser",
    )
)
PUBLIC = ("/", "/subscribe", "/leave/nothing", "/nothing")
PLAIN = (
    f"{ADMIN}/",
    f"{EVENTS}add/",
    f"{TOPICS}add/",
    f"{ANNOUNCEMENTS}dead-letters/",
    f"{ADMIN}/preferences/sitepreferences/",
    f"{ADMIN}/subscriptions/subscriberimport/",
    f"{ADMIN}/subscriptions/subscriberimport/add/",
    f"{ADMIN}/nothing/",
)
# A list, and what an object of it has beside its own page.
OBJECTS = {
    EVENTS: ("history", "cancel", "message", "repeat"),
    TOPICS: ("delete",),
    PEOPLE: ("history",),
    ANNOUNCEMENTS: (),
    STAFF: (),
}


def violations(page: Page) -> Iterator[str]:
    """What axe-core finds on the page as it is now."""
    page.wait_for_load_state("networkidle")
    for found in Axe().run(page).response["violations"]:
        for node in found["nodes"]:
            yield f"{page.url}: {found['id']}: {node['target']} {node['html'][:200]}"


def visited(page: Page) -> Iterator[str]:
    """What is found on every kind of page of the admin."""

    def at(path: str) -> Iterator[str]:
        reply = page.goto(path)
        assert reply is not None
        assert reply.status == (404 if "nothing" in path else 200), path
        yield from violations(page)

    for path in PLAIN:
        yield from at(path)
    for path, parts in OBJECTS.items():
        yield from at(path)
        page.locator("#result_list a[href*='/change/']").first.click()
        page.wait_for_url(re.compile("/change/"))
        yield from violations(page)
        url = page.url.partition("?")[0]
        for part in parts:
            yield from at(url.replace("/change/", f"/{part}/"))
    page.goto(f"{EVENTS}add/")
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_text("This field is required").first.wait_for()
    yield from violations(page)
    page.get_by_label("Title").fill("A fair for everybody")
    page.locator("[name=start_date]").fill("2027-06-18")
    page.locator("[name=start_time]").fill("19:30")
    page.get_by_role("button", name="Save and review").click()
    page.wait_for_url(re.compile("/review/"))
    yield from violations(page)


def test_no_page_of_the_admin_shuts_anybody_out(browser: Browser, system: System):
    page = open_page(browser, system)
    page.goto(f"{ADMIN}/login/")
    assert [*violations(page)] == []
    sign_in(page, "admin@example.com")
    page.wait_for_url(f"**{ADMIN}/")

    assert [*visited(page)] == []


def test_neither_does_the_dark_admin(browser: Browser, system: System):
    page = open_page(browser, system)
    page.emulate_media(color_scheme="dark")
    sign_in(page, "admin@example.com")
    page.wait_for_url(f"**{ADMIN}/")
    found = [*violations(page)]
    for path in (EVENTS, f"{EVENTS}add/", ANNOUNCEMENTS):
        page.goto(path)
        found += violations(page)
    page.locator("#result_list a[href*='/change/']").first.click()
    page.wait_for_url(re.compile("/change/"))

    assert [*found, *violations(page)] == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_public_page_shuts_anybody_out(browser: Browser, system: System, scheme):
    page = open_page(browser, system)
    page.emulate_media(color_scheme=scheme)
    found: list[str] = []
    for path in PUBLIC:
        page.goto(path)
        found += violations(page)
    page.goto("/")
    page.locator("a[href*='/e/']").first.click()
    page.wait_for_url(re.compile("/e/"))

    assert [*found, *violations(page)] == []
