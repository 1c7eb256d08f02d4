from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction

from events.announcing import event_acknowledge
from events.data import EventData
from events.enums import EventStatus
from events.errors import (
    EventNotFoundError,
    InvalidEventError,
    StaleVersionError,
    TransitionError,
)
from events.selectors import event_get, events_due, topics_all
from events.services import (
    event_cancel,
    event_create,
    event_delete,
    event_publish,
    event_update,
)
from events.snapshot import row_data
from events.tables import EventRow
from events.topic_services import topic_create, topic_delete, topic_update
from ivent_site.ids import uuid7
from tests.factories import NO_EVENT, make_data, make_event, make_topic

pytestmark = pytest.mark.usefixtures("aws")
DRAFT, PUBLISHED, CANCELLED = EventStatus


def announced(row: EventRow) -> tuple[Any, Any]:
    stored = event_get(row.id)
    assert (stored.due_at is None) is (stored.announce_version is None)
    return stored.version, stored.announce_version


def test_a_draft_is_stored_and_announces_nothing():
    row = make_event(DRAFT)
    assert row_data(event_get(row.id)) == make_data()
    assert announced(row) == (1, None)
    assert events_due(now=datetime.now(UTC) + timedelta(days=1), limit=10) == []


def test_an_event_created_as_published_is_to_be_announced():
    row = make_event()
    assert announced(row) == (1, 1)
    assert event_get(row.id).due_at == row.updated_at + timedelta(seconds=60)


def test_publishing_and_cancelling_are_announced():
    row = event_publish(event_id=make_event(DRAFT).id, version=1)
    assert announced(row) == (2, 2)
    event_cancel(event_id=row.id, version=2)
    assert (event_get(row.id).status, announced(row)) == (CANCELLED, (3, 3))


@pytest.mark.parametrize(
    "change",
    [
        {"title": "Autumn fair"},
        {"starts_at": datetime(2038, 8, 1, 16, tzinfo=UTC)},
        {"ends_at": None},
        {"timezone": "Europe/Paris"},
        {"location": ""},
        {"url": "https://ivent.example/fair"},
        {"description": ""},
        {"topics": ("music",)},
    ],
)
def test_a_change_of_what_readers_see_is_announced_unless_the_author_says_no(change):
    told, untold = make_event(), make_event()
    for row in (told, untold):
        event_acknowledge(event_id=row.id, version=1)
    event_update(event_id=told.id, version=1, data=make_data(**change))
    event_update(event_id=untold.id, version=1, data=make_data(**change), announce=False)
    assert (announced(told), announced(untold)) == ((2, 2), (2, None))
    assert row_data(event_get(untold.id)) == make_data(**change)


def test_a_silent_change_leaves_an_announcement_that_is_still_due():
    row = make_event()
    event_update(event_id=row.id, version=1, data=make_data(title="Typo"), announce=False)
    assert announced(row) == (2, 1)


def test_a_change_of_a_draft_is_not_announced():
    row = make_event(DRAFT)
    event_update(event_id=row.id, version=1, data=make_data(title="Other"))
    assert announced(row) == (2, None)


def test_nothing_changed_writes_nothing():
    row = make_event()
    event_acknowledge(event_id=row.id, version=1)
    before = event_get(row.id).to_simple_dict()
    event_update(event_id=row.id, version=1, data=make_data(), status=PUBLISHED)
    assert event_get(row.id).to_simple_dict() == before


def test_content_and_publication_are_one_write():
    row = make_event(DRAFT)
    event_update(event_id=row.id, version=1, data=make_data(title="Now"), status=PUBLISHED)
    stored = event_get(row.id)
    assert (stored.title, stored.status, stored.version) == ("Now", PUBLISHED, 2)


def test_a_stale_version_changes_nothing():
    row = make_event()
    event_update(event_id=row.id, version=1, data=make_data(title="First"))
    for attempt in (
        lambda: event_update(event_id=row.id, version=1, data=make_data(title="Second")),
        lambda: event_cancel(event_id=row.id, version=1),
        lambda: event_delete(event_id=row.id, version=1),
    ):
        with pytest.raises(StaleVersionError):
            attempt()
    assert event_get(row.id).title == "First"


def test_of_concurrent_updates_exactly_one_wins():
    row = make_event()

    def update(number: int) -> bool:
        try:
            event_update(event_id=row.id, version=1, data=make_data(title=f"Title {number}"))
        except StaleVersionError:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        won = list(pool.map(update, range(8)))
    assert won.count(True) == 1
    stored = event_get(row.id)
    assert (stored.version, stored.title) == (2, f"Title {won.index(True)}")


def test_events_created_at_once_are_all_there():
    def create(number: int) -> str:
        return event_create(data=make_data(title=f"Event {number}"), status=DRAFT).id

    with ThreadPoolExecutor(8) as pool:
        ids = list(pool.map(create, range(200)))
    titles = {row.id: row.title for row in EventRow.batch_get(ids)}
    assert titles == {event_id: f"Event {number}" for number, event_id in enumerate(ids)}


@pytest.mark.parametrize(
    ("status", "wanted"),
    [(PUBLISHED, DRAFT), (CANCELLED, PUBLISHED), (CANCELLED, DRAFT), (DRAFT, CANCELLED)],
)
def test_no_way_leads_back(status, wanted):
    row = make_event(PUBLISHED if status is CANCELLED else status)
    if status is CANCELLED:
        row = event_cancel(event_id=row.id, version=1)
    with pytest.raises(TransitionError):
        event_update(event_id=row.id, version=int(row.version), status=wanted)


