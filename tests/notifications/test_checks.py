from datetime import timedelta

import pytest

from events.enums import EventStatus
from events.snapshot import EventSnapshot
from notifications.checks import (
    Level,
    account_check,
    address_checks,
    audience_checks,
    content_checks,
    date_check,
    duplicate_checks,
    event_checks,
    link_checks,
    mail_checks,
)
from notifications.enums import AnnouncementKind
from notifications.preview import Preview
from notifications.tables import AnnouncementRow
from notifications.transports.account import Account
from tests.factories import make_data

PREVIEW = Preview("New event: Summer fair", "Come all.", "<p>Come all.</p>")


def snapshot(**values):
    data = make_data(**values)
    return EventSnapshot(
        **data.as_dict(), id="1", version=1, status=EventStatus.DRAFT, updated_at=data.starts_at
    )


def announced(id_, **values):
    return AnnouncementRow("x", "y", event=snapshot(**values).to_json() | {"id": id_})


@pytest.mark.parametrize(
    ("before_start", "level"),
    [
        (timedelta(0), Level.BAD),
        (timedelta(hours=24), Level.HINT),
        (timedelta(hours=25), Level.GOOD),
    ],
)
def test_an_event_that_is_over_or_near_is_told(before_start, level):
    event = snapshot()
    assert date_check(event, now=event.starts_at - before_start).level == level


@pytest.mark.parametrize(
    ("link", "told"),
    [
        ("https://bit.ly/x", "spam"),
        ("http://localhost:8000/", "cannot reach"),
        ("https://intranet/", "cannot reach"),
        ("https://10.0.0.7/x", "cannot reach"),
        ("https://fair.internal/", "cannot reach"),
        ("https://[::1/", "no link"),
        ("/about", "no link that readers could follow"),
    ],
)
def test_links_that_readers_cannot_follow_are_told(link, told):
    (check,) = link_checks(snapshot(url=link, description=""))
    assert check.level == Level.BAD
    assert told in check.text


def test_a_link_in_the_description_that_leads_nowhere_is_told():
    (check,) = link_checks(
        snapshot(description="[Register](example.org/a)"), note="[b](https://x.y)"
    )
    assert (check.level, "example.org/a" in check.text) == (Level.BAD, True)


def test_good_links_are_told_with_what_was_not_looked_at():
    description = "[Mail](mailto:a@example.org), [page](https://example.org/a), <tel:112>"
    (check,) = link_checks(snapshot(url="https://example.org", description=description))
    assert check.level == Level.GOOD
    assert "not fetched" in check.text
    assert [*link_checks(snapshot(description="No link."))] == []


def levels(checks):
    return sorted(check.level for check in checks)


def test_what_a_mail_should_have_is_looked_for():
    assert levels(content_checks(snapshot())) == ["good"]
    bare = snapshot(description="", location="", url="")
    assert levels(content_checks(bare)) == ["hint", "hint"]
    empty = Preview("x" * 79, " \n", "")
    assert levels(mail_checks([PREVIEW, empty])) == ["bad", "hint"]
    assert levels(address_checks(" ")) == ["bad"]
    assert levels([*mail_checks([PREVIEW]), *address_checks("1 Street")]) == []


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        (AnnouncementKind.PUBLISHED, ["bad", "bad", "hint", "hint"]),
        (AnnouncementKind.CANCELLED, ["bad", "hint"]),
        (AnnouncementKind.MESSAGE, ["bad", "hint", "hint"]),
    ],
)
def test_each_kind_of_mail_is_checked_for_what_matters_to_it(kind, told):
    event = snapshot(description="", location="", url="")
    sent = AnnouncementRow(
        "1", "y", event=event.to_json(), kind="message", subject="Hi", created_at=event.starts_at
    )
    late = {"now": event.starts_at, "previews": [PREVIEW], "recent": [sent]}
    assert levels(event_checks(event, kind, note="[x](http://intranet/)", **late)) == told


def test_readers_of_other_languages_are_told_of():
    (check,) = audience_checks(5, {"en": 2, "de": 3}, "en", name="English")
    assert (check.level, check.text[:11]) == (Level.HINT, "3 readers u")
    assert [*audience_checks(2, {"en": 2}, "en", name="English")] == []
    (nobody,) = audience_checks(0, {}, "en", name="English")
    assert nobody.level == Level.HINT


@pytest.mark.parametrize(
    ("account", "level"),
    [
        (None, Level.HINT),
        (Account(rate=14, sandbox=True), Level.BAD),
        (Account(rate=14, left=9), Level.HINT),
        (Account(rate=14, left=10), Level.GOOD),
    ],
)
def test_what_ses_will_not_send_is_told(account, level):
    assert account_check(account, 10, "").level == level


def test_a_stopped_account_is_told_with_its_reason():
    account = Account(rate=14, stopped="ACCOUNT_SENDING_PAUSED")
    check = account_check(account, 10, "AWS has paused it.")
    assert (check.level, check.text) == (Level.BAD, "AWS has paused it.")


def test_the_same_event_twice_is_told_once():
    same = [announced("2", title="Summer  FAIR!"), announced("2"), announced("3", title="Choir")]
    other_day = announced("4", starts_at=make_data().starts_at + timedelta(days=1), ends_at=None)
    own = announced("1")
    (check,) = duplicate_checks(snapshot(), [own, *same, other_day])
    assert (check.level, check.link) == (Level.HINT, "2")
