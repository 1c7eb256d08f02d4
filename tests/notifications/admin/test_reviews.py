"""Several events looked at together, then published or cancelled."""

from unittest import mock
from urllib.parse import urlencode

import pytest
from django.contrib.admin.models import LogEntry

from events.announcing import event_acknowledge
from events.enums import EventStatus
from events.selectors import event_get
from events.services import event_cancel, event_publish, event_update
from events.tables import EventRow
from notifications.transports.account import Account
from tests.dynamodb_calls import dynamodb_calls
from tests.events.staff import signed_in, text
from tests.factories import NO_EVENT, make_data, make_event, make_topic
from tests.factories_subscriptions import make_confirmed
from tests.notifications.sending import make_announcement

pytestmark = pytest.mark.usefixtures("aws")

URL = "/admin/notifications/announcement/reviews/"
DRAFT, PUBLISHED, CANCELLED = EventStatus


@pytest.fixture(autouse=True)
def account():
    account = Account(rate=1, left=200)
    with mock.patch("notifications.review.account_get", return_value=account):
        yield


@pytest.fixture
def editor():
    with signed_in("editors") as client:
        yield client


def drafts(*titles, **values):
    return [make_event(DRAFT, title=title, **values) for title in titles]


def reviewed(client, *rows):
    return client.get(f"{URL}?{urlencode([('event', row.id) for row in rows])}")


def seen(*rows, **more):
    return {"seen": [f"{row.id}:{int(row.version)}" for row in rows], **more}


def statuses(*rows):
    return [event_get(row.id).status for row in rows]


def history():
    return sorted(
        f"{entry.object_repr}: {entry.get_change_message()}"
        for entry in LogEntry.objects.filter(user_id="sub-1")
    )


def test_every_mail_and_all_readers_are_seen_before_anything_is_published(editor):
    make_topic("music")
    make_confirmed(topics=["music"], locale="de")
    make_confirmed(topics=["sport"])
    rows = [*drafts("Choir", topics=("music",)), *drafts("Fair")]
    page = reviewed(editor, *rows)
    shown = text(page)
    for words in ("New event: Choir", "Neue Veranstaltung: Fair", "Publish 2 events now"):
        assert words in shown
    assert [each.review.total for each in page.context["events"]] == [1, 2]
    assert (page.context["total"], page.context["duration"]) == (3, "less than a minute")
    assert statuses(*rows) == [DRAFT, DRAFT]


def test_a_version_is_posted_as_it_is_however_large(editor):
    [row] = drafts("Choir")
    row.update(actions=[EventRow.version.set(1234)])
    assert f'value="{row.id}:1234"' in text(reviewed(editor, row))


def test_what_is_wrong_with_one_holds_up_that_one_alone_and_is_said(editor):
    good, bad = drafts("Choir", url="https://example.org") + drafts("Fair", url="https://bit.ly/x")
    told, gone = make_event(title="Told"), make_event(title="Gone")
    gone = event_cancel(event_id=gone.id, version=1)
    page = reviewed(editor, good, bad, told, gone)
    assert [each.id for each in page.context["ready"]] == [good.id]
    shown = text(page)
    for words in (
        "link shorteners make mails look like spam",
        "It is published already.",
        "It is cancelled, and stays so.",
        "3 events are left out",
        "Publish 1 event now",
    ):
        assert words in shown


def test_one_button_publishes_them_each_with_its_history_and_reports(editor):
    rows = drafts("Choir", "Fair")
    shown = text(editor.post(URL, seen(*rows)))
    assert "2 events are published." in shown
    assert statuses(*rows) == [PUBLISHED, PUBLISHED]
    assert history() == [f"{title}: Status: “draft” → “published”." for title in ("Choir", "Fair")]


def test_of_what_changed_meanwhile_nothing_is_published(editor):
    changed, other = drafts("Choir", "Fair")
    event_update(event_id=changed.id, version=1, data=make_data(title="Opera"))
    shown = text(editor.post(URL, seen(changed, other)))
    assert "Somebody has changed the event meanwhile" in shown
    assert statuses(changed, other) == [DRAFT, PUBLISHED]
    assert history() == ["Fair: Status: “draft” → “published”."]


