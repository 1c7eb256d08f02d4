"""Writing events.

Every change of an event is a put on condition that its version is still the one that was
read; inside `transaction.atomic()` it commits with the block. A change that readers should
hear of takes its mark along in the same write; `events.outbox` says what that is.
"""

from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from typing import Final

from django.utils.translation import gettext_lazy as _
from pynamodb.expressions.condition import Condition

from events.data import EventData
from events.enums import TRANSITIONS, EventStatus
from events.errors import (
    InvalidEventError,
    StaleVersionError,
    TransitionError,
)
from events.outbox import (
    REMINDER_GRACE,
    drop_message,
    leave_out_reminders,
    mark,
    remembered,
    set_content,
    set_due,
    take_back,
    undo_window,
    unsealed,
)
from events.reminders import reminders_problems
from events.selectors import event_get
from events.snapshot import row_data
from events.tables import EventRow
from events.validators import (
    event_validate,
    message_validate,
    note_validate,
    publish_at_validate,
)
from events.wall_clock import WallClock
from ivent_site.dynamodb.writes import ConflictError, delete, put
from ivent_site.ids import uuid7
from ivent_site.preferences.selectors import preferences_get
from ivent_site.zones import zone_of

# Of these the reminders are counted.
_WHEN_FIELDS: Final = ("starts", "timezone", "all_day")
_AT_ONCE: Final = timedelta(0)


def event_create(
    *,
    data: EventData,
    status: EventStatus,
    event_id: str | None = None,
    reminders: Collection[int] | None = None,
    publish_at: datetime | None = None,
) -> EventRow:
    """A new event at version 1, announced if it is published.

    Without `reminders` it gets those of the preferences. Raises InvalidEventError. With an
    `event_id` of the caller's, StaleVersionError says that the event is there already.
    """
    event_validate(data)
    now = datetime.now(UTC)
    row = EventRow(id=event_id or uuid7(), version=1, status=status.value, created_at=now)
    set_content(row, data)
    row.updated_at = now
    _set_reminders(row, preferences_get().reminders if reminders is None else reminders)
    if status is EventStatus.PUBLISHED:
        _publish(row, now)
        drafted = remembered(row)
        drafted["event"]["status"] = EventStatus.DRAFT.value
        mark(row, note="", before=drafted, window=undo_window())
    if publish_at is not None:
        _schedule(row, publish_at, now)
    _put(row, EventRow.id.does_not_exist())
    return row


def event_update(
    *,
    event_id: str,
    version: int,
    data: EventData | None = None,
    status: EventStatus | None = None,
    announce: bool = True,
    note: str = "",
    reminders: Collection[int] | None = None,
) -> EventRow:
    """The event with this content and status, one version further; unchanged if all is as before.

    A change of what readers see of a published event is announced unless `announce` is False;
    publishing and cancelling always are. `note` goes with an announcement; of a cancellation it
    is the reason. Raises EventNotFoundError, StaleVersionError (read again, retry),
    InvalidEventError, TransitionError.
    """
    return _update(
        _read(event_id, version),
        data=data,
        status=status,
        announce=announce,
        note=note,
        reminders=reminders,
        window=undo_window(),
    )


def event_publish(*, event_id: str, version: int, at: datetime | None = None) -> EventRow:
    """The event, published and to be announced; with `at`, a draft that does so by itself then.

    Errors as of event_update; InvalidEventError names "publish_at".
    """
    if at is None:
        return event_update(event_id=event_id, version=version, status=EventStatus.PUBLISHED)
    row = _read(event_id, version)
    unchanged = unsealed(row)
    now = datetime.now(UTC)
    row.version, row.updated_at = version + 1, now
    _schedule(row, at, now)
    _put(row, unchanged)
    return row


def event_unschedule(*, event_id: str, version: int) -> EventRow:
    """The draft, which waits again for somebody to publish it; errors as of event_update."""
    row = _read(event_id, version)
    scheduled: datetime | None = row.publish_at
    if scheduled is None:
        return row
    unchanged = unsealed(row)
    row.version, row.updated_at, row.publish_at = version + 1, datetime.now(UTC), None
    _put(row, unchanged)
    return row


def event_publish_due(*, event_id: str, version: int) -> EventRow:
    """The scheduled event, published without an undo window: there was time enough to undo it."""
    row = _read(event_id, version)
    return _update(row, status=EventStatus.PUBLISHED, window=_AT_ONCE)


def event_cancel(*, event_id: str, version: int, reason: str = "") -> EventRow:
    """The event, cancelled and to be announced; errors as of event_update."""
    return event_update(
        event_id=event_id, version=version, status=EventStatus.CANCELLED, note=reason
    )


def event_undo(*, event_id: str, version: int) -> EventRow:
    """The event as readers know it, as long as nobody has been told anything else.

    What was never announced is a draft again and keeps its content; a change gets the content
    from before it; a cancelled event is published again; a message is not sent. Raises
    TransitionError when it is too late, StaleVersionError (read again, retry), EventNotFoundError.
    """
    row = _read(event_id, version)
    unchanged = unsealed(row)
    take_back(row, now=datetime.now(UTC))
    _put(row, unchanged)
    return row


