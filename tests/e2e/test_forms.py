"""Forms that cannot mislead: dates, zones and lengths, second clicks, ended sessions, undo.

With IVENT_PICTURES=directory it leaves a picture of each step there.
"""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from .browsers import DESKTOP, PHONE, open_page, sign_in
from .people import publish, told
from .system import System
from .test_accessibility import violations
from .test_admin_journeys import set_undo_window

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("e2e")]

ADD, EVENTS = "/admin/events/event/add/", "/admin/events/event/"
BROWSERS: dict[str, dict[str, Any]] = {
    "en-GB": {"viewport": DESKTOP, "locale": "en-GB", "timezone_id": "Europe/London"},
    "de-DE": {"viewport": PHONE, "locale": "de-DE", "timezone_id": "Europe/Berlin"},
    "New York": {"viewport": DESKTOP, "locale": "en-US", "timezone_id": "America/New_York"},
    "phone in the dark": {
        "viewport": PHONE,
        "locale": "en-GB",
        "timezone_id": "America/New_York",
        "color_scheme": "dark",
    },
}
WORDS = {"en": ("Saturday", "Sunday"), "de": ("Samstag", "Sonntag")}
# The page's main buttons, in the order in which a key reaches them.
ORDER = ["_review", "_save", "_continue", "_addanother"]


def picture(page: Page, name: str) -> None:
    directory = os.environ.get("IVENT_PICTURES")
    if directory:
        page.wait_for_load_state("networkidle")
        page.screenshot(path=Path(directory) / f"{name}.png".replace(" ", "-"))


def value(page: Page, name: str) -> str:
    return page.locator(f"[name={name}]").input_value()


def words(page: Page, name: str) -> str:
    """What stands beside a field."""
    return page.locator(f"output[for=id_{name}]").inner_text()


def signed_in(browser: Browser, system: System, email: str, **settings: Any) -> Page:
    page = open_page(browser, system, **settings)
    sign_in(page, email)
    page.wait_for_url("**/admin/")
    return page


def tabbed(page: Page) -> Iterator[str]:
    page.locator(f"[name={ORDER[0]}]").focus()
    for _ in ORDER:
        yield str(page.evaluate("document.activeElement.name"))
        page.keyboard.press("Tab")


def entered(page: Page, title: str) -> None:
    page.goto(ADD)
    page.locator("[name=title]").fill(title)
    page.locator("[name=start_date]").fill("2038-06-12")
    page.locator("[name=start_time]").fill("19:30")


@pytest.fixture(scope="module")
def boss(browser: Browser, system: System) -> Page:
    """An admin, who sets the undo window."""
    return signed_in(browser, system, "admin@example.com")


@pytest.mark.parametrize("name", BROWSERS)
def test_an_event_is_entered_without_slips(browser: Browser, system: System, name: str):
    settings = BROWSERS[name]
    saturday, sunday = WORDS[settings["locale"][:2]]
    page = signed_in(browser, system, "editor@example.com", **settings)
    page.goto(ADD)

    # Nothing is wrong with a form that nobody has touched.
    expect(page.get_by_text("server time")).to_have_count(0)
    assert page.locator(".timezonewarning").count() == 0
    assert value(page, "timezone") == settings["timezone_id"]
    assert re.search("Add event|Veranstaltung hinzufügen", page.locator("h1").inner_text())
    picture(page, f"{name}-1-add")

    # The date stands in words beside it, and the end goes along with the start.
    entered(page, f"Lanterns {name}")
    assert words(page, "start_date").startswith(saturday)
    page.locator("[name=end_time]").fill("21:00")
    page.locator("[name=start_time]").fill("23:00")
    assert (value(page, "end_date"), value(page, "end_time")) == ("2038-06-13", "00:30")
    assert words(page, "end_date").startswith(sunday)
    page.locator("[name=start_date]").fill("2038-12-11")
    assert value(page, "end_date") == "2038-12-12"
    picture(page, f"{name}-2-entered")

    # What is wrong is said at once, and what was entered stays.
    page.locator("[name=url]").fill("ftp://x.example")
    page.locator("[name=title]").fill("")
    page.locator("[name=_review]").click()
    page.locator("[id$=_error]").first.wait_for()
    found = {each.get_attribute("id") for each in page.locator("[id$=_error]").all()}
    assert found == {"id_title_error", "id_url_error"}
    assert value(page, "start_date") == "2038-12-11"

    # A key reaches the buttons in the order in which they stand.
    assert [*tabbed(page)] == ORDER
    boxes = [page.locator(f"[name={each}]").bounding_box() for each in ORDER]
    places = [(box["y"], box["x"]) for box in boxes if box]
    assert (len(places), places) == (len(ORDER), sorted(places))


