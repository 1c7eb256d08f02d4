from datetime import UTC, datetime, timedelta

import pytest

from events import selectors
from events.enums import EventStatus
from events.selectors import events_page, upcoming_events
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
