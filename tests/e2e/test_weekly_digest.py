"""One mail a week, as the admin sets it up, a reader chooses it and gives it up again."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from .browsers import PHONE, open_page, sign_in
from .people import announcements, publish, subscribe, told
from .system import System, eventually, running

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("e2e"), pytest.mark.timeout(300)]

TITLE = "Winter swimming"
DIGEST = "Coming events"
STAYS, GIVES_UP = "stays@example.com", "gives-up@example.com"


@pytest.fixture(scope="module")
def weekly_system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """A system of its own, for a week goes by in it."""
    with running(tmp_path_factory.mktemp("weekly")) as system:
        yield system


def choose(page: Page, system: System, reader: str, how_often: str) -> None:
    """Follow the link in the reader's last mail, and choose."""
    mail = eventually(lambda: system.mails(to=reader, about="Before the choice"))[0]
    found = re.search(r"http://localhost:\d+(/preferences/\S+)", mail["text"])
    assert found, mail["text"]
    page.goto(found[1])
    page.get_by_label(how_often).check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible()


def a_week_goes_by(system: System) -> None:
    """Let the next digest be due: it was promised for now."""
    system.aws("dynamodb").update_item(
        TableName="ivent-local-preferences",
        Key={"id": {"S": "site"}},
        UpdateExpression="SET digest_promised = :now",
        ExpressionAttributeValues={
            ":now": {"S": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S[UTC]")}
        },
    )
    restart(system)


def restart(system: System) -> None:
    """Who runs knows of new settings within half a minute; who starts, at once."""
    assert system.stop() == 0
    system.start()


def test_an_event_reaches_who_wants_it_at_once_and_the_others_in_the_digest(
    browser: Browser, weekly_system: System
):
    system = weekly_system
    editor = system.token("editor")
    staff, reader = open_page(browser, system), open_page(browser, system, PHONE)
    sign_in(staff, "admin@example.com")
    staff.wait_for_url("**/admin/")

    staff.goto("/admin/preferences/sitepreferences/")
    # Far from the hour at which a digest is made by itself.
    weekday = (datetime.now(UTC) + timedelta(days=3)).weekday()
    staff.locator("[name=digest_weekday]").select_option(str(weekday))
    staff.get_by_role("button", name="Save", exact=True).click()
    expect(staff.get_by_text("changed successfully")).to_be_visible()
    restart(system)
    for each in (STAYS, GIVES_UP):
        subscribe(system, each, token=editor)
    first = publish(system, token=editor, title="Before the choice")
    told(system, first["id"], "published", token=editor)
    for each in (STAYS, GIVES_UP):
        choose(reader, system, each, "Once a week, in a digest")

    event = publish(system, token=editor, title=TITLE)
    told(system, event["id"], "published", token=editor)
    (row,) = announcements(system, event["id"], token=editor)
    eventually(lambda: system.recipients(about=TITLE).total() == row["sent"])
    assert {STAYS, GIVES_UP}.isdisjoint(system.recipients(about=TITLE))
    staff.goto(f"/admin/notifications/announcement/{row['id']}/change/")
    staff.get_by_label("Name or address").fill(STAYS)
    staff.get_by_role("button", name="Look it up").click()
    expect(staff.get_by_text("in the weekly digest of").first).to_be_visible()

    staff.goto("/admin/notifications/announcement/digest/")
    expect(staff.get_by_text("who asked for one mail a week")).to_be_visible()
    expect(staff.frame_locator("iframe:visible").get_by_text(TITLE).first).to_be_visible()

    choose(reader, system, GIVES_UP, "Each event at once")
    expect(reader.get_by_text("One more digest is coming")).to_be_visible()

    a_week_goes_by(system)
    eventually(lambda: {STAYS, GIVES_UP} <= system.recipients(about=DIGEST).keys(), within_s=120)
    assert system.recipients(about=DIGEST).keys().isdisjoint(system.recipients(about=TITLE))
    assert all(TITLE in mail["text"] for mail in system.mails(about=DIGEST))

    last = publish(system, token=editor, title="After the choice")
    told(system, last["id"], "published", token=editor)
    eventually(lambda: GIVES_UP in system.recipients(about="After the choice"))
    assert STAYS not in system.recipients(about="After the choice")
    assert {system.recipients(about=DIGEST)[each] for each in (STAYS, GIVES_UP)} == {1}
