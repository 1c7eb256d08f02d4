"""What staff come for: a change and a cancellation, a file of addresses, one reader's mail."""

from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from .browsers import DESKTOP, PHONE, open_page, sign_in
from .people import each_has_got, publish, told
from .system import System, eventually

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("e2e")]


def event_page(event: dict[str, str]) -> str:
    return f"/admin/events/event/{event['id']}/change/"


def open_announcement(page: Page, title: str) -> None:
    page.goto("/admin/notifications/announcement/")
    page.locator("#result_list").get_by_role("link", name=title).first.click()
    expect(page.get_by_role("heading", name="How it goes")).to_be_visible()


def set_undo_window(page: Page, seconds: int) -> None:
    page.goto("/admin/preferences/sitepreferences/")
    page.locator("[name=undo_window_s]").fill(str(seconds))
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("changed successfully")).to_be_visible()


def test_a_change_is_undone_another_announced_and_the_event_cancelled_with_a_reason(
    browser: Browser, system: System
):
    token = system.token("editor")
    event = publish(system, token=token, title="Lantern parade", location="Old town")
    told(system, event["id"], "published", token=token)
    page = open_page(browser, system)
    sign_in(page, "admin@example.com")

    set_undo_window(page, 600)
    try:
        page.goto(event_page(event))
        page.get_by_label("Place").fill("Nowhere")
        page.get_by_role("button", name="Review the change").click()
        page.get_by_role("button", name="Save, and tell the readers").click()
        page.get_by_role("button", name="Undo").click()
        # Undone, and offered again.
        expect(page.get_by_text("Your change was undone.")).to_be_visible()
        expect(page.get_by_label("Place")).to_have_value("Nowhere")
        page.goto(event_page(event))
        expect(page.get_by_label("Place")).to_have_value("Old town")
    finally:
        set_undo_window(page, 0)

    page.goto(event_page(event))
    page.get_by_label("Place").fill("Harbour")
    page.get_by_label("What changed, in your words").fill("The **wind** is kinder there.")
    page.get_by_role("button", name="Review the change").click()
    expect(page.frame_locator("iframe:visible").get_by_text("Harbour").first).to_be_visible()
    page.get_by_role("button", name="Save, and tell the readers").click()
    told(system, event["id"], "changed", token=token)
    each_has_got(system, 2, about="Lantern parade")
    (mail, *_others) = system.mails(about="Changed: Lantern parade")
    assert "Harbour" in mail["text"]
    assert "Nowhere" not in mail["text"]
    assert "kinder there" in mail["text"]

    page.goto(event_page(event))
    page.get_by_role("link", name="Cancel event").click()
    page.get_by_label("The reason").fill("A storm is coming.")
    page.get_by_role("button", name="Look at the mail first").click()
    expect(page.frame_locator("iframe:visible").get_by_text("A storm is coming.")).to_be_visible()
    page.get_by_role("button", name="Cancel the event").click()
    told(system, event["id"], "cancelled", token=token)
    each_has_got(system, 3, about="Lantern parade")
    (mail, *_others) = system.mails(about="Cancelled: Lantern parade")
    assert "A storm is coming." in mail["text"]


@pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_an_admin_imports_a_file_and_each_of_its_people_is_asked(
    browser: Browser, system: System, tmp_path: Path, viewport: dict[str, int]
):
    domain = f"import{viewport['width']}.example.com"
    file = tmp_path / "people.csv"
    file.write_text(
        "Contact,Sprache,Status,Tags\n"
        f"ana@{domain},es,subscribed,VIP\n"
        f"bo@{domain},de-AT,subscribed,\n"
        f"left@{domain},de,unsubscribed,\n"
        "no-address,de,subscribed,\n"
    )
    page = open_page(browser, system, viewport)
    sign_in(page, "admin@example.com")

    page.goto("/admin/subscriptions/subscriberimport/add/")
    page.locator("[name=file]").set_input_files(file)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("heading", name="What is in the columns?")).to_be_visible()
    expect(page.get_by_text("Not read: Tags.")).to_be_visible()
    expect(page.get_by_label("Status")).to_have_value("status")
    # Its name tells nothing, but what is in it does.
    expect(page.get_by_label("Contact")).to_have_value("email")
    page.get_by_label("Contact").select_option(label="not read")
    page.get_by_role("button", name="Check the file").click()
    expect(page.get_by_text("Choose the column of the e-mail addresses.")).to_be_visible()
    page.get_by_label("Contact").select_option(label="e-mail address")
    page.get_by_role("button", name="Check the file").click()

    expect(page.get_by_text("Nothing is imported yet. 2 rows can be imported")).to_be_visible()
    expect(page.get_by_text("Not read: Tags.")).to_be_visible()
    expect(page.get_by_text("Line 5, “Contact”: This is no e-mail address.")).to_be_visible()
    expect(page.get_by_text("“unsubscribed”")).to_be_visible()
    assert system.mails(to=f"ana@{domain}") == []
    wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert wide <= 0
    page.get_by_role("button", name="Start the import").click()
    page.locator("#dialog").get_by_role("button", name="Start the import").click()
    expect(page.get_by_text("Finished: 2 of 2 rows.")).to_be_visible(timeout=30_000)
    expect(page.get_by_text("2 are being asked by e-mail")).to_be_visible()
    expect(page.get_by_role("progressbar")).to_have_js_property("value", 2)

    for email in (f"ana@{domain}", f"bo@{domain}"):
        (mail,) = eventually(partial(system.mails, to=email))
        assert "/confirm/" in mail["text"]
    assert system.mails(to=f"left@{domain}") == []


def test_did_ana_get_it(browser: Browser, system: System):
    token = system.token("editor")
    event = publish(system, token=token, title="Chess for all")
    told(system, event["id"], "published", token=token)
    reader = min(system.recipients(about="Chess for all"))
    page = open_page(browser, system)
    sign_in(page, "viewer@example.com")

    open_announcement(page, "Chess for all")
    page.get_by_label("Name or address").fill(reader)
    page.get_by_role("button", name="Look it up").click()
    expect(page.locator("#found").get_by_text("Sent", exact=True)).to_be_visible()

    page.locator("#found").get_by_role("link", name=reader).click()
    expect(page.get_by_role("link", name="Chess for all")).to_be_visible()
    expect(page.get_by_text("Sent", exact=True).first).to_be_visible()
