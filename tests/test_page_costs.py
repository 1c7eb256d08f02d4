"""What the pages of the admin cost in calls to DynamoDB: the same for few rows and for many."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest import mock

import pytest

from events.enums import EventStatus
from events.snapshot import EventSnapshot
from events.tables import EventRow
from events.topic_names import topic_names_remember
from ivent_site.ids import uuid7
from ivent_site.preferences.selectors import preferences_defaults, preferences_remember
from notifications.tables import AnnouncementRow
from subscriptions.enums import SubscriptionStatus
from subscriptions.tables import SubscriptionRow
from tests.dynamodb_calls import dynamodb_calls
from tests.dynamodb_in_process import rows_put
from tests.events.staff import entered, signed_in
from tests.factories import make_event, make_topic
from tests.factories_subscriptions import make_confirmed, search_entries
from tests.notifications.sending import make_announcement

FEW, EVENTS, SUBSCRIBERS = 10, 2_000, 20_000
LISTS, DETAILS, SAVES, DASHBOARD, PREVIEW, REVIEW = 4, 3, 5, 7, 6, 6
ADMIN = "/admin"
START = datetime(2038, 1, 1, tzinfo=UTC)


def fill(*, events: int, subscribers: int) -> None:
    """So many rows more of each kind; a tenth as many announcements as events."""
    statuses = [*EventStatus]
    rows_put(_event(number, statuses[number % len(statuses)]) for number in range(events))
    rows = [_subscription(number) for number in range(subscribers)]
    rows_put(rows)
    # What is found among all of them is counted where the search is tested.
    rows_put(entry for row in rows[:2_000] for entry in search_entries(row))
    rows_put(map(_announcement, range(events // 10)))


def _event(number: int, status: EventStatus) -> EventRow:
    at = START + timedelta(hours=number)
    return EventRow(
        id=uuid7(),
        title=f"Fair {number}",
        starts_at=at,
        timezone="UTC",
        status=status.value,
        created_at=START,
        updated_at=START,
    )


def _subscription(number: int) -> SubscriptionRow:
    id_ = uuid7()
    return SubscriptionRow(
        id=id_,
        email=f"reader{number}@example.com",
        email_key=f"reader{number}@example.com#{id_}",
        status=[*SubscriptionStatus][number % len(SubscriptionStatus)].value,
        created_at=START + timedelta(seconds=number),
        updated_at=START,
        home_shard=f"{number % 16:02x}",
    )


def _announcement(number: int) -> AnnouncementRow:
    event, at = _event(number, EventStatus.PUBLISHED), START - timedelta(days=1000, hours=number)
    return AnnouncementRow(
        event.id,
        f"{event.id}.000001.published",
        version=1,
        kind="published",
        state="done",
        event=EventSnapshot.from_row(event).to_json(),
        shard_count=16,
        created_at=at,
        updated_at=at,
    )


@pytest.fixture
def pages(aws: None) -> dict[str, tuple[int, Callable[[Any], Any]]]:
    """Each page with what it may cost, and how it is asked for."""
    make_topic("music")
    event, other = make_event(EventStatus.DRAFT), make_event(EventStatus.DRAFT, title="Saved")
    person = make_confirmed("ann@example.com")
    announcement = make_announcement()
    change = f"{ADMIN}/events/event/{event.id}/change/"
    saves = iter(range(1, 100))

    def save(client: Any) -> Any:
        version = next(saves)
        return client.post(change, entered(title=f"Saved {version}", seen_version=str(version)))

    def next_digest(client: Any) -> Any:
        weekly = replace(preferences_defaults(), digest_weekday=0)
        with mock.patch("notifications.digest_review.preferences_get", return_value=weekly):
            return client.get(f"{ADMIN}/notifications/announcement/digest/")

    def get(path: str, **query: Any) -> Callable[[Any], Any]:
        return lambda client: client.get(f"{ADMIN}/{path}", query)

    return {
        "dashboard": (DASHBOARD, get("")),
        "moved events": (DETAILS, get("notifications/announcement/moved/")),
        "events": (LISTS, get("events/event/")),
        "drafts": (LISTS, get("events/event/", status__exact="draft")),
        "events with a topic": (LISTS, get("events/event/", topic="music")),
        "past events": (LISTS, get("events/event/", when="past")),
        "events found": (LISTS, get("events/event/", q="saved")),
        "topics": (LISTS, get("events/topic/")),
        "subscribers": (LISTS, get("subscriptions/subscription/")),
        "subscribers found": (LISTS, get("subscriptions/subscription/", q="ann@example")),
        "subscribers found by a part": (LISTS, get("subscriptions/subscription/", q="eader1 exa")),
        "announcements": (LISTS, get("notifications/announcement/")),
        "done": (LISTS, get("notifications/announcement/", state__exact="done")),
        "staff": (LISTS, get("cognito/staffuser/")),
        "events sent": (
            DETAILS,
            get("notifications/announcement/sent/", id=[announcement.id] * 3),
        ),
        "event news": (LISTS, get(f"notifications/announcement/event/{event.id}/")),
        "event": (DETAILS, get(f"events/event/{event.id}/change/")),
        "new event": (DETAILS, get("events/event/add/")),
        "topic": (DETAILS, get("events/topic/music/change/")),
        "subscriber": (DETAILS, get(f"subscriptions/subscription/{person.id}/change/")),
        "announcement": (
            DETAILS,
            get(f"notifications/announcement/{announcement.id}/change/"),
        ),
        # Who it is, the events, their readers, and what was announced lately.
        "review": (REVIEW, get(f"notifications/announcement/review/{event.id}/")),
        "review of several": (
            REVIEW,
            get("notifications/announcement/reviews/", event=[event.id, other.id]),
        ),
        "save": (SAVES, save),
        "next digest": (PREVIEW, next_digest),
    }


def test_every_page_costs_the_same_for_few_rows_and_for_many(pages: Any) -> None:
    def costs(client: Any) -> dict[str, Counter[str]]:
        found = {}
        for name, (_most, ask) in pages.items():
            # As a process knows it that has answered lately.
            preferences_remember(None)
            topic_names_remember({"music": "Music"})
            with dynamodb_calls() as calls:
                reply = ask(client)
            assert reply.status_code in {200, 302}, name
            found[name] = calls
        return found

    # The date hierarchy costs a Query per period, and is counted apart.
    with mock.patch("events.admin.EventAdmin.date_hierarchy", None), signed_in("admins") as client:
        fill(events=FEW, subscribers=FEW)
        few = costs(client)
        fill(events=EVENTS, subscribers=SUBSCRIBERS)
        many = costs(client)
    assert many == few
    assert not any(calls["Scan"] for calls in many.values())
    dear = {name: dict(calls) for name, calls in many.items() if calls.total() > pages[name][0]}
    assert dear == {}