def test_cancellations_are_seen_with_their_reason_and_done_with_it(editor, settings):
    settings.UNDO_WINDOW_S = 60
    make_confirmed()
    told = make_event(title="Told")
    event_acknowledge(event_id=told.id, version=1)
    unknown = event_publish(event_id=drafts("Not told")[0].id, version=1)
    asked = {"kind": "cancellation", "reason": "A **storm**.\r\n"}
    page = editor.post(URL, {**asked, "event": [told.id, unknown.id]})
    shown = text(page)
    for words in ("Cancelled: Told", "<strong>storm</strong>", "so nobody gets a mail"):
        assert words in shown
    assert [each.version for each in page.context["ready"]] == [1, 2]
    assert page.context["total"] == 1
    shown = text(editor.post(URL, seen(told, unknown, **dict(page.context["entered"]))))
    assert "2 events are cancelled." in shown
    assert statuses(told, unknown) == [CANCELLED, CANCELLED]
    assert event_get(told.id).notes == [[2, "A **storm**."]]


def test_mails_that_are_too_much_for_the_page_are_left_out(editor):
    rows = drafts("Choir", "Fair")
    with mock.patch("notifications.admin.reviews.MAILS_BYTES_MAX", 20_000):
        page = reviewed(editor, *rows)
    assert [each.id for each in page.context["ready"]] == [rows[0].id]
    assert "look at this event by itself" in text(page)


def test_a_reason_that_no_mail_can_carry_is_told(editor):
    rows = [make_event(title="Choir"), make_event(title="Fair")]
    asked = {"kind": "cancellation", "reason": "x" * 2001, "event": [row.id for row in rows]}
    assert "At most 2000 characters" in text(editor.post(URL, asked))
    assert statuses(*rows) == [PUBLISHED, PUBLISHED]


@pytest.mark.parametrize("number", [0, 21])
def test_too_many_or_none_are_refused_with_what_to_do(editor, number):
    query = urlencode([("event", f"{number:08}{NO_EVENT[8:]}") for number in range(number)])
    reply = editor.get(f"{URL}?{query}")
    assert reply.status_code == 302
    assert "Tick between 1 and 20 events" in text(editor.get(reply["Location"]))


@pytest.mark.parametrize("posted", ["x:1", f"{NO_EVENT}:1", f"{NO_EVENT}:{'9' * 5000}", ":"])
def test_nonsense_is_no_event(editor, posted):
    assert editor.post(URL, {"seen": [posted]}).status_code in {200, 302}


def test_it_costs_the_same_for_one_and_for_many(editor):
    rows = drafts(*(f"Fair {number}" for number in range(6)))
    for number in (2, 6):
        make_confirmed()
        make_announcement()
        with dynamodb_calls() as calls:
            assert reviewed(editor, *rows[:number]).status_code == 200
        # Who it is; the events; the readers; the newest announcements.
        assert calls == {"GetItem": 1, "BatchGetItem": 2, "Query": 2}


def test_viewers_look_at_nothing_here():
    rows = drafts("Choir", "Fair")
    with signed_in("viewers") as viewer:
        assert reviewed(viewer, *rows).status_code == 403
        assert viewer.post(URL, seen(*rows)).status_code == 403
    assert statuses(*rows) == [DRAFT, DRAFT]


def test_a_double_click_on_publish_reports_what_the_first_one_did(editor):
    rows = drafts("Choir", "Fair")
    for _click in range(2):
        page = editor.post(URL, seen(*rows))
        assert [each.title for each in page.context["done"]] == ["Choir", "Fair"]
    assert [event_get(row.id).version for row in rows] == [2, 2]
    assert len(history()) == 2


def test_a_double_click_on_cancel_reports_what_the_first_one_did(editor):
    row = make_event(title="Choir")
    event_acknowledge(event_id=row.id, version=1)
    for _click in range(2):
        page = editor.post(URL, seen(row, kind="cancellation", reason="A storm."))
        assert [each.title for each in page.context["done"]] == ["Choir"]
    assert (event_get(row.id).version, len(history())) == (2, 1)
