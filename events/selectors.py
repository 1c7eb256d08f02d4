"""Reading events and topics: key queries only, each with a bound."""

import heapq
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from operator import attrgetter
from typing import NamedTuple

from pynamodb.expressions.condition import Condition

from events.enums import EventStatus
from events.errors import EventNotFoundError
from events.tables import DUE_PARTITION, MOVED_PARTITION, TOPIC_PARTITION, EventRow, TopicRow
from events.validators import is_id
from ivent_site.dynamodb.rows import sort_key
from ivent_site.dynamodb.writes import get

PAGE_MAX = 100
# How many rows one request may look at, when a filter drops most of them.
EXAMINED_MAX = 500
FILTERED_PAGE = 100
# Of descriptions, in bytes: a reply holds each once, escaped, and Lambda passes 6 MB on.
# https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
REPLY_TEXT_MAX = 2_500_000
# Events that began this long ago may still be under way.
LONGEST_EVENT = timedelta(days=14)


class EventsPage(NamedTuple):
    """Some events in the order of their start; `next_key` goes on after them, if anything does."""

    events: list[EventRow]
    next_key: str | None


def event_get(event_id: str) -> EventRow:
    """The event as it is now, with what this transaction has written; EventNotFoundError."""
    if not is_id(event_id) or (row := get(EventRow, event_id)) is None:
        raise EventNotFoundError(event_id)
    return row


def event_find(event_id: str) -> EventRow | None:
    """The same; None if there is none."""
    try:
        return event_get(event_id)
    except EventNotFoundError:
        return None


def events_page(
    *,
    statuses: tuple[EventStatus, ...],
    limit: int,
    after_key: str | None = None,
    topic: str | None = None,
    starts_from: datetime | None = None,
    starts_before: datetime | None = None,
    ends_after: datetime | None = None,
    text_max: int | None = None,
) -> EventsPage:
    """The next `limit` events of these statuses after `after_key`.

    One Query per status and page, a few more when `topic` or `ends_after` drop many; at most
    EXAMINED_MAX rows are looked at, and with `text_max` the descriptions have no more bytes
    together, so that a page may be short and still have a next one.
    """
    low = after_key or (sort_key(starts_from) if starts_from else None)
    high = sort_key(starts_before) if starts_before else None
    filtered = topic is not None or ends_after is not None
    page_size = max(limit + 1, FILTERED_PAGE) if filtered else limit + 1
    queries = [_by_start(status, low, high, page_size) for status in statuses]
    merged = heapq.merge(*queries, key=attrgetter("start_key"))

    found: list[EventRow] = []
    examined = low
    text = 0
    for count, row in enumerate(merged):
        is_wanted = _is_wanted(row, topic, ends_after)
        text += len(row.description.encode()) if is_wanted else 0
        is_long = text_max is not None and found and text > text_max
        if len(found) == limit or count == EXAMINED_MAX or is_long:
            return EventsPage(found, examined)
        examined = row.start_key
        if is_wanted:
            found.append(row)
    return EventsPage(found, None)


def upcoming_events(*, now: datetime, limit: int, after_key: str | None = None) -> EventsPage:
    """Published events that are not over yet, the next one first."""
    return events_page(
        statuses=(EventStatus.PUBLISHED,),
        limit=limit,
        after_key=after_key,
        starts_from=now - LONGEST_EVENT,
        ends_after=now,
        text_max=REPLY_TEXT_MAX,
    )


def events_by_start(status: EventStatus, *, after_key: str, limit: int) -> list[EventRow]:
    """The next `limit` events of a status behind the key, by start: one Query for each MB."""
    behind = EventRow.start_key > after_key
    return list(EventRow.by_status.query(status.value, behind, limit=limit, page_size=limit))


def events_moved(*, now: datetime, limit: int) -> list[EventRow]:
    """Events to come that new rules have moved since subscribers were told of them; the next one
    first.
    """
    keys = EventRow.by_moved.query(
        MOVED_PARTITION, EventRow.moved_key > sort_key(now), limit=limit, page_size=limit
    )
    return events_with_ids([row.id for row in keys])


def events_due(*, now: datetime, limit: int) -> list[EventRow]:
    """Events whose change should have been announced by now, the longest overdue first."""
    keys = EventRow.by_due.query(
        DUE_PARTITION, EventRow.due_key < sort_key(now), limit=limit, page_size=limit
    )
    return events_with_ids([row.id for row in keys])


def events_with_ids(ids: Sequence[str]) -> list[EventRow]:
    """Those that there are, as they are now, in this order: one BatchGetItem for each hundred."""
    rows = {row.id: row for row in EventRow.batch_get(ids, consistent_read=True)} if ids else {}
    return [rows[event_id] for event_id in ids if event_id in rows]


def upcoming_with_topic(topic: str) -> EventRow | None:
    """The next draft or published event that names the topic, of the first few hundred."""
    statuses = (EventStatus.DRAFT, EventStatus.PUBLISHED)
    page = events_page(statuses=statuses, limit=1, topic=topic, starts_from=datetime.now(UTC))
    return next(iter(page.events), None)


def topics_all() -> list[TopicRow]:
    """Every topic, by slug."""
    return list(TopicRow.query(TOPIC_PARTITION))


def topic_slugs() -> frozenset[str]:
    """The slugs of every topic."""
    return frozenset(topic.slug for topic in topics_all())


def _by_start(
    status: EventStatus, low: str | None, high: str | None, page_size: int
) -> Iterator[EventRow]:
    """Lazily: a page is read only when the one before is used up."""
    rows = EventRow.by_status.query(status.value, _key_range(low, high), page_size=page_size)
    # BETWEEN includes its ends, and with them the row that a cursor stands on.
    return (row for row in rows if row.start_key != low)


def _key_range(low: str | None, high: str | None) -> Condition | None:
    key = EventRow.start_key
    if low and high:
        # A key condition is one comparison only, and BETWEEN refuses ends in the wrong order.
        return key.between(low, max(low, high))
    if low:
        return key > low
    return key < high if high else None


def _is_wanted(row: EventRow, topic: str | None, ends_after: datetime | None) -> bool:
    if topic is not None and topic not in row.topics:
        return False
    return ends_after is None or (row.ends_at or row.starts_at) > ends_after
