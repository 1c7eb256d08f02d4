"""axe-core finds nothing that would shut people out, on no kind of page."""

import re
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, FilePayload, Page, expect

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
PUBLIC = ("/", "/calendar", "/subscribe", "/leave/nothing", "/nothing")
PLAIN = (
    f"{ADMIN}/",
    f"{EVENTS}add/",
    f"{TOPICS}add/",
    f"{ANNOUNCEMENTS}dead-letters/",
    f"{ANNOUNCEMENTS}digest/",
    f"{ADMIN}/preferences/sitepreferences/",
    f"{ADMIN}/subscriptions/subscriberimport/",
    f"{ADMIN}/subscriptions/subscriberimport/add/",
    f"{EVENTS}?q=nothing",
    f"{ADMIN}/nothing/",
)
# A list, and what an object of it has beside its own page.
OBJECTS = {
    EVENTS: ("history", "cancel", "message", "repeat"),
    TOPICS: ("delete",),
    PEOPLE: ("history",),
    ANNOUNCEMENTS: ("cancel", "refused"),
    STAFF: (),
}


# What it finds to be right need not be described.
_ALL = {"resultTypes": ["violations"]}
# In the dark a page has other colours, and nothing else.
_COLOURS = {**_ALL, "runOnly": ["color-contrast", "link-in-text-block"]}
# As unfold does where the system asks for it, without loading the page once more.
_DARKEN = """async (dark) => {
  document.documentElement.classList.toggle("dark", dark);
  await Promise.all(document.getAnimations().map((each) => each.finished.catch(() => null)));
}"""


def violations(page: Page) -> Iterator[str]:
    """What axe-core finds on the page as it is now, and on the same page in the dark."""
    page.wait_for_load_state("load")
    # The parts that a page fetches are a part of it.
    page.wait_for_function("!document.querySelector('.htmx-request')")
    found = {"light": Axe().run(page, options=_ALL).response}
    page.emulate_media(color_scheme="dark")
    page.evaluate(_DARKEN, True)
    # It is in the page already.
    found["dark"] = page.evaluate("(options) => axe.run(options)", _COLOURS)
    page.emulate_media(color_scheme="light")
    page.evaluate(_DARKEN, False)
    for scheme, result in found.items():
        for broken in result["violations"]:
            for node in broken["nodes"]:
                told = f"{broken['id']}: {node['target']} {node['html'][:200]}"
                yield f"{page.url} {scheme}: {told}"


def visited(page: Page) -> Iterator[str]:
    """What is found on every kind of page of the admin."""

    def at(path: str) -> Iterator[str]:
        reply = page.goto(path)
        assert reply is not None
        assert reply.status == (404 if path.endswith("nothing/") else 200), path
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
    page.locator("[name=start_date]").fill("2038-06-18")
    page.locator("[name=start_time]").fill("19:30")
    page.get_by_role("button", name="Save and review").click()
    page.wait_for_url(re.compile("/review/"))
    yield from violations(page)
    yield from reviewed(page)
    yield from imported(page)


def imported(page: Page) -> Iterator[str]:
    """What is found on the way of an import: its columns, with an error, and its report."""
    page.goto(f"{ADMIN}/subscriptions/subscriberimport/add/")
    content = "email,Tags\nana@axe.example.com,x\nnobody,y\n".encode("utf-16")
    file: FilePayload = {"name": "people.csv", "mimeType": "text/csv", "buffer": content}
    page.locator("[name=file]").set_input_files(file)
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_url(re.compile("/columns/"))
    page.get_by_label("email").select_option("")
    page.get_by_role("button", name="Check the file").click()
    page.get_by_text("Choose the column of the e-mail addresses.").wait_for()
    yield from violations(page)
    page.get_by_label("email").select_option("email")
    page.get_by_role("button", name="Check the file").click()
    page.get_by_text("Nothing is imported yet.").wait_for()
    yield from violations(page)
    page.get_by_role("button", name="Start the import").click()
    page.locator("#dialog").get_by_role("button", name="Start the import").click()
    page.get_by_text("Finished: 1 of 1 rows.").wait_for()
    yield from violations(page)


def reviewed(page: Page) -> Iterator[str]:
    """What is found where mails are looked at: of several events, of a message, and afterwards."""
    event_id = page.url.rstrip("/").rpartition("/")[2]
    page.goto(f"{ANNOUNCEMENTS}reviews/?event={event_id}")
    page.locator("summary").first.click()
    yield from violations(page)
    page.get_by_role("button", name="Publish 1 event now").click()
    page.get_by_text("1 event is published.").wait_for()
    yield from violations(page)
    page.goto(f"{ANNOUNCEMENTS}event/{event_id}/")
    yield from violations(page)
    page.goto(f"{EVENTS}{event_id}/message/")
    page.get_by_label("Subject").fill("Bring a coat")
    page.get_by_label("Text").fill("It is cold.")
    page.get_by_role("button", name="Look at it first").click()
    page.wait_for_url(re.compile("/review/"))
    yield from violations(page)


def test_no_page_of_the_admin_shuts_anybody_out(browser: Browser, system: System):
    page = open_page(browser, system)
    page.goto(f"{ADMIN}/login/")
    assert [*violations(page)] == []
    sign_in(page, "admin@example.com")
    page.wait_for_url(f"**{ADMIN}/")

    assert [*visited(page)] == []


def test_menus_filters_and_questions_are_reached_by_key(browser: Browser, system: System):
    page = open_page(browser, system)
    sign_in(page, "admin@example.com")
    page.goto(PEOPLE)
    page.get_by_role("button", name="Filters").press("Enter")
    expect(page.locator("#changelist-filter a").first).to_be_focused()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="admin@example.com").press("Enter")
    expect(page.get_by_role("button", name="Light")).to_be_focused()
    page.locator("#result_list a[href*='/change/']").first.press("Enter")
    page.get_by_role("link", name="Stop mails").press("Enter")
    expect(page.get_by_label("Reason")).to_be_focused()


def test_no_public_page_shuts_anybody_out(browser: Browser, system: System):
    page = open_page(browser, system)
    found: list[str] = []
    for path in PUBLIC:
        page.goto(path)
        found += violations(page)
    page.goto("/")
    page.locator("a[href*='/e/']").first.click()
    page.wait_for_url(re.compile("/e/"))

    assert [*found, *violations(page)] == []
