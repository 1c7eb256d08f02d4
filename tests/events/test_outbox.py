"""What waits in an event's row, and what of it can be taken back until when."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest

from events.announcing import (
    event_acknowledge,
    event_look_again,
    event_seal,
    message_acknowledge,
    message_seal,
)
from events.enums import EventStatus
from events.errors import InvalidEventError, StaleVersionError, TransitionError
from events.outbox import undo_ends_at
from events.selectors import event_get, events_due
from events.services import (
    event_cancel,
    event_create,
    event_delete,
    event_message,
    event_publish,
    event_publish_due,
    event_undo,
    event_unschedule,
    event_update,
)
from events.snapshot import row_data
from events.validators import DESCRIPTION_CHARS
from ivent_site.ids import uuid7
from tests.factories import make_data, make_event

pytestmark = pytest.mark.usefixtures("aws")
DRAFT, PUBLISHED, CANCELLED = EventStatus
WINDOW = timedelta(seconds=60)


@pytest.fixture
def window(settings):
    settings.UNDO_WINDOW_S = 60


def known_event(**values):
    """A published event that readers know."""
    row = make_event(**values)
    event_acknowledge(event_id=row.id, version=1)
    return event_get(row.id)


def change(row, **values):
    return event_update(event_id=row.id, version=int(row.version), data=make_data(**values))


def undo(row):
    return event_undo(event_id=row.id, version=int(row.version))


def end_window(row):
    row = event_get(row.id)
    row.announce_at = datetime.now(UTC) - timedelta(seconds=1)
    row.save()
    return row


def message(row, token, *, text="Bring a **coat**.", version=None):
    return event_message(
        event_id=row.id,
        version=int(version or row.version),
        subject="The weather",
        text=text,
        token=token,
    )


def test_what_is_to_be_announced_waits_for_the_window_to_end(window):
    row = make_event()
    assert row.announce_at == row.updated_at + WINDOW == undo_ends_at(row)
    assert event_get(row.id).due_at == row.announce_at + timedelta(seconds=60)


def test_without_a_window_nothing_can_be_undone():
    row = make_event()
    assert undo_ends_at(row) is None
    with pytest.raises(TransitionError, match="too late"):
        undo(row)


def test_a_publication_that_is_undone_is_a_draft_with_all_that_was_written(window):
    row = make_event()
    row = change(row, title="Better")
    row = undo(row)
    stored = event_get(row.id)
    assert (stored.status, stored.title, stored.version) == (DRAFT, "Better", 3)
    assert (stored.announce_version, stored.undo, stored.due_at) == (None, None, None)
    event_delete(event_id=row.id, version=3)


def test_a_change_that_is_undone_leaves_what_readers_know(window):
    row = known_event()
    row = change(row, title="Worse")
    row = change(row, title="Worst", topics=("music",))
    stored = event_get(undo(row).id)
    assert (stored.status, row_data(stored), stored.version) == (PUBLISHED, make_data(), 4)
    assert stored.announce_version is None


def test_a_cancellation_that_is_undone_never_was(window):
    row = known_event()
    row = event_cancel(event_id=row.id, version=1, reason="Storm")
    stored = event_get(undo(row).id)
    assert (stored.status, stored.announce_version, stored.notes) == (PUBLISHED, None, None)


def test_what_was_still_to_be_told_before_still_is(window, settings):
    settings.UNDO_WINDOW_S = 0
    row = known_event()
    first = event_update(
        event_id=row.id, version=1, data=make_data(title="First"), note="About the first."
    )
    settings.UNDO_WINDOW_S = 60
    row = undo(change(first, title="Second"))
    stored = event_get(row.id)
    assert (stored.title, stored.announce_version) == ("First", 4)
    assert stored.notes == [[2, "About the first."]]
    assert stored.undo is None


def test_when_the_window_is_over_it_is_too_late(window):
    row = end_window(make_event())
    with pytest.raises(TransitionError, match="too late"):
        undo(row)
    assert event_get(row.id).status == PUBLISHED


def test_of_undo_and_start_exactly_one_wins(window, monkeypatch):
    row = known_event()
    row = change(row, title="Changed")
    assert not event_seal(event_id=row.id, version=1)
    seen = event_get(row.id)
    assert event_seal(event_id=row.id, version=2)
    # Who had read the row before takes back nothing that has started.
    monkeypatch.setattr("events.services.event_get", lambda _: seen)
    with pytest.raises(StaleVersionError):
        undo(row)
    # Nor does who saves it make it possible again.
    seen.undo = {"event": {}, "marked": False, "notes": None, "remind_after": None}
    with pytest.raises(StaleVersionError):
        change(row, title="Once more")
    assert event_get(row.id).title == "Changed"


def test_what_has_been_undone_does_not_start(window):
    row = change(known_event(), title="Changed")
    undo(row)
    assert not event_seal(event_id=row.id, version=2)


def test_a_draft_waits_for_its_time_and_keeps_it_while_it_is_edited():
    draft = make_event(DRAFT)
    at = datetime.now(UTC) + timedelta(days=2)
    row = event_publish(event_id=draft.id, version=1, at=at)
    assert (row.status, row.publish_at, row.version) == (DRAFT, at, 2)
    row = change(row, title="Edited")
    assert event_get(row.id).publish_at == at
    assert events_due(now=at - timedelta(seconds=1), limit=5) == []
    assert [each.id for each in events_due(now=at + timedelta(seconds=1), limit=5)] == [row.id]
    row = event_unschedule(event_id=row.id, version=3)
    assert event_get(row.id).due_at is None
    assert event_unschedule(event_id=row.id, version=4).version == 4


def test_a_draft_that_publishes_itself_does_so_without_a_window(window):
    at = datetime.now(UTC) + timedelta(days=2)
    draft = event_create(data=make_data(), status=DRAFT, publish_at=at)
    row = event_publish_due(event_id=draft.id, version=1)
    assert (row.status, row.publish_at, row.announce_version) == (PUBLISHED, None, 2)
    assert row.announce_at == row.updated_at
    assert row.undo is None


@pytest.mark.parametrize("days", [-1, 0, 367])
def test_a_time_that_is_not_to_come_is_no_time_to_publish(days):
    draft = make_event(DRAFT)
    with pytest.raises(InvalidEventError, match="publish_at"):
        event_publish(
            event_id=draft.id, version=1, at=datetime.now(UTC) + timedelta(days=days, seconds=-1)
        )


def test_only_a_draft_is_scheduled():
    with pytest.raises(TransitionError):
        event_publish(event_id=make_event().id, version=1, at=datetime.now(UTC) + timedelta(days=1))


def test_notes_gather_until_they_are_told_and_a_reason_stands_alone():
    row = known_event()
    for number, note in ((1, "One"), (2, "Two")):
        row = event_update(
            event_id=row.id, version=number, data=make_data(title=f"T{number}"), note=note
        )
    assert event_get(row.id).notes == [[2, "One"], [3, "Two"]]
    event_cancel(event_id=row.id, version=3, reason="Storm")
    assert event_get(row.id).notes == [[4, "Storm"]]
    event_acknowledge(event_id=row.id, version=4)
    assert event_get(row.id).notes is None


@pytest.mark.parametrize(
    ("status", "values", "code"),
    [
        (DRAFT, {}, "not_announced"),
        (PUBLISHED, {"announce": False}, "not_announced"),
        (PUBLISHED, {"note": "\x00"}, "control_character"),
        (PUBLISHED, {"note": "x" * 2001}, "max_length"),
    ],
)
def test_a_note_that_goes_nowhere_or_breaks_a_rule_is_refused(status, values, code):
    row = make_event(status)
    with pytest.raises(InvalidEventError) as refused:
        event_update(
            event_id=row.id, version=1, data=make_data(title="New"), **{"note": "Note", **values}
        )
    assert [(each.field, each.code) for each in refused.value.problems] == [("note", code)]


def test_a_message_of_one_form_is_sent_once():
    row, token = known_event(), uuid7()
    sent = message(row, token)
    assert (sent.version, sent.message_version) == (2, 2)
    assert sent.message == {"subject": "The weather", "text": "Bring a **coat**."}
    assert message(row, token).version == 2
    message_acknowledge(event_id=row.id, version=2)
    assert event_get(row.id).due_at is None
    assert message(row, token).message_version is None
    assert message(event_get(row.id), uuid7()).message_version == 3


def test_a_message_can_be_taken_back_until_it_starts(window):
    row = message(known_event(), uuid7())
    assert undo_ends_at(row) == row.updated_at + WINDOW
    stored = event_get(undo(row).id)
    assert (stored.message_version, stored.due_at, stored.status) == (None, None, PUBLISHED)
    row = message(stored, uuid7())
    assert message_seal(event_id=row.id, version=int(row.version))
    with pytest.raises(TransitionError):
        undo(row)


def test_a_message_needs_readers_and_its_turn():
    with pytest.raises(TransitionError):
        message(make_event(DRAFT), uuid7())
    row = message(known_event(), uuid7())
    with pytest.raises(TransitionError, match="last message"):
        message(row, uuid7())
    with pytest.raises(StaleVersionError):
        message(known_event(), uuid7(), version=9)
    with pytest.raises(InvalidEventError, match="text"):
        message(row, uuid7(), text="  ")
    with pytest.raises(InvalidEventError, match="token"):
        message(row, "x")


def test_a_cancelled_event_has_no_message_left_to_send():
    row = message(known_event(), uuid7())
    row = event_cancel(event_id=row.id, version=2)
    assert event_get(row.id).message is None


def test_a_change_and_a_message_wait_side_by_side():
    row = message(known_event(), uuid7())
    row = change(row, title="New")
    event_acknowledge(event_id=row.id, version=3)
    stored = event_get(row.id)
    assert (stored.announce_version, stored.message_version) == (None, 2)
    assert stored.due_at is not None
    message_acknowledge(event_id=row.id, version=2)
    assert event_get(row.id).due_at is None


def test_a_look_that_finds_nothing_due_sets_it_right():
    row = known_event()
    row.due_at = row.updated_at
    row.set_index_keys()
    row.save()
    event_look_again(event_id=row.id)
    assert event_get(row.id).due_at is None
    with suppress(LookupError):
        event_look_again(event_id=uuid7())


def test_the_longest_change_and_message_wait_together_in_one_row(window):
    # Characters of four bytes each; DynamoDB takes rows of 400 KB.
    text = "🎈" * DESCRIPTION_CHARS
    row = change(known_event(description="🎉" * DESCRIPTION_CHARS), description=text)
    row = message(row, uuid7(), text=text)
    assert event_get(row.id).message["text"] == text
    assert undo(row).description == "🎉" * DESCRIPTION_CHARS
