"""A model of readers who choose and give up the weekly digest, for hypothesis to walk through.

Events are published, the schedule changes, announcements and digests leave now or days later, and
readers change their minds at any time: everybody hears of every event.
"""

from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import ClassVar
from unittest import mock

from freezegun.api import FrozenDateTimeFactory
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from events.enums import EventStatus
from events.services import event_create
from ivent_site.preferences.digest import digest_next
from ivent_site.preferences.selectors import preferences_now, preferences_remember
from ivent_site.preferences.services import preferences_update
from notifications import digest_due
from notifications.announce import announce
from notifications.announcements import event_announcements
from notifications.digest_due import digest_make
from notifications.enums import AnnouncementKind
from notifications.tables import DIGESTS, AnnouncementRow
from subscriptions.enums import Frequency
from subscriptions.selectors import subscription_get
from subscriptions.services import subscription_update
from tests.dynamodb_in_process import rows_forget
from tests.factories import make_data
from tests.factories_subscriptions import known
from tests.notifications.sending import Clock, FakeSes, current, make_readers, walk

# A Wednesday.
BEGIN = datetime(2038, 6, 2, 12, tzinfo=UTC)
READERS = 3
STEP = timedelta(hours=6)
# From one that is over before the next digest to one that only a digest of its first days lists.
AHEAD_H = (2, 20, 60, 110, 24 * 9, 24 * 20, 24 * 40)


@dataclass
class Event:
    """When it begins, and who has heard of it."""

    starts_at: datetime
    heard: set[str] = field(default_factory=set)


class DigestReaders(RuleBasedStateMachine):
    """A few readers, and events that are all for everybody."""

    frozen: ClassVar[FrozenDateTimeFactory]

    def __init__(self) -> None:
        super().__init__()
        self._patches = ExitStack()
        for name in ("announce.sns", "announce.queue_shards"):
            self._patches.enter_context(mock.patch(f"notifications.{name}"))
        self.frozen.move_to(BEGIN)
        digest_due.digest_remember(None)
        self.events: dict[str, Event] = {}
        self.readers: list[str] = []
        self.waiting: list[AnnouncementRow] = []
        self.seen: set[str] = set()

    @initialize(
        weekday=st.integers(0, 6),
        hours=st.sampled_from(AHEAD_H),
        who=st.integers(0, READERS - 1),
    )
    def begin(self, weekday: int, hours: int, who: int) -> None:
        self.readers = make_readers(1) + make_readers(READERS - 1, frequency="weekly")
        self._schedule(weekday)
        # Without an event there is nothing to miss.
        self.publish(hours, who, at_once=True)

    @rule(
        hours=st.sampled_from(AHEAD_H),
        at_once=st.booleans(),
        who=st.none() | st.integers(0, READERS - 1),
    )
    def publish(self, hours: int, who: int | None, *, at_once: bool) -> None:
        """Between this and the digest somebody may change their mind."""
        starts_at = datetime.now(UTC) + timedelta(hours=hours)
        data = make_data(starts_at=starts_at, ends_at=None)
        event = event_create(data=data, status=EventStatus.PUBLISHED, reminders=())
        announce(event_id=event.id)
        self.events[event.id] = Event(starts_at)
        self.waiting += event_announcements(event.id)
        if at_once:
            self.walk()
        if who is not None:
            self.change_mind(who)

    @rule()
    def walk(self) -> None:
        """Whatever is on its way leaves."""
        waiting, self.waiting = self.waiting, []
        for row in waiting:
            ses = FakeSes()
            walk(row, ses, Clock())
            for mail in ses.accepted:
                for event_id in self._told(current(row)):
                    self.events[event_id].heard.add(mail.subscriber_id)

    @rule(who=st.integers(0, READERS - 1))
    def change_mind(self, who: int) -> None:
        row = known(subscription_get(self.readers[who]))
        (other,) = {*Frequency} - {row.frequency}
        subscription_update(subscription_id=row.id, frequency=other.value)

    @rule(weekday=st.none() | st.integers(0, 6))
    def schedule(self, weekday: int | None) -> None:
        self._schedule(weekday)

    @rule(steps=st.sampled_from([1, 2, 6, 14]), at_once=st.booleans())
    def pass_time(self, steps: int, *, at_once: bool) -> None:
        for _ in range(steps):
            self._step(STEP)
            if at_once:
                self.walk()

    def teardown(self) -> None:
        try:
            if self.readers:
                self.walk()
                while slot := digest_next(preferences_now(), now=datetime.now(UTC)):
                    if slot > self.end:
                        break
                    self._step(slot - datetime.now(UTC))
                    self.walk()
                for event in self.events.values():
                    assert event.heard == {*self.readers}
        finally:
            self._patches.close()
            rows_forget()
            preferences_remember(None)

    @property
    def end(self) -> datetime:
        """When the last event begins."""
        return max(event.starts_at for event in self.events.values())

    def _schedule(self, weekday: int | None) -> None:
        preferences_update(
            version=preferences_now().version,
            digest_weekday=weekday,
            digest_hour=9,
            digest_weeks=4,
            default_timezone="Europe/Berlin",
            undo_window_s=0,
        )

    def _step(self, time: timedelta) -> None:
        self.frozen.tick(time)
        digest_make(now=datetime.now(UTC))
        for row in event_announcements(DIGESTS):
            if row.state == "sending" and row.id not in self.seen:
                self.seen.add(row.id)
                self.waiting.append(row)

    def _told(self, row: AnnouncementRow) -> list[str]:
        """The events that a mail of the announcement tells of."""
        if row.kind == AnnouncementKind.DIGEST:
            return [each["id"] for each in row.events]
        return [row.event_id]
