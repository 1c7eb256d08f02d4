"""What an event's own clock asks for: its publication, and its reminders.

A reminder of which the moment is long past is left out, as after an outage: better none than
one that comes when people are on their way. So is one that falls into the hour after the event
was published or moved, for readers have just been told (`events.outbox.REMINDER_GRACE`). Of
several that are due together, readers get the last one.
"""

import logging
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from events.announcing import event_look_again, reminders_acknowledge
from events.enums import EventStatus
from events.errors import EventNotFoundError
from events.reminders import Reminder, reminders_of
from events.selectors import event_get
from events.services import event_publish_due, event_unschedule
from events.snapshot import EventSnapshot, row_data
from events.tables import EventRow
from notifications.announce import ALARM, MARK_MAX_AGE, launch
from notifications.announcements import Decision, announcement_create, reminder_id
from notifications.enums import AnnouncementKind
from notifications.tables import AnnouncementRow

logger = logging.getLogger(__name__)

LATE_MAX: Final = timedelta(hours=1)


def publish_if_due(event: EventRow, *, now: datetime) -> bool:
    """Whether the draft's time has come: then it is published now.

    One of long ago, which a restored table brings up, stays a draft, for a person to look at.
    """
    publish_at: datetime | None = event.publish_at
    if publish_at is None or publish_at > now:
        return False
    version = int(event.version)
    if publish_at + MARK_MAX_AGE < now:
        logger.error(
            "A publication of long ago was not made up for: publish the draft by hand.",
            extra={"alarm": ALARM, "event": event.id},
        )
        event_unschedule(event_id=event.id, version=version)
    else:
        event_publish_due(event_id=event.id, version=version)
    return True


def remind(*, event_id: str, now: datetime) -> AnnouncementRow | None:
    """The reminder that is due, on its way; None if none is. Safe to repeat."""
    try:
        event = event_get(event_id)
    except EventNotFoundError:
        return None
    marked: float | None = event.announce_version
    if marked is not None:
        # Readers are to hear of the change first.
        return None
    reminder = _due(event, now)
    if reminder is None:
        event_look_again(event_id=event_id)
        return None
    row = None
    # New rules may have moved it into the past: that is no delay.
    moved_at: datetime | None = event.moved_at
    since = max(reminder.due_at, moved_at or reminder.due_at)
    if now <= since + LATE_MAX and now < row_data(event).starts_at:
        row = _send(event, reminder)
    else:
        logger.warning("A reminder was left out: it is too late.", extra={"event": event_id})
    reminders_acknowledge(event_id=event_id, until=reminder.due_at)
    return row


def _due(event: EventRow, now: datetime) -> Reminder | None:
    if event.status != EventStatus.PUBLISHED:
        return None
    done: datetime | None = event.remind_after
    due = [
        each
        for each in reminders_of(event)
        if each.due_at <= now and (done is None or each.due_at > done)
    ]
    return due[-1] if due else None


def _send(event: EventRow, reminder: Reminder) -> AnnouncementRow | None:
    row = announcement_create(
        snapshot=EventSnapshot.from_row(event),
        version=int(event.version),
        decision=Decision(AnnouncementKind.REMINDER),
        id_=reminder_id(event.id, reminder),
    )
    is_wanted = partial(_is_wanted, event.id, reminder)
    return row if launch(row, since=reminder.due_at, is_wanted=is_wanted) else None


def _is_wanted(event_id: str, reminder: Reminder) -> bool:
    """Whether the event still takes place, and then."""
    event = event_get(event_id)
    return event.status == EventStatus.PUBLISHED and reminder in reminders_of(event)
