"""The weekly digest as the staff see it: before it goes out, under way, and asked after."""

from datetime import UTC, datetime, timedelta
from unittest import mock

import pytest

from events.enums import EventStatus
from events.services import event_create
from ivent_site.preferences.digest import digest_next
from ivent_site.preferences.selectors import preferences_get
from ivent_site.preferences.services import preferences_update
from notifications.announce import announce
from notifications.announcements import event_announcements
from notifications.digest import digest_get
from notifications.digest_due import digest_make, digest_remember
from notifications.digest_times import slot_text
from notifications.history import Fate, recipient_entry
from notifications.transports.account import Account
from subscriptions.selectors import subscription_get
from tests.events.staff import signed_in, text
from tests.factories import make_data, make_event, make_topic
from tests.factories_subscriptions import known, make_confirmed
from tests.notifications.sending import FakeSes, current, walk

pytestmark = pytest.mark.usefixtures("aws")
LIST = "/admin/notifications/announcement/"
PAGE = f"{LIST}digest/"


@pytest.fixture(autouse=True)
def account():
    with mock.patch("notifications.review.account_get", return_value=Account(rate=14, left=200)):
        yield


@pytest.fixture
def editor():
    with signed_in("editors") as client:
        yield client


@pytest.fixture
def slot():
    """The next digest's, in a few days."""
    digest_remember(None)
    preferences_update(version=0, digest_weekday=(datetime.now(UTC).weekday() + 3) % 7)
    found = digest_next(preferences_get(), now=datetime.now(UTC))
    assert found is not None
    return found


def coming(slot, status=EventStatus.PUBLISHED, **values):
    starts_at = slot + timedelta(days=10)
    row = event_create(data=make_data(starts_at=starts_at, ends_at=None, **values), status=status)
    announce(event_id=row.id)
    return row


def made(slot):
    digest_make(now=slot)
    row = digest_get(slot)
    assert row is not None
    return row


def fate_of(row, person):
    return recipient_entry(row, known(subscription_get(person.id))).fate


def test_the_next_digest_is_shown_in_every_language_with_its_readers(editor, slot):
    make_topic("music", "Live music")
    make_confirmed("ann@example.com", topics=["music"], locale="de", frequency="weekly")
    make_confirmed("ben@example.com", topics=["chess"], frequency="weekly")
    make_confirmed("eve@example.com")
    coming(slot, title="Concert", topics=("music",))
    page = editor.get(PAGE)
    found = page.context["digest"]
    assert (found.slot, found.total, found.weekly) == (slot, 1, 2)
    assert [(mail.language, mail.readers) for mail in found.mails] == [
        *(("en", 0), ("en-gb", 0), ("de", 1), ("fr", 0), ("es", 0)),
    ]
    shown = text(page)
    for words in (slot_text(slot), "Concert (New)", "Kommende Veranstaltungen", "Live music"):
        assert words in shown
    assert digest_get(slot) is None


def test_a_test_of_it_goes_to_whoever_asks_and_to_nobody_else(editor, slot):
    make_confirmed(frequency="weekly")
    coming(slot)
    ses = FakeSes()
    with mock.patch("notifications.trial.default_transport", return_value=ses):
        page = editor.post(PAGE, {"language": "fr"}, follow=True)
    [mail] = ses.accepted
    assert mail.to in text(page)
    assert mail.letter.subject.startswith("[Test] Événements à venir")
    assert "* Summer fair" in mail.text
    assert "There is no mail to test." in text(editor.post(PAGE, {"language": "x"}, follow=True))


def test_it_says_how_to_begin_and_when_nothing_is_coming(editor):
    assert "There is no weekly digest" in text(editor.get(PAGE))
    preferences_update(version=0, digest_weekday=1)
    assert "so no mail would be sent" in text(editor.get(PAGE))
    assert "There is no mail to test." in text(editor.post(PAGE, {"language": "en"}, follow=True))


def test_settings_and_overview_lead_to_it(slot):
    with signed_in("admins") as client:
        overview = client.get("/admin/")
        settings = client.get("/admin/preferences/sitepreferences/site/change/")
    for page in (overview, settings):
        assert f'href="{PAGE}"' in page.content.decode()
    assert slot_text(slot) in text(overview)


def test_a_review_counts_who_reads_it_in_the_digest_apart(editor, slot):
    make_topic("music")
    make_confirmed("ann@example.com", topics=["music"], frequency="weekly")
    make_confirmed("ben@example.com", frequency="weekly", locale="de")
    make_confirmed("eve@example.com", locale="de")
    row = coming(slot, EventStatus.DRAFT, topics=("music",))
    page = editor.get(f"{LIST}review/{row.id}/")
    found = page.context["review"]
    assert (found.total, found.weekly, found.topics) == (1, 2, [("music", 0), ("", 1)])
    assert [mail.readers for mail in found.mails] == [0, 0, 1, 0, 0]
    assert f"2 more read it in the weekly digest: {slot_text(slot)}." in text(page)


def test_a_review_of_what_begins_soon_counts_everybody(editor, slot):
    make_confirmed(frequency="weekly")
    starts_at = slot + timedelta(hours=1)
    row = make_event(EventStatus.DRAFT, starts_at=starts_at, ends_at=None)
    page = editor.get(f"{LIST}review/{row.id}/")
    assert (page.context["review"].total, page.context["review"].weekly) == (1, 0)
    assert "weekly digest:" not in text(page)


def test_a_digest_can_be_followed_like_any_announcement(editor, slot, clock):
    ann = make_confirmed("ann@example.com", shard="00", frequency="weekly")
    coming(slot, title="Concert")
    row = made(slot)
    page = f"{LIST}{row.id}/"
    assert "Weekly digest" in text(editor.get("/admin/"))
    assert editor.get(f"{page}live/").context["expected"] == 1
    walk(row, FakeSes(), clock)
    assert "Weekly digest" in text(editor.get(LIST))
    change = text(editor.get(f"{page}change/"))
    assert "Concert" in change
    assert slot_text(slot) in change
    assert "Sent" in text(editor.post(f"{page}find/", {"person": "ann@example.com"}))
    assert "Weekly digest" in text(editor.get(f"{LIST}person/{ann.id}/"))
    # And is no event that another might be like.
    draft = coming(slot, EventStatus.DRAFT, title="Concert")
    assert "Very like" in text(editor.get(f"{LIST}review/{draft.id}/"))


def test_of_an_event_that_ana_gets_by_digest_it_is_said_so(editor, slot, clock):
    make_topic("music")
    ana, other = (
        make_confirmed(f"{name}@example.com", shard="00", frequency="weekly", topics=[topic])
        for name, topic in (("ana", "music"), ("other", "chess"))
    )
    event = coming(slot, topics=("music",))
    row = next(iter(event_announcements(event.id)))
    fates = [Fate.IN_DIGEST, Fate.NOT_YET]
    assert [fate_of(row, each) for each in (ana, other)] == fates
    walk(row, FakeSes(), clock)
    fates = [Fate.IN_DIGEST, Fate.NOT_MEANT]
    assert [fate_of(current(row), each) for each in (ana, other)] == fates
    found = text(editor.post(f"{LIST}{row.id}/find/", {"person": "ana@example.com"}))
    assert f"in the weekly digest of {slot_text(slot)}" in found
