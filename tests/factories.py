"""Events, topics and callers for tests."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from rest_framework.test import APIClient

from events.data import EventData
from events.enums import EventStatus
from events.services import event_create
from events.tables import EventRow, TopicRow
from events.topic_services import topic_create
from events.wall_clock import WallClock
from ivent_site.cognito.identity import Identity

# An id as events have, that none has: the same in every worker of a test run.
NO_EVENT = "01900000-0000-7000-8000-00000000abcd"


def make_data(**values: Any) -> EventData:
    """Content that keeps all rules; `values` replace some of it."""
    content: dict[str, Any] = {
        "title": "Summer fair",
        "starts_at": datetime(2038, 8, 1, 17, tzinfo=UTC),
        "ends_at": datetime(2038, 8, 1, 19, tzinfo=UTC),
        "timezone": "Europe/Berlin",
        "description": "Come **all**.",
        "location": "Market square",
    }
    content |= values
    for name in ("starts", "ends"):
        instant = content.pop(f"{name}_at")
        if name not in values:
            content[name] = instant and _clock(instant, content)
    return EventData(**content)


def moved_to(data: EventData, **instants: datetime | None) -> EventData:
    """The content with other moments: `starts_at` or `ends_at`."""
    clocks: dict[str, Any] = {
        name.removesuffix("_at"): instant and WallClock.of(instant, data.timezone)
        for name, instant in instants.items()
    }
    return replace(data, **clocks)


def _clock(instant: datetime, content: dict[str, Any]) -> WallClock:
    clock = WallClock.of(instant, content["timezone"])
    return WallClock.on(clock.day) if content.get("all_day") else clock


def make_event(status: EventStatus = EventStatus.PUBLISHED, **values: Any) -> EventRow:
    """An event in the table."""
    return event_create(data=make_data(**values), status=status)


def make_topic(slug: str, name: str | None = None) -> TopicRow:
    """A topic in the table."""
    return topic_create(slug=slug, name=name or slug.title())


def api_client(*groups: str, sub: str = "5f3c6a1e-0000-4000-8000-000000000001") -> APIClient:
    """A client whose token says these groups."""
    client = APIClient(raise_request_exception=True)
    identity: Any = Identity(sub=sub, username=sub, groups=frozenset(groups))
    client.force_authenticate(identity)
    return client


def errors(response: Any) -> list[tuple[str | None, str]]:
    """The field and code of each error in a reply of the API, which has the one shape."""
    body = response.json()
    assert set(body) == {"errors"}
    assert all(each["message"] for each in body["errors"])
    return [(each["field"], each["code"]) for each in body["errors"]]