def event_message(*, event_id: str, version: int, subject: str, text: str, token: str) -> EventRow:
    """The event, with a message to be sent to everybody whom its announcements go to.

    The `token` is of the form that it was entered in: said again, nothing is sent again. Raises
    TransitionError if the event is not published or the last message waits still; else as of
    event_update.
    """
    message_validate(subject=subject, text=text, token=token)
    row = event_get(event_id)
    if row.message_token == token:
        return row
    if row.version != version:
        raise _stale(event_id)
    if row.status != EventStatus.PUBLISHED:
        raise TransitionError(str(_("Only readers of a published event can be written to.")))
    waiting: float | None = row.message_version
    if waiting is not None:
        raise TransitionError(str(_("The last message has not been sent yet: wait a moment.")))
    unchanged = unsealed(row)
    now, window = datetime.now(UTC), undo_window()
    row.version, row.updated_at = version + 1, now
    row.message, row.message_version = {"subject": subject, "text": text}, row.version
    row.message_at = now + window if window else None
    row.message_token = token
    _put(row, unchanged)
    return row


def event_correct(*, event_id: str, version: int) -> EventRow:
    """The event, marked so that subscribers who were told another moment get a corrected calendar
    entry with the same time on the clock.

    Raises TransitionError if the event is not published, or no rules have moved it since it was
    told; else as event_update.
    """
    row = _read(event_id, version)
    if row.status != EventStatus.PUBLISHED or row.told is None:
        raise TransitionError(str(_("Subscribers know the right moment of this event.")))
    if zone_of(row.timezone) is None:
        raise TransitionError(str(_("Give the event a time zone that the rules know first.")))
    unchanged, remember = unsealed(row), remembered(row)
    row.version, row.updated_at = version + 1, datetime.now(UTC)
    mark(row, note="", before=remember, window=undo_window())
    row.correction_version = row.version
    _put(row, unchanged)
    return row


def event_delete(*, event_id: str, version: int) -> None:
    """Remove a draft. Raises TransitionError for what has been published; else as event_update."""
    row = _read(event_id, version)
    if row.status != EventStatus.DRAFT:
        raise TransitionError("Only a draft can be deleted: cancel the event instead.")
    try:
        delete(row, condition=EventRow.version == version)
    except ConflictError as err:
        raise _stale(event_id) from err


def _read(event_id: str, version: int) -> EventRow:
    row = event_get(event_id)
    if row.version != version:
        raise _stale(event_id)
    return row


def _update(
    row: EventRow,
    *,
    window: timedelta,
    data: EventData | None = None,
    status: EventStatus | None = None,
    announce: bool = True,
    note: str = "",
    reminders: Collection[int] | None = None,
) -> EventRow:
    before, known, unchanged = EventStatus(row.status), row_data(row), unsealed(row)
    after = status or before
    _require_transition(before, after)
    is_other = data is not None and data != known
    others = reminders is not None and sorted(reminders) != sorted(map(int, row.reminders))
    tells = after is not before or (after is EventStatus.PUBLISHED and announce and is_other)
    # Who hears of an event for the first time needs no note beside it.
    note_validate(note, announced=before is EventStatus.PUBLISHED and (tells or announce))
    if not is_other and not others and after is before:
        return row
    if before is EventStatus.CANCELLED:
        raise TransitionError("A cancelled event cannot be changed.")
    now = datetime.now(UTC)
    remember = remembered(row)
    row.version, row.updated_at, row.status = int(row.version) + 1, now, after.value
    if data is not None:
        event_validate(data, kept_timezone=known.timezone)
        set_content(row, data)
    if reminders is not None:
        _set_reminders(row, reminders)
    _turn(row, before, after, known, now)
    if tells:
        mark(row, note=note, before=remember, window=window)
    _put(row, unchanged)
    return row


def _turn(
    row: EventRow, before: EventStatus, after: EventStatus, known: EventData, now: datetime
) -> None:
    """What a new status, or another time, means for all that waits beside the change."""
    if after is EventStatus.PUBLISHED and before is EventStatus.DRAFT:
        _publish(row, now)
    elif after is EventStatus.CANCELLED:
        # Of an event that is off, readers want to know why, and nothing else.
        row.notes = None
        drop_message(row)
    elif any(getattr(known, name) != getattr(row_data(row), name) for name in _WHEN_FIELDS):
        leave_out_reminders(row, until=now + REMINDER_GRACE)


def _publish(row: EventRow, now: datetime) -> None:
    row.publish_at = None
    leave_out_reminders(row, until=now + REMINDER_GRACE)


def _schedule(row: EventRow, at: datetime, now: datetime) -> None:
    if row.status != EventStatus.DRAFT:
        raise TransitionError(str(_("Only a draft can be scheduled.")))
    publish_at_validate(at, now=now)
    row.publish_at = at
    row.publish_clock = WallClock.of(at, row.timezone).text(all_day=False)


def _set_reminders(row: EventRow, reminders: Collection[int]) -> None:
    if problems := [*reminders_problems(reminders)]:
        raise InvalidEventError(problems)
    before = set(map(int, row.reminders))
    row.reminders = sorted(reminders, reverse=True)
    if row.status == EventStatus.PUBLISHED and before != set(reminders):
        # One that is added too late is not made up for.
        leave_out_reminders(row, until=row.updated_at)


def _require_transition(before: EventStatus, after: EventStatus) -> None:
    if after is not before and after not in TRANSITIONS[before]:
        raise TransitionError(f"A {before} event cannot become {after}.")


def _put(row: EventRow, condition: Condition) -> None:
    set_due(row)
    try:
        put(row, condition=condition)
    except ConflictError as err:
        raise _stale(row.id) from err


def _stale(event_id: str) -> StaleVersionError:
    return StaleVersionError(f"Somebody else has changed event {event_id} meanwhile.")