@pytest.mark.parametrize("name", BROWSERS)
def test_an_event_is_reviewed_published_and_followed(
    browser: Browser, system: System, boss: Page, name: str
):
    set_undo_window(boss, 0)
    settings = BROWSERS[name]
    saturday, _sunday = WORDS[settings["locale"][:2]]
    page = signed_in(browser, system, "editor@example.com", **settings)
    entered(page, f"Lanterns {name}")
    page.locator("[name=_review]").click()

    # When, where and the button are in sight at once, and the button stays there.
    page.wait_for_url(re.compile("/review/"))
    button = page.locator("[name=publish]")
    expect(page.locator(".iv-facts")).to_be_in_viewport()
    expect(page.locator(".iv-facts")).to_contain_text(saturday)
    expect(button).to_be_in_viewport()
    picture(page, f"{name}-3-review")
    assert [*violations(page)] == []
    page.locator("#mail-title").scroll_into_view_if_needed()
    expect(button).to_be_in_viewport()
    button.click()

    # To the live numbers without another click, and from the list to them again.
    page.wait_for_url(re.compile(r"\.published/change/"), timeout=60_000)
    expect(page.locator("#live [role=progressbar]")).to_be_attached()
    picture(page, f"{name}-4-live")
    page.goto(f"{EVENTS}?q=lanterns")
    row = page.locator("#result_list tr").filter(has_text=f"Lanterns {name}").first
    expect(row.locator("[id^=sent-]")).to_have_text(re.compile(r"^\d+ (of|von) \d+$"))
    picture(page, f"{name}-5-list")


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE])
def test_what_is_published_can_be_undone_from_where_one_lands(
    browser: Browser, system: System, boss: Page, viewport: dict[str, int]
):
    set_undo_window(boss, 600)
    page = signed_in(browser, system, "editor@example.com", viewport=viewport)
    entered(page, "Undone at once")
    page.locator("[name=_review]").click()
    page.locator("[name=publish]").click()
    expect(page.locator("#event-news [data-iv-until]")).to_have_text(re.compile(r"^[45]\d\d$"))
    assert [*violations(page)] == []
    picture(page, f"published-{viewport['width']}")
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("It is undone: nobody has been told.")).to_be_visible()
    expect(page.locator("[name=_review]")).to_have_text("Save and review")


def test_a_half_typed_date_is_not_taken_for_none(browser: Browser, system: System):
    page = signed_in(browser, system, "editor@example.com")
    entered(page, "Half a date")
    page.locator("[name=end_date]").focus()
    page.keyboard.type("06")
    page.locator("[name=_save]").click()
    expect(page.locator("output[for=id_end_date]")).to_have_text(
        "This date is incomplete: complete it or clear it."
    )
    expect(page.locator("[name=end_date]")).to_be_focused()
    page.wait_for_url(f"**{ADD}")


def test_a_double_click_makes_one_event(browser: Browser, system: System):
    page = signed_in(browser, system, "editor@example.com")
    entered(page, "Doubly clicked")
    page.locator("[name=_save]").dblclick()
    page.wait_for_url(re.compile(rf"{EVENTS}(\?.*)?$"))
    page.goto(f"{EVENTS}?q=doubly")
    expect(page.locator("#result_list").get_by_role("link", name="Doubly clicked")).to_have_count(1)


@pytest.mark.parametrize("has_scripts", [True, False])
def test_a_form_comes_back_after_the_sessions_end(
    browser: Browser, system: System, has_scripts: bool
):
    # Whether scripts run is a browser's setting, and the sign-in page needs none.
    page = signed_in(browser, system, "editor@example.com", java_script_enabled=has_scripts)
    entered(page, "Kept through the night")
    page.locator("[name=description]").fill("<b>\nTwo lines")
    page.context.clear_cookies(name="sessionid")
    page.locator("[name=_save]").click()
    expect(page.get_by_text("Nothing was saved, and nothing is lost")).to_be_visible()
    picture(page, "kept")
    assert not has_scripts or [*violations(page)] == []

    if has_scripts:
        page.get_by_role("link", name="Sign in").click()
        other = page
    else:
        with page.expect_popup() as popup:
            page.get_by_role("link", name="Sign in").click()
        other = popup.value
    other.locator("[name=username]").fill("editor@example.com")
    other.locator("[name=password]").fill("Ivent-local-1")
    other.locator("[name=password]").press("Enter")
    if not has_scripts:
        expect(other.get_by_text("Go back to the page")).to_be_visible()
        page.get_by_role("button", name="Bring my form back").click()
        page.get_by_role("button", name="Show the form").click()

    expect(page.get_by_text("You were signed out, so nothing was saved.")).to_be_visible()
    page.wait_for_url(f"**{ADD}")
    assert value(page, "title") == "Kept through the night"
    assert value(page, "description").replace("\r\n", "\n") == "<b>\nTwo lines"
    assert value(page, "start_time") == "19:30"
    page.locator("[name=_save]").click()
    expect(page.get_by_role("link", name="Kept through the night").first).to_be_visible()


def test_without_scripts_the_end_goes_along_and_the_review_says_so(
    browser: Browser, system: System
):
    token = system.token("editor")
    times = {"starts_at": "2038-06-12T19:30", "ends_at": "2038-06-12T21:00"}
    event = publish(system, token=token, title="Plain form", timezone="Europe/Berlin", **times)
    told(system, event["id"], "published", token=token)
    page = signed_in(browser, system, "editor@example.com", java_script_enabled=False)
    page.goto(f"{EVENTS}{event['id']}/change/")
    assert words(page, "start_date").startswith("Saturday")
    page.locator("[name=start_date]").fill("2038-12-11")
    page.locator("[name=_review]").click()
    expect(page.get_by_text("The end has moved along with the start.")).to_be_visible()
    expect(page.locator(".iv-facts")).to_contain_text("1 hour 30 minutes")
