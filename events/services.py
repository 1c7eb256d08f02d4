"""Writing events and topics.

Every change of an event is a put on condition that its version is still the one that was
read; inside `transaction.atomic()` it commits with the block. A change that readers should
hear of takes `announce_version` and `due_at` along in the same write.
"""

from datetime import UTC, datetime, timedelta

from pynamodb.exceptions import UpdateError
from pynamodb.expressions.condition import Condition

from events.data import CONTENT_FIELDS, EventData
from events.enums import TRANSITIONS, EventStatus
from events.errors import InvalidEventError, Problem, StaleVersionError, TransitionError
from events.selectors import event_get
from events.snapshot import row_data
from events.tables import TOPIC_PARTITION, EventRow, TopicRow
from events.validators import event_validate, topic_validate
from ivent_site.dynamodb.writes import ConflictError, delete, put
from ivent_site.ids import uuid7

# The stream announces within a second or so: the sweep need not look before this.
STREAM_GRACE = timedelta(seconds=60)
# Everything of a row that says that it is still to be announced.
_MARK = (EventRow.announce_version, EventRow.due_at, EventRow.due, EventRow.due_key)


def event_create(*, data: EventData, status: EventStatus, event_id: str | None = None) -> EventRow:
    """A new event at version 1, announced if it is published.

    Raises InvalidEventError. With an `event_id` of the caller's, StaleVersionError says that
    the event is there already.
    """
    event_validate(data)
    now = datetime.now(UTC)
    row = EventRow(id=event_id or uuid7(), version=1, status=status.value, created_at=now)
    _set_content(row, data, now)
    if status is EventStatus.PUBLISHED:
        _announce(row)
    _put(row, EventRow.id.does_not_exist())
    return row


def event_update(
    *,
    event_id: str,
    version: int,
    data: EventData | None = None,
    status: EventStatus | None = None,
    announce: bool = True,
) -> EventRow:
    """The event with this content and status, one version further; unchanged if both are as before.

    A change to a published event is announced unless `announce` is False; publishing and
    cancelling always are. Raises EventNotFoundError, StaleVersionError (read again, retry),
    InvalidEventError, TransitionError.
    """
    row = _read(event_id, version)
    before = EventStatus(row.status)
    after = status or before
    _require_transition(before, after)
    changed = data is not None and data != row_data(row)
    if not changed and after is before:
        return row
    if before is EventStatus.CANCELLED:
        raise TransitionError("A cancelled event cannot be changed.")
    now = datetime.now(UTC)
    row.version = version + 1
    row.status = after.value
    if data is not None:
        event_validate(data)
        _set_content(row, data, now)
    row.updated_at = now
    if after is not before or (after is EventStatus.PUBLISHED and announce):
        _announce(row)
    _put(row, EventRow.version == version)
    return row


def event_publish(*, event_id: str, version: int) -> EventRow:
    """The event, published and to be announced; errors as of event_update."""
    return event_update(event_id=event_id, version=version, status=EventStatus.PUBLISHED)


def event_cancel(*, event_id: str, version: int) -> EventRow:
    """The event, cancelled and to be announced; errors as of event_update."""
    return event_update(event_id=event_id, version=version, status=EventStatus.CANCELLED)


def event_delete(*, event_id: str, version: int) -> None:
    """Remove a draft. Raises TransitionError for what has been published; else as event_update."""
    row = _read(event_id, version)
    if row.status != EventStatus.DRAFT:
        raise TransitionError("Only a draft can be deleted: cancel the event instead.")
    try:
        delete(row, condition=EventRow.version == version)
    except ConflictError as err:
        raise _stale(event_id) from err


def event_acknowledge(*, event_id: str, version: int) -> None:
    """Take the announcing mark away once what `version` says has been announced.

    Nothing happens if a later change is still to be announced, or if the mark is gone, so it
    may be repeated. Announces nothing itself and leaves the version alone.
    """
    try:
        EventRow(event_id).update(
            actions=[each.remove() for each in _MARK],
            condition=EventRow.announce_version <= version,
        )
    except UpdateError as err:
        if err.cause_response_code != "ConditionalCheckFailedException":
            raise


def topic_create(*, slug: str, name: str, description: str = "") -> TopicRow:
    """A new topic. Raises InvalidEventError; also if the slug is taken."""
    topic_validate(slug=slug, name=name, description=description)
    row = TopicRow(partition=TOPIC_PARTITION, slug=slug, name=name, description=description)
    try:
        put(row, condition=TopicRow.slug.does_not_exist())
    except ConflictError as err:
        taken = Problem("slug", "taken", "There is such a topic already.")
        raise InvalidEventError([taken]) from err
    return row


def topic_update(*, slug: str, name: str, description: str = "") -> TopicRow:
    """The topic under another name; its slug stays. Raises InvalidEventError if there is none."""
    topic_validate(slug=slug, name=name, description=description)
    row = TopicRow(partition=TOPIC_PARTITION, slug=slug, name=name, description=description)
    try:
        put(row, condition=TopicRow.slug.exists())
    except ConflictError as err:
        raise InvalidEventError(
            [Problem("slug", "unknown_topic", "There is no such topic.")]
        ) from err
    return row


def topic_delete(*, slug: str) -> None:
    """Remove the topic; events and subscribers that name it keep the name. May be repeated."""
    delete(TopicRow(TOPIC_PARTITION, slug))


def _read(event_id: str, version: int) -> EventRow:
    row = event_get(event_id)
    if row.version != version:
        raise _stale(event_id)
    return row


def _require_transition(before: EventStatus, after: EventStatus) -> None:
    if after is not before and after not in TRANSITIONS[before]:
        raise TransitionError(f"A {before} event cannot become {after}.")


def _set_content(row: EventRow, data: EventData, now: datetime) -> None:
    for name in CONTENT_FIELDS:
        value = getattr(data, name)
        setattr(row, name, list(value) if name == "topics" else value)
    row.updated_at = now


def _announce(row: EventRow) -> None:
    row.announce_version = row.version
    row.due_at = row.updated_at + STREAM_GRACE


def _put(row: EventRow, condition: Condition) -> None:
    try:
        put(row, condition=condition)
    except ConflictError as err:
        raise _stale(row.id) from err


def _stale(event_id: str) -> StaleVersionError:
    return StaleVersionError(f"Somebody else has changed event {event_id} meanwhile.")
