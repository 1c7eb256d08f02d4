from datetime import UTC, datetime, timedelta

import pytest

from events import selectors
from events.enums import EventStatus
from events.selectors import (
    FEED_KEEPS,
    events_page,
    events_page_by_end,
    feed_events,
    upcoming_events,
)
from events.services import event_cancel
from tests.dynamodb_calls import dynamodb_calls
from tests.factories import make_event, make_topic

pytestmark = pytest.mark.usefixtures("aws")
FIRST = datetime(2038, 8, 1, tzinfo=UTC)


def make_days(count: int, **values) -> list[str]:
    starts = [FIRST + timedelta(days=number) for number in range(count)]
    return [make_event(starts_at=start, ends_at=None, **values).id for start in starts]


def test_a_request_looks_at_a_bounded_number_of_rows(monkeypatch):
    monkeypatch.setattr(selectors, "EXAMINED_MAX", 3)
    make_topic("music")
    make_days(5)
    [wanted] = make_days(1, topics=("music",), title="Music")
    pages = []
    after = None
    for _ in range(4):
        page = events_page(
            statuses=(EventStatus.PUBLISHED,), limit=10, after_key=after, topic="music"
        )
        pages.append([row.id for row in page.events])
        after = page.next_key
        if after is None:
            break
    assert [event_id for page_ids in pages for event_id in page_ids] == [wanted]
    assert len(pages) > 1


@pytest.mark.parametrize(("text_max", "sizes"), [(None, [3]), (16, [2, 1]), (1, [1, 1, 1])])
def test_long_descriptions_make_a_page_short_and_none_is_lost(text_max, sizes):
    ids = make_days(3, description="\N{PARTY POPPER}\N{PARTY POPPER}")
    pages: list[list[str]] = []
    after = None
    while not pages or after:
        page = events_page(
            statuses=(EventStatus.PUBLISHED,), limit=10, after_key=after, text_max=text_max
        )
        pages.append([row.id for row in page.events])
        after = page.next_key
    assert [len(page) for page in pages] == sizes
    assert [event_id for page in pages for event_id in page] == ids


def test_events_that_start_together_are_neither_lost_nor_doubled():
    ids = sorted(make_event(starts_at=FIRST, ends_at=None).id for _ in range(7))
    seen: list[str] = []
    after = None
    while True:
        page = events_page(statuses=tuple(EventStatus), limit=2, after_key=after)
        seen += [row.id for row in page.events]
        after = page.next_key
        if after is None:
            break
    assert seen == ids


def test_a_full_last_page_has_no_next():
    make_days(4)
    first = events_page(statuses=(EventStatus.PUBLISHED,), limit=2)
    second = events_page(statuses=(EventStatus.PUBLISHED,), limit=2, after_key=first.next_key)
    assert (len(second.events), second.next_key) == (2, None)


def test_many_past_events_cost_no_reads_of_the_coming_ones():
    make_days(30)
    with dynamodb_calls() as calls:
        page = upcoming_events(now=FIRST + timedelta(days=28), limit=5)
    assert len(page.events) == 1
    assert calls == {"Query": 1}


def test_a_long_event_is_listed_until_it_ends():
    weeks = timedelta(days=20)
    exhibition = make_event(starts_at=FIRST - weeks, ends_at=FIRST + weeks)
    [soon] = make_days(1)
    with dynamodb_calls() as calls:
        page = upcoming_events(now=FIRST - timedelta(hours=1), limit=5)
    assert [row.id for row in page.events] == [exhibition.id, soon]
    assert calls == {"Query": 1}
    after = upcoming_events(now=FIRST + timedelta(days=20, seconds=-1), limit=5).events
    assert [row.id for row in after] == [exhibition.id]
    assert upcoming_events(now=FIRST + timedelta(days=20), limit=5).events == []


def upcoming_ids(limit: int, now: datetime) -> list[list[str]]:
    pages: list[list[str]] = []
    after = None
    while not pages or after:
        page = upcoming_events(now=now, limit=limit, after_key=after)
        pages.append([row.id for row in page.events])
        after = page.next_key
    return pages


def test_pages_of_what_is_coming_are_in_the_order_of_the_start_and_lose_nothing():
    days = make_days(5)
    long = make_event(starts_at=FIRST + timedelta(hours=1), ends_at=FIRST + timedelta(days=90)).id
    now = FIRST - timedelta(hours=1)
    assert upcoming_ids(4, now) == [[days[0], long, *days[1:3]], days[3:]]


def test_where_more_is_coming_than_is_sorted_at_once_nothing_is_lost_or_doubled(monkeypatch):
    monkeypatch.setattr(selectors, "SORTED_MAX", 3)
    days = make_days(7)
    long = make_event(starts_at=FIRST + timedelta(hours=1), ends_at=FIRST + timedelta(days=90)).id
    pages = upcoming_ids(2, FIRST - timedelta(hours=1))
    found = [event_id for page in pages for event_id in page]
    assert sorted(found) == sorted([*days, long])
    # The last three by their end are put in the order of their start.
    assert found == [*days[:6], long, days[6]]


def test_many_cancelled_events_cost_no_reads_of_the_coming_ones():
    for event_id in make_days(120):
        event_cancel(event_id=event_id, version=1)
    [wanted] = make_days(1, title="It takes place")
    with dynamodb_calls() as calls:
        page = upcoming_events(now=FIRST - timedelta(hours=1), limit=5)
    assert calls == {"Query": 1}
    assert wanted in [row.id for row in page.events]


def test_by_end_each_filter_holds():
    make_topic("music")
    draft = make_event(EventStatus.DRAFT, starts_at=FIRST, ends_at=None)
    music = make_event(starts_at=FIRST, ends_at=FIRST + timedelta(days=2), topics=("music",))
    late = make_event(starts_at=FIRST + timedelta(days=1), ends_at=None)

    def found(**filters) -> list[str]:
        page = events_page_by_end(
            **{"statuses": tuple(EventStatus), "limit": 9, "ends_after": FIRST, **filters}
        )
        return [row.id for row in page.events]

    before = FIRST - timedelta(seconds=1)
    assert found(ends_after=before) == [draft.id, late.id, music.id]
    assert found() == [late.id, music.id]
    assert found(topic="music") == [music.id]
    assert found(starts_from=FIRST + timedelta(days=1)) == [late.id]
    assert found(starts_before=FIRST + timedelta(days=1)) == [music.id]
    assert found(statuses=(EventStatus.DRAFT,), ends_after=before) == [draft.id]


def test_a_feed_keeps_what_is_over_for_some_months_and_what_is_cancelled():
    days = make_days(3)
    event_cancel(event_id=days[1], version=1)
    make_event(EventStatus.DRAFT, starts_at=FIRST)
    with dynamodb_calls() as calls:
        rows = feed_events(now=FIRST + timedelta(days=2) + FEED_KEEPS - timedelta(seconds=1))
    assert [row.id for row in rows] == days[2:]
    assert calls == {"Query": 1}
    assert [row.id for row in feed_events(now=FIRST)] == days


def test_where_a_feed_would_hold_too_many_the_upcoming_ones_stay(monkeypatch):
    monkeypatch.setattr(selectors, "FEED_SIZE", 3)
    days = make_days(5)
    rows = feed_events(now=FIRST + timedelta(days=2, hours=1))
    assert [row.id for row in rows] == days[3:]