def test_a_cancelled_event_cannot_be_edited():
    row = event_cancel(event_id=make_event().id, version=1)
    with pytest.raises(TransitionError):
        event_update(event_id=row.id, version=2, data=make_data(title="Again"))


def test_only_a_draft_can_be_deleted():
    draft, published = make_event(DRAFT), make_event()
    event_delete(event_id=draft.id, version=1)
    with pytest.raises(TransitionError):
        event_delete(event_id=published.id, version=1)
    with pytest.raises(EventNotFoundError):
        event_get(draft.id)
    assert event_get(published.id).status == PUBLISHED


def test_acknowledging_is_repeatable_and_announces_nothing():
    row = make_event()
    for _ in range(2):
        event_acknowledge(event_id=row.id, version=1)
    assert announced(row) == (1, None)


def test_acknowledging_an_old_version_leaves_the_newer_one_due():
    row = make_event()
    event_update(event_id=row.id, version=1, data=make_data(title="Newer"))
    event_acknowledge(event_id=row.id, version=1)
    assert announced(row) == (2, 2)


def test_acknowledging_between_two_saves_loses_neither():
    row = make_event()
    with ThreadPoolExecutor(2) as pool:
        acknowledged = pool.submit(event_acknowledge, event_id=row.id, version=1)
        updated = pool.submit(event_update, event_id=row.id, version=1, data=make_data(title="New"))
        acknowledged.result()
        updated.result()
    assert (event_get(row.id).title, announced(row)) == ("New", (2, 2))


def test_what_is_overdue_is_found_oldest_first():
    first, second = make_event(), make_event()
    make_event(DRAFT)
    later = datetime.now(UTC) + timedelta(minutes=2)
    assert [row.id for row in events_due(now=later, limit=10)] == [first.id, second.id]
    assert [row.id for row in events_due(now=later, limit=1)] == [first.id]
    assert events_due(now=datetime.now(UTC), limit=10) == []


def test_invalid_content_is_never_stored():
    with pytest.raises(InvalidEventError):
        make_event(title="=?utf-8?q?x?=")
    row = make_event()
    with pytest.raises(InvalidEventError):
        event_update(event_id=row.id, version=1, data=make_data(title="a\nb"))
    assert event_get(row.id).title == "Summer fair"


def test_an_id_that_is_there_is_not_overwritten():
    event_id = uuid7()
    event_create(data=make_data(), status=DRAFT, event_id=event_id)
    with pytest.raises(StaleVersionError):
        event_create(data=make_data(title="Other"), status=DRAFT, event_id=event_id)
    assert event_get(event_id).title == "Summer fair"


def test_a_block_that_fails_leaves_no_event():
    event_id = uuid7()
    with suppress(ZeroDivisionError), transaction.atomic():
        event_create(data=make_data(), status=DRAFT, event_id=event_id)
        _ = 1 / 0
    with pytest.raises(EventNotFoundError):
        event_get(event_id)


@pytest.mark.parametrize("event_id", ["", "x", "../x", "\x00", "a" * 3000, NO_EVENT.upper()])
def test_what_is_no_id_is_no_event(event_id):
    with pytest.raises(EventNotFoundError):
        event_get(event_id)


def test_the_longest_titles_fit_into_the_search_index():
    # This letter becomes three when its case is folded.
    row = make_event(title="ΐ" * 200)
    assert event_get(row.id).title == "ΐ" * 200


def test_topics_are_made_renamed_and_removed():
    make_topic("music", "Music")
    make_topic("art", "Art")
    topic_update(slug="music", name="Live music", description="Loud")
    assert [(topic.slug, topic.name, topic.description) for topic in topics_all()] == [
        ("art", "Art", ""),
        ("music", "Live music", "Loud"),
    ]
    topic_delete(slug="art")
    topic_delete(slug="art")
    assert [topic.slug for topic in topics_all()] == ["music"]


@pytest.mark.parametrize("slug", ["", "Music", "a b", "a--b", "-a", "ä", "a\n", "x" * 65])
def test_a_bad_slug_is_refused(slug):
    with pytest.raises(InvalidEventError, match="slug"):
        topic_create(slug=slug, name="X")


def test_a_topic_is_not_made_twice_nor_renamed_into_being():
    make_topic("music", "Music")
    with pytest.raises(InvalidEventError, match="already"):
        topic_create(slug="music", name="Other")
    with pytest.raises(InvalidEventError, match="no such"):
        topic_update(slug="art", name="Art")
    assert [topic.name for topic in topics_all()] == ["Music"]


def test_the_content_of_an_event_is_what_was_given():
    data: EventData = make_data(
        all_day=True,
        starts_at=datetime(2038, 7, 31, 22, tzinfo=UTC),
        ends_at=datetime(2038, 8, 2, 22, tzinfo=UTC),
        topics=("b", "a"),
        url="https://ivent.example",
    )
    row = event_create(data=data, status=DRAFT)
    assert row_data(event_get(row.id)) == data


def test_an_acknowledgement_does_not_undo_a_change_that_announces_nothing():
    row = make_event()
    event_update(event_id=row.id, version=1, data=make_data(title="New"), announce=False)
    event_acknowledge(event_id=row.id, version=1)
    assert (event_get(row.id).title, announced(row)) == ("New", (2, None))
    assert list(events_due(now=datetime.now(UTC) + timedelta(days=1), limit=10)) == []


def test_a_deletion_that_is_overtaken_deletes_nothing(monkeypatch):
    row = make_event(DRAFT)
    seen = event_get(row.id)
    event_publish(event_id=row.id, version=1)
    monkeypatch.setattr("events.services.event_get", lambda _: seen)
    with pytest.raises(StaleVersionError):
        event_delete(event_id=row.id, version=1)
    assert event_get(row.id).status == PUBLISHED
