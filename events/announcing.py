"""What whoever announces does to an event's row; a version stays as it is.

Each is one conditional update, so a person's change at the same moment is not lost, and each
may be repeated.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from pynamodb.exceptions import UpdateError
from pynamodb.expressions.condition import Condition

from events.errors import EventNotFoundError, StaleVersionError
from events.outbox import drop_message, forget_told, leave_out_reminders, set_due, unmark
from events.selectors import event_get
from events.tables import EventRow
from events.wall_clock import EventTimes

ATTEMPTS: Final = 5
_MARK: Final = (
    *("announce_version", "announce_at", "notes", "undo", "last_announcement"),
    *("correction_version", "told", "moved", "moved_key"),
)
_MESSAGE: Final = ("message", "message_version", "message_at")
_DUE: Final = ("due_at", "due", "due_key")


def event_seal(*, event_id: str, version: int) -> bool:
    """Whether this version is to be announced, and can be undone no more."""
    return _update(
        EventRow(event_id), ["undo"], EventRow.announce_version == version, to_nothing=True
    )


def message_seal(*, event_id: str, version: int) -> bool:
    """Whether the message of this version is to be sent, and cannot be taken back any more."""
    return _update(
        EventRow(event_id), ["message_at"], EventRow.message_version == version, to_nothing=True
    )


def event_acknowledge(
    *,
    event_id: str,
    version: int,
    said: EventTimes | None = None,
    seen: EventRow | None = None,
    announced: str = "",
) -> None:
    """Take the announcing mark away once what `version` says has been announced.

    Nothing happens if a later change is still to be announced, or if the mark is gone. `said`
    are the times that the announcement tells, `announced` is its id. `seen` is the row as it was
    read, which saves a read.
    """

    def settle(row: EventRow) -> bool:
        marked: float | None = row.announce_version
        if marked is None or marked > version:
            return False
        unmark(row)
        if said is not None:
            forget_told(row, said)
        row.last_announcement = announced or row.last_announcement
        return True

    _settle(event_id, settle, _MARK, seen)


def message_acknowledge(*, event_id: str, version: int) -> None:
    """Take the message of this version away once it has been sent."""

    def settle(row: EventRow) -> bool:
        if row.message_version != version:
            return False
        drop_message(row)
        return True

    _settle(event_id, settle, _MESSAGE)


def reminders_acknowledge(*, event_id: str, until: datetime) -> None:
    """Note that the reminders due by then are sent, or are not to be sent."""

    def settle(row: EventRow) -> bool:
        leave_out_reminders(row, until=until)
        return True

    _settle(event_id, settle, ("remind_after",))


def event_look_again(*, event_id: str) -> None:
    """Set right when the sweep has to look at the event again."""

    def settle(row: EventRow) -> bool:
        before = row.due_at
        set_due(row)
        return bool(row.due_at != before)

    _settle(event_id, settle, ())


def _settle(
    event_id: str,
    settle: Callable[[EventRow], bool],
    names: tuple[str, ...],
    seen: EventRow | None = None,
) -> None:
    """Do to the row, as nobody changes it meanwhile, what `settle` does, if it says so."""
    for _ in range(ATTEMPTS):
        try:
            row = seen or event_get(event_id)
        except EventNotFoundError:
            return
        seen = None
        unchanged = EventRow.version == row.version
        if not settle(row):
            return
        set_due(row)
        row.set_index_keys()
        if _update(row, [*names, *_DUE], unchanged):
            return
    raise StaleVersionError(event_id)


def _update(
    row: EventRow, names: list[str], condition: Condition, *, to_nothing: bool = False
) -> bool:
    """Whether the condition held, and the attributes are as the row has them (or gone)."""
    actions = []
    for name in names:
        attribute, value = getattr(EventRow, name), getattr(row, name)
        is_gone = to_nothing or value is None
        actions.append(attribute.remove() if is_gone else attribute.set(value))
    try:
        row.update(actions=actions, condition=condition)
    except UpdateError as err:
        if err.cause_response_code != "ConditionalCheckFailedException":
            raise
        return False
    return True
