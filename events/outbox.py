"""What an event's row says is still to be told, and when somebody has to look at it.

The mark (`announce_version`) asks for the row's change to be announced, a message for itself.
While `undo` or `message_at` stands beside it, a person may take it back; whoever announces
removes that first, by a condition, so that exactly one of the two has its way.
"""

from datetime import UTC, datetime, timedelta
from typing import Any, Final

from django.utils.translation import gettext_lazy as _
from pynamodb.expressions.condition import Condition

from events.data import CONTENT_FIELDS, EventData
from events.enums import EventStatus
from events.errors import TransitionError
from events.reminders import next_reminder
from events.snapshot import EventSnapshot, publication_clock, row_data
from events.tables import EventRow
from events.wall_clock import EventTimes, WallClock
from ivent_site.preferences.selectors import preferences_get
from ivent_site.zones import iana_version

# The stream announces within a second or so: the sweep need not look before this.
STREAM_GRACE: Final = timedelta(seconds=60)
# Who has just been told when the event is needs no reminder of it.
REMINDER_GRACE: Final = timedelta(hours=1)
NO_MOMENTS: Final = (datetime.min.replace(tzinfo=UTC), None)
TOO_LATE: Final = _("It is too late to undo: the announcement has started.")


def undo_window() -> timedelta:
    """For how long what is to be announced waits, and can be undone."""
    return timedelta(seconds=preferences_get().undo_window_s)


def undo_ends_at(row: Any) -> datetime | None:
    """Until when something of the row, or of the model of it, can be undone; None: it cannot."""
    ends = [row.announce_at] if row.undo is not None else []
    ends += [row.message_at] if row.message_at is not None else []
    return max(ends, default=None)


def is_known_to_readers(row: EventRow) -> bool:
    """Whether readers have been told of a published event, or are being told."""
    undo = row.undo
    return undo is None or bool(undo["event"]["status"] != EventStatus.DRAFT)


def unsealed(row: EventRow) -> Condition:
    """That nobody has saved the row since, and what could be undone then still can be."""
    condition: Condition = EventRow.version == row.version
    if row.undo is not None:
        condition &= EventRow.undo.exists()
    if _message_until(row) is not None:
        condition &= EventRow.message_at.exists()
    return condition


def remembered(row: EventRow) -> dict[str, Any]:
    """What an undo is to bring back: what readers know, however often it is changed meanwhile."""
    if row.undo is not None:
        before: dict[str, Any] = row.undo
        return before
    return {
        "event": EventSnapshot.from_row(row).to_json(),
        "marked": row.announce_version is not None,
        "notes": row.notes,
        "remind_after": row.remind_after and row.remind_after.isoformat(),
    }


def mark(row: EventRow, *, note: str, before: dict[str, Any] | None, window: timedelta) -> None:
    """Let the row be announced once the window is over; until then `before` can come back."""
    row.announce_version = row.version
    row.announce_at = row.updated_at + window
    row.undo = before if window else None
    if note:
        row.notes = [*(row.notes or []), [int(row.version), note]]


def unmark(row: EventRow) -> None:
    """Let nothing of the row be announced."""
    row.announce_version = row.announce_at = row.notes = row.undo = None
    row.correction_version = None


def drop_message(row: EventRow) -> None:
    """Let no message be sent."""
    row.message = row.message_version = row.message_at = None


def take_back(row: EventRow, *, now: datetime) -> None:
    """Undo on the row whatever has not started; TransitionError if all has."""
    is_open = row.undo is not None and row.announce_at > now
    message_until = _message_until(row)
    message_is_open = message_until is not None and message_until > now
    if not is_open and not message_is_open:
        raise TransitionError(str(TOO_LATE))
    row.version += 1
    row.updated_at = now
    if message_is_open:
        drop_message(row)
    if is_open:
        _restore(row, row.undo, now)


def set_content(row: EventRow, data: EventData) -> None:
    """Put the content into the row, and the moments that it means by today's rules."""
    waits = publication_clock(row)
    if waits is not None and row.timezone != data.timezone:
        # In another zone it is the moment that stays.
        waits = WallClock.of(waits.instant(row.timezone), data.timezone)
    row.publish_clock = waits.text(all_day=False) if waits else None
    for name in CONTENT_FIELDS:
        value = getattr(data, name)
        setattr(row, name, list(value) if name == "topics" else value)
    row.starts = data.starts.text(all_day=data.all_day)
    row.ends = data.ends.text(all_day=data.all_day) if data.ends else None
    row.starts_at, row.ends_at = data.starts_at, data.ends_at
    row.rules = iana_version()
    if row.status == EventStatus.DRAFT:
        row.told = None
    row.publish_at = waits.instant(data.timezone) if waits else None


def forget_told(row: EventRow, said: EventTimes) -> None:
    """Note that subscribers are being told these times: nothing else is left to correct."""
    if moments(said.as_told()) == moments(row_data(row)):
        row.told = None


def moments(times: EventTimes) -> tuple[datetime, datetime | None]:
    """Of a timed event its start and end; of an all-day event none count, for it has days only."""
    if times.all_day:
        return NO_MOMENTS
    return times.starts_at, times.ends_at


def leave_out_reminders(row: EventRow, *, until: datetime) -> None:
    """Let no reminder that is due by then be sent."""
    done: datetime | None = row.remind_after
    row.remind_after = max(done, until) if done else until


def set_due(row: EventRow) -> None:
    """Say on the row when the sweep has to look at it; done before each write."""
    moments: list[datetime] = []
    if row.announce_version is not None:
        moments.append((row.announce_at or row.updated_at) + STREAM_GRACE)
    if row.message_version is not None:
        moments.append((_message_until(row) or row.updated_at) + STREAM_GRACE)
    publish_at: datetime | None = row.publish_at
    if publish_at is not None:
        moments.append(publish_at)
    if row.status == EventStatus.PUBLISHED and (reminder := next_reminder(row)):
        moments.append(reminder.due_at)
    row.due_at = min(moments, default=None)


def _message_until(row: EventRow) -> datetime | None:
    until: datetime | None = row.message_at
    return until


def _restore(row: EventRow, before: dict[str, Any], now: datetime) -> None:
    known = EventSnapshot.from_json(before["event"])
    unmark(row)
    row.status = known.status.value
    # Of a draft nobody knows anything: what was written since stays.
    if known.status is not EventStatus.DRAFT:
        set_content(row, known)
    after: str | None = before["remind_after"]
    row.remind_after = datetime.fromisoformat(after).astimezone(UTC) if after else None
    if before["marked"]:
        # An older change was still to be told, and still is.
        row.notes = before["notes"]
        row.announce_version, row.announce_at = row.version, now
