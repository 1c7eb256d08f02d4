"""Reading events and topics: key queries only, each with a bound."""

import heapq
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from operator import attrgetter
from typing import NamedTuple

from pynamodb.expressions.condition import Condition

from events.enums import EventStatus
from events.errors import EventNotFoundError
from events.tables import (
    DUE_PARTITION,
    MOVED_PARTITION,
    TOPIC_PARTITION,
    EventRow,
    TopicRow,
    listing_of,
)
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
# How many events that are not over are put in the order of their start at a time.
SORTED_MAX = 100
# How long calendar feeds keep an event after its end, and how many they hold.
FEED_KEEPS = timedelta(days=92)
FEED_SIZE = 300


_LAST_ID = "~"
# Between the two parts of a cursor of `upcoming_events`: no key holds it.
_THEN = "|"


class EventsPage(NamedTuple):
    """Some events in their order; `next_key` goes on after them, if anything does."""

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
    text_max: int | None = None,
) -> EventsPage:
    """The next `limit` events of these statuses after `after_key`, in the order of their start.

    One Query per status and page, a few more when `topic` drops many; at most EXAMINED_MAX rows
    are looked at, and with `text_max` the descriptions have no more bytes together, so that a
    page may be short and still have a next one.
    """
    low = after_key or (sort_key(starts_from) if starts_from else None)
    high = sort_key(starts_before) if starts_before else None
    page_size = limit + 1 if topic is None else max(limit + 1, FILTERED_PAGE)
    queries = [_by_start(status, low, high, page_size) for status in statuses]
    rows = heapq.merge(*queries, key=attrgetter("start_key"))
    return _page(
        ((row.start_key, row) for row in rows),
        lambda row: topic is None or topic in row.topics,
        limit=limit,
        low=low,
        text_max=text_max,
    )


def events_page_by_end(
    *,
    statuses: tuple[EventStatus, ...],
    limit: int,
    ends_after: datetime,
    after_key: str | None = None,
    topic: str | None = None,
    starts_from: datetime | None = None,
    starts_before: datetime | None = None,
    examined_max: int | None = None,
    text_max: int | None = None,
) -> EventsPage:
    """The same of events that end after a moment, in the order of their end.

    One Query for drafts, if they are wanted, and one for all others; a few more when a filter
    drops many, unless `examined_max` is no more than `limit`.
    """
    low = after_key or _after(ends_after)
    queries = [
        _by_end(listing, low, max(limit + 1, FILTERED_PAGE))
        for listing in sorted({listing_of(status) for status in statuses})
    ]
    rows = heapq.merge(*queries, key=attrgetter("end_key"))

    def is_wanted(row: EventRow) -> bool:
        return (
            row.status in statuses
            and (topic is None or topic in row.topics)
            and (starts_from is None or row.starts_at >= starts_from)
            and (starts_before is None or row.starts_at < starts_before)
        )

    keyed = ((row.end_key, row) for row in rows)
    return _page(
        keyed, is_wanted, limit=limit, low=low, examined_max=examined_max, text_max=text_max
    )


def upcoming_events(*, now: datetime, limit: int, after_key: str | None = None) -> EventsPage:
    """Published events that are not over yet, however long ago they began, the next one first.

    One Query. They are read by their end, SORTED_MAX at a time, and those are put in the order
    of their start: where more are coming, a long one stands among those that end with it.
    """
    low, _, after = (after_key or "").partition(_THEN)
    size = max(limit, SORTED_MAX)
    read = events_page_by_end(
        statuses=(EventStatus.PUBLISHED,),
        limit=size,
        examined_max=size,
        ends_after=now,
        after_key=low or None,
        text_max=REPLY_TEXT_MAX,
    )
    # A cursor that named the moment would give a page another ETag every time.
    low = low or (read.events[0].end_key.partition("#")[0] if read.events else "")
    ordered = sorted(read.events, key=attrgetter("start_key"))
    left = [row for row in ordered if row.start_key > after]
    if len(left) > limit:
        return EventsPage(left[:limit], f"{low}{_THEN}{left[limit - 1].start_key}")
    return EventsPage(left, read.next_key and f"{read.next_key}{_THEN}")


def feed_events(*, now: datetime) -> list[EventRow]:
    """What calendar feeds hold, by start: what is published or cancelled, until FEED_KEEPS after
    its end. Where that is more than FEED_SIZE, what is over is left out.

    One Query; two if the first one finds more than FEED_SIZE.
    """
    statuses = (EventStatus.PUBLISHED, EventStatus.CANCELLED)
    for ends_after in (now - FEED_KEEPS, now):
        page = events_page_by_end(
            statuses=statuses, limit=FEED_SIZE, ends_after=ends_after, text_max=REPLY_TEXT_MAX
        )
        if page.next_key is None:
            break
    return sorted(page.events, key=attrgetter("start_key"))


def events_by_start(status: EventStatus, *, after_key: str, limit: int) -> list[EventRow]:
    """The next `limit` events of a status behind the key, by start: one Query for each MB."""
    behind = EventRow.start_key > after_key
    return list(EventRow.by_status.query(status.value, behind, limit=limit, page_size=limit))


def events_moved(*, now: datetime, limit: int) -> list[EventRow]:
    """Events that are not over and that new rules have moved since subscribers were told of them;
    the one that ends first comes first.
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
    """A draft or published event that is not over and names the topic, of a few hundred."""
    statuses = (EventStatus.DRAFT, EventStatus.PUBLISHED)
    page = events_page_by_end(statuses=statuses, limit=1, topic=topic, ends_after=datetime.now(UTC))
    return next(iter(page.events), None)


def topics_all() -> list[TopicRow]:
    """Every topic, by slug."""
    return list(TopicRow.query(TOPIC_PARTITION))


def topic_slugs() -> frozenset[str]:
    """The slugs of every topic."""
    return frozenset(topic.slug for topic in topics_all())


def _page(
    keyed: Iterable[tuple[str, EventRow]],
    is_wanted: Callable[[EventRow], bool],
    *,
    limit: int,
    low: str | None,
    text_max: int | None,
    examined_max: int | None = None,
) -> EventsPage:
    examined_max = EXAMINED_MAX if examined_max is None else examined_max
    found: list[EventRow] = []
    examined = low
    text = 0
    for count, (key, row) in enumerate(keyed):
        wanted = is_wanted(row)
        text += len(row.description.encode()) if wanted else 0
        is_long = text_max is not None and found and text > text_max
        if len(found) == limit or count == examined_max or is_long:
            return EventsPage(found, examined)
        examined = key
        if wanted:
            found.append(row)
    return EventsPage(found, None)


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


def _by_end(listing: str, low: str, page_size: int) -> Iterator[EventRow]:
    """Lazily: what has a greater key."""
    return iter(EventRow.by_end.query(listing, EventRow.end_key > low, page_size=page_size))


def _after(moment: datetime) -> str:
    """The greatest key of what ends at that moment or before."""
    return sort_key(moment, _LAST_ID)
