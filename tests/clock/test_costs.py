"""What new rules cost: calls to DynamoDB for a thousand events, counted."""

from unittest import mock

import pytest
from freezegun import freeze_time

from events.derive import TOGETHER, derivation, derive_upcoming
from events.tables import EventRow
from tests.benchmarks.rules import fill
from tests.clock.events import NOW
from tests.clock.rules import NEW, OLD, rules, switch_rules
from tests.dynamodb_calls import dynamodb_calls
from tests.notifications.sending import WorkerKilledError, killed_after

pytestmark = pytest.mark.usefixtures("aws", "old_rules")


@pytest.fixture
def old_rules():
    with freeze_time(NOW), rules(OLD):
        yield


def test_events_that_stay_cost_a_query_a_page_and_no_write():
    fill(1_000, zone="Europe/Berlin")
    switch_rules(NEW)
    with dynamodb_calls() as calls:
        assert derive_upcoming(now=NOW) == 0
    # Four pages, the last of the published, and one of each other status; the cursor for each.
    assert calls == {"GetItem": 1, "Query": 7, "UpdateItem": 8}


def test_events_that_move_are_written_in_transactions_of_many():
    fill(1_000, zone="America/Vancouver")
    switch_rules(NEW)
    with dynamodb_calls() as calls:
        assert derive_upcoming(now=NOW) == 1_000
    assert calls["TransactWriteItems"] == 1_000 // TOGETHER
    assert calls.total() < 60
    state = derivation()
    assert state is not None
    assert (state.moved, state.examined) == (1_000, 1_000)


def test_rules_that_all_agree_with_cost_nothing():
    switch_rules(NEW)
    derive_upcoming(now=NOW)
    with dynamodb_calls() as calls:
        derive_upcoming(now=NOW)
    assert calls.total() <= 1
    with dynamodb_calls() as calls:
        derive_upcoming(now=NOW)
    assert calls == {}


def test_a_sweep_does_a_bounded_part_and_the_next_one_goes_on():
    fill(600, zone="America/Vancouver")
    switch_rules(NEW)
    moved: list[int] = []
    while len(moved) < 12 and (not moved or sum(moved) < 600):
        switch_rules(NEW)
        moved.append(derive_upcoming(now=NOW, pages=1))
    assert moved == [250, 250, 100]


@pytest.mark.parametrize("calls", range(1, 12))
def test_a_sweep_that_was_killed_goes_on_and_moves_each_event_once(calls):
    fill(120, zone="America/Vancouver")
    switch_rules(NEW)
    with pytest.raises(WorkerKilledError), killed_after(calls):
        derive_upcoming(now=NOW)
    switch_rules(NEW)
    derive_upcoming(now=NOW)
    rows = list(EventRow.by_status.query("published"))
    assert {int(row.version) for row in rows} == {2}
    assert len({row.starts_at for row in rows}) == len(rows) == 120


def test_an_event_that_somebody_changes_meanwhile_is_moved_with_the_change():
    fill(3, zone="America/Vancouver")
    switch_rules(NEW)
    [first, *_rest] = EventRow.by_status.query("published")
    stale = list(EventRow.by_status.query("published"))
    first.title, first.version = "Changed", 2
    first.set_index_keys()
    first.save()
    # The index shows what it was a moment ago.
    with mock.patch("events.derive.events_by_start", side_effect=[stale, [], []]):
        derive_upcoming(now=NOW)
    assert {(row.title, int(row.version)) for row in EventRow.by_status.query("published")} == {
        ("Changed", 3),
        ("Fair", 2),
    }
