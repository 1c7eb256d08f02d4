"""Staff at a browser, on the days after the first: a change, a question, a stop."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from .browsers import open_page, sign_in
from .people import publish, told
from .system import System, eventually

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e")]

ANNOUNCEMENTS = "/admin/notifications/announcement/"


def signed_in(browser: Browser, system: System) -> Page:
    page = open_page(browser, system)
    sign_in(page, "editor@example.com")
    page.wait_for_url("**/admin/")
    return page


def test_a_change_is_looked_at_told_and_found_again(browser: Browser, system: System):
    token = system.token("editor")
    event = publish(system, token=token, title="Reading under trees")
    told(system, event["id"], "published", token=token)
    reader = system.mails(about="Reading under trees")[0]["to"][0]
    page = signed_in(browser, system)

    page.goto(f"/admin/events/event/{event['id']}/change/")
    page.get_by_label("Place").fill("The old oak")
    page.get_by_label("What changed, in your words").fill("It is **drier** there.")
    page.get_by_role("button", name="Review the change").click()
    mail = page.frame_locator("iframe:visible")
    expect(mail.get_by_text("The old oak").first).to_be_visible()
    expect(mail.get_by_text("drier").first).to_be_visible()
    assert system.mails(about="Changed: Reading") == []
    page.get_by_role("button", name="Save, and tell the readers").click()
    told(system, event["id"], "changed", token=token)

    page.goto(ANNOUNCEMENTS)
    page.get_by_role("link", name="Reading under trees").first.click()
    expect(page.get_by_role("progressbar")).to_have_attribute("aria-valuenow", "100")
    page.get_by_label("E-mail address").fill(reader)
    page.get_by_role("button", name="Look it up").click()
    found = page.locator("#found")
    expect(found).to_contain_text("Sent")
    found.get_by_role("link", name=reader).click()
    page.wait_for_url(re.compile("/subscriptions/subscription/"))
    expect(page.locator(".iv-row", has_text="Reading under trees")).to_have_count(2)
    changed, published = page.locator(".iv-row", has_text="Reading under trees").all()
    for line in (changed, published):
        line.scroll_into_view_if_needed()
        expect(line).to_contain_text("Sent")


def test_what_was_cancelled_is_told_with_its_reason(browser: Browser, system: System):
    token = system.token("editor")
    event = publish(system, token=token, title="Rain dance")
    told(system, event["id"], "published", token=token)
    page = signed_in(browser, system)

    page.goto(f"/admin/events/event/{event['id']}/cancel/")
    page.locator("[name=reason]").fill("It rained already.")
    page.get_by_role("button", name="Yes, cancel").click()

    mails = eventually(lambda: system.mails(about="Cancelled: Rain dance"))
    assert "It rained already." in mails[0]["text"]
