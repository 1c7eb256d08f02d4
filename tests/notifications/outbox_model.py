"""A model of the outbox for hypothesis to walk through: people publish, change, cancel, undo and
write while whoever announces dies at any step, comes twice, or too early.

The rows are real; the topic and the queue are not. Whether the undo window is over is said by
each step, so an undo and a start may meet, as they do when clocks differ.
"""

from contextlib import ExitStack, suppress
from typing import Any
from unittest import mock

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from events.enums import EventStatus
from events.errors import StaleVersionError, TransitionError
from events.selectors import event_get
from events.services import (
    event_cancel,
    event_message,
    event_publish,
    event_undo,
    event_update,
)
from events.snapshot import EventSnapshot, row_data
from events.tables import EventRow
from ivent_site.ids import uuid7
from notifications.announce import announce
from notifications.announcements import event_announcements, is_started
from notifications.enums import ASIDE, AnnouncementKind, AnnouncementState
from notifications.tables import AnnouncementRow
from tests.factories import make_data, make_event
from tests.notifications.sending import WorkerKilledError, killed_after

TITLES = ("Summer fair", "Winter fair", "Autumn fair")
DEATHS = st.none() | st.integers(1, 14)


class Outbox(RuleBasedStateMachine):
    """One event, from a draft to whatever becomes of it."""

    def __init__(self) -> None:
        super().__init__()
        self._patches = ExitStack()
        for name in ("sns", "queue_shards", "queue_again"):
            self._patches.enter_context(mock.patch(f"notifications.announce.{name}"))
        self.id = ""
        self.messages: list[int] = []
        self.taken_back: set[tuple[int, bool]] = set()

    @initialize()
    def write_a_draft(self) -> None:
        self.id = make_event(EventStatus.DRAFT).id

    @property
    def event(self) -> EventRow:
        return event_get(self.id)

    def _is(self, status: EventStatus) -> bool:
        return bool(self.id) and self.event.status == status

    @precondition(lambda self: self._is(EventStatus.DRAFT))
    @rule()
    def publish(self) -> None:
        event_publish(event_id=self.id, version=int(self.event.version))

    @precondition(lambda self: not self._is(EventStatus.CANCELLED))
    @rule(title=st.sampled_from(TITLES))
    def change(self, title: str) -> None:
        seen = self.event
        event_update(event_id=self.id, version=int(seen.version), data=make_data(title=title))

    @precondition(lambda self: self._is(EventStatus.PUBLISHED))
    @rule()
    def cancel(self) -> None:
        row = event_cancel(event_id=self.id, version=int(self.event.version))
        self.messages = [each for each in self.messages if each not in self._waiting(row)]

    @precondition(lambda self: self._is(EventStatus.PUBLISHED))
    @rule()
    def write(self) -> None:
        with suppress(TransitionError):
            row = event_message(
                event_id=self.id,
                version=int(self.event.version),
                subject="Hello",
                text="Text",
                token=uuid7(),
            )
            self.messages.append(int(row.version))

    @rule()
    def undo(self) -> None:
        self._undo(self.event)

    @rule(is_over=st.booleans(), death=DEATHS)
    def announce(self, is_over: bool, death: int | None) -> None:
        self._announce(is_over=is_over, death=death)

    @rule(what=st.sampled_from(["publish", "change", "cancel", "write"]), death=st.integers(1, 14))
    def undo_what_is_starting(self, what: str, death: int) -> None:
        """Whoever announces dies at some step; then somebody undoes, as far as it goes."""
        self._do(what)
        self._announce(is_over=True, death=death)
        self._undo(self.event)

    @rule(
        what=st.sampled_from(["publish", "change", "cancel", "write"]),
        late=st.sampled_from(["undo", "change"]),
        death=DEATHS,
    )
    def act_on_what_was_seen(self, what: str, late: str, death: int | None) -> None:
        """Somebody has read the event, then another starts to announce, then the first writes."""
        self._do(what)
        seen = self.event
        self._announce(is_over=True, death=death)
        with mock.patch("events.services.event_get", return_value=seen):
            if late == "undo":
                self._undo(seen)
            elif seen.status != EventStatus.CANCELLED:
                with suppress(StaleVersionError):
                    self.change(TITLES[1])
        self._undo(self.event)

    def _do(self, what: str) -> None:
        allowed = EventStatus.DRAFT if what == "publish" else EventStatus.PUBLISHED
        if self._is(allowed):
            self.change(TITLES[2]) if what == "change" else getattr(self, what)()

    def teardown(self) -> None:
        try:
            if self.id:
                for _ in range(3):
                    self._announce(is_over=True, death=None)
                self._check()
        finally:
            self._patches.close()

    def _undo(self, seen: EventRow) -> None:
        marked: Any = seen.announce_version if seen.undo is not None else None
        written: Any = seen.message_version if seen.message_at is not None else None
        with suppress(TransitionError, StaleVersionError):
            event_undo(event_id=self.id, version=int(seen.version))
            if marked is not None:
                self.taken_back.add((int(marked), False))
            if written is not None:
                self.taken_back.add((int(written), True))
                self.messages.remove(int(written))

    def _announce(self, *, is_over: bool, death: int | None) -> None:
        early = mock.patch("notifications.announce._is_early", return_value=not is_over)
        with early, suppress(WorkerKilledError):
            if death is None:
                announce(event_id=self.id)
            else:
                with killed_after(death):
                    announce(event_id=self.id)

    def _waiting(self, row: EventRow) -> set[int]:
        """The messages that no announcement has started for: a cancellation drops them."""
        return set(self.messages) - {
            int(each.version) for each in self._started() if each.kind in ASIDE
        }

    def _started(self) -> list[AnnouncementRow]:
        return [each for each in event_announcements(self.id) if is_started(each)]

    def _check(self) -> None:
        row, started = self.event, self._started()
        assert row.announce_version is None
        assert row.message_version is None
        assert row.due_at is None
        told = [each for each in started if each.kind not in ASIDE]
        # Nothing that was taken back has started; nothing else has been forgotten.
        for each in started:
            is_message = each.kind == AnnouncementKind.MESSAGE
            assert (int(each.version), is_message) not in self.taken_back
        assert {int(each.version) for each in started if each.kind in ASIDE} >= set(self.messages)
        # Readers hear of an event once, and of its end once.
        kinds = [each.kind for each in told]
        assert kinds.count("published") <= 1
        assert kinds.count("cancelled") <= 1
        self._check_knowledge(row, told)
        held = [each for each in event_announcements(self.id) if each.state == "held"]
        assert [each for each in held if is_started(each)] == []

    def _check_knowledge(self, row: EventRow, told: list[AnnouncementRow]) -> None:
        if not told:
            assert row.status in {EventStatus.DRAFT, EventStatus.CANCELLED}
            return
        known = EventSnapshot.from_json(told[0].event)
        assert known.status == row.status
        assert make_data(title=known.title) == row_data(row)
        if row.status == EventStatus.CANCELLED:
            under_way = {each.state for each in self._started() if each.kind != "cancelled"}
            assert AnnouncementState.SENDING not in under_way
