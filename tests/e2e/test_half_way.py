"""A send that fails half-way, as whoever watches it sees it: SES refuses, or a worker dies."""

import os
import signal
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from .browsers import PHONE, open_page, sign_in
from .people import announcements, everybody_once, publish, told
from .system import System, eventually, running

pytestmark = [
    pytest.mark.browser,
    pytest.mark.xdist_group("e2e"),
    pytest.mark.timeout(300),
]

SENDER = "events@ivent.example"
SOME = 6
# Leases end, and the page asks every few seconds.
WITHIN_MS = 30_000
CUT_OFF = "This page cannot reach the server right now"


@pytest.fixture(scope="module")
def slow_system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """A system of its own that sends three mails a second."""
    with running(tmp_path_factory.mktemp("slow"), MAIL_RATE="6") as system:
        yield system


def watch(page: Page, system: System, title: str) -> str:
    """Publish an event, be on its announcement's page when some mails have left; its id."""
    token = system.token("editor")
    event = publish(system, token=token, title=title)
    (row,) = eventually(lambda: announcements(system, event["id"], token=token))
    page.goto(f"/admin/notifications/announcement/{row['id']}/change/")
    eventually(lambda: len(system.mails(about=title)) >= SOME)
    return str(event["id"])


def says(page: Page, words: str) -> None:
    """Wait until the page says so by itself."""
    expect(page.get_by_text(words)).to_be_visible(timeout=WITHIN_MS)


def shown(page: Page, line: str) -> int:
    """A number of the page."""
    return int(page.get_by_role("row", name=line).locator("td").inner_text())


def test_when_ses_begins_to_refuse_the_page_says_what_happened_and_what_to_do(
    browser: Browser, slow_system: System
):
    system, title = slow_system, "Long table"
    page = open_page(browser, system, PHONE)
    sign_in(page, "editor@example.com")
    page.wait_for_url("**/admin/")
    event_id = watch(page, system, title)

    system.aws("ses").delete_identity(Identity=SENDER)
    try:
        says(page, "It is paused, and nothing is lost")
        says(page, "is not verified")
        says(page, "Verify the sender's address or domain")
        expect(page.get_by_role("row", name="still to come")).to_be_visible()
        left = len(system.mails(about=title))
        assert SOME <= left < 30
        eventually(lambda: shown(page, "sent") == left)
        assert shown(page, "under way or in doubt") == 0
        assert shown(page, "still to come") == 30 - left
    finally:
        system.aws("ses").verify_email_identity(EmailAddress=SENDER)
    page.get_by_role("button", name="Resume").click()

    told(system, event_id, "published", token=system.token("editor"))
    expect(page.locator("#live").get_by_text("100%")).to_be_visible(timeout=WITHIN_MS)
    everybody_once(system, about=title)
    assert (shown(page, "sent"), shown(page, "refused")) == (30, 0)


def test_when_a_worker_hangs_and_dies_the_page_says_so_and_sees_it_go_on(
    browser: Browser, slow_system: System
):
    system, title = slow_system, "Short table"
    page = open_page(browser, system)
    sign_in(page, "editor@example.com")
    page.wait_for_url("**/admin/")
    event_id = watch(page, system, title)

    os.kill(system.child("localrunner"), signal.SIGSTOP)
    says(page, "No worker is on it since")
    says(page, "You need do nothing")
    assert system.kill_child("localrunner") == 1
    says(page, CUT_OFF)
    system.start()

    expect(page.get_by_text(CUT_OFF)).to_be_hidden(timeout=WITHIN_MS)
    told(system, event_id, "published", token=system.token("editor"), within_s=120)
    expect(page.locator("#live").get_by_text("100%")).to_be_visible(timeout=WITHIN_MS)
    everybody_once(system, about=title)
