from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import transaction

from events.tables import EventRow
from ivent_site.counters.daily import daily_add, daily_counts
from ivent_site.dynamodb.writes import ConflictError, check
from tests.dynamodb_calls import dynamodb_calls

pytestmark = pytest.mark.usefixtures("aws")


def today() -> date:
    return datetime.now(UTC).date()


def test_what_is_added_is_counted_by_day_in_one_query():
    for _ in range(12):
        daily_add(sent=50, refused=2)
    daily_add(confirmed=1)
    yesterday = today() - timedelta(days=1)
    with dynamodb_calls() as calls:
        counts = daily_counts(first=yesterday, last=today())
    assert calls == {"Query": 1}
    assert list(counts) == [yesterday, today()]
    assert +counts[today()] == {"sent": 600, "refused": 24, "confirmed": 1}
    assert counts[yesterday] == {}
    assert daily_counts(first=yesterday, last=yesterday) == {yesterday: {}}


def test_additions_of_a_block_are_one_write_with_it_or_none():
    with dynamodb_calls() as calls, pytest.MonkeyPatch.context() as patch, transaction.atomic():
        patch.setattr("ivent_site.counters.daily.secrets.randbelow", lambda _: 0)
        daily_add(left=1)
        daily_add(left=2, published=1)
    assert calls == {"UpdateItem": 1}
    with pytest.raises(ConflictError), transaction.atomic():  # noqa: PT012 - the block is it
        check(EventRow, "none", condition=EventRow.id.exists())
        daily_add(left=100)
    assert +daily_counts(first=today(), last=today())[today()] == {"left": 3, "published": 1}


def test_nothing_is_written_for_nothing_and_an_unknown_name_is_refused():
    with dynamodb_calls() as calls:
        daily_add(sent=0)
    assert calls == {}
    with pytest.raises(TypeError, match="sold"):
        daily_add(sold=1)
