"""The steps of an announcement from one state to the next.

In a block of `transaction.atomic()` a step is part of the block, as when a person takes it and
the history is to say so: then ConflictError at the block's end says that it was not possible.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial

from django.db import transaction
from pynamodb.exceptions import UpdateError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from events.snapshot import EventSnapshot
from ivent_site import metrics
from ivent_site.dynamodb import writes
from ivent_site.preferences.selectors import preferences_now
from notifications.digest_events import still_coming, topics_of
from notifications.digest_times import digest_at_of
from notifications.enums import TRANSITIONS, AnnouncementKind, AnnouncementState, Reason
from notifications.tables import AnnouncementRow


def announcement_start(row: AnnouncementRow) -> bool:
    """Whether a held announcement is being sent now, or was already: it counts as told.

    It may have been made long ago, so only now is settled who reads of it in the digest, and
    which events a digest tells.
    """
    now = datetime.now(UTC)
    return move(
        row,
        AnnouncementState.SENDING,
        *_settled(row, now),
        AnnouncementRow.started_at.set(now),
        # Whoever starts it queues it next; should that fail, the sweep does in a while.
        AnnouncementRow.queued_at.set(now),
        AnnouncementRow.reason.set(""),
        only_from=AnnouncementState.HELD,
    )


def announcement_withdraw(row: AnnouncementRow) -> bool:
    """Whether a held announcement is now cancelled, or was already: nobody has been told."""
    return _give_up(row, Reason.SUPERSEDED)


def announcement_hold(row: AnnouncementRow) -> bool:
    """Whether a held announcement now waits for a person: it is about news of long ago."""
    reason = AnnouncementRow.reason.set(Reason.OLD)
    return move(row, AnnouncementState.HELD, reason, only_from=AnnouncementState.HELD)


def announcement_discard(row: AnnouncementRow) -> bool:
    """Whether a held announcement is now cancelled by a person's decision."""
    return _give_up(row, Reason.DISCARDED)


def announcement_empty(row: AnnouncementRow) -> bool:
    """Whether a held announcement is now cancelled because there is nothing in it."""
    return _give_up(row, Reason.EMPTY)


def announcement_stop(row: AnnouncementRow, *, reason: str) -> bool:
    """Whether the announcement goes no further: its shards end where they are."""
    return move(
        row,
        AnnouncementState.STOPPING,
        AnnouncementRow.reason.set(reason),
        AnnouncementRow.queued_at.remove(),
    )


def announcement_pause(row: AnnouncementRow, *, reason: str) -> bool:
    """Whether the announcement waits, with everything as it is."""
    return move(row, AnnouncementState.PAUSED, AnnouncementRow.reason.set(reason))


def announcement_shelve(row: AnnouncementRow) -> bool:
    """Whether an unfinished announcement of long ago now waits for a person."""
    reason = AnnouncementRow.reason.set(Reason.OLD)
    return move(row, AnnouncementState.PAUSED, reason, only_from=AnnouncementState(row.state))


def announcement_resume(row: AnnouncementRow) -> bool:
    """Whether a paused announcement goes on; the sweep queues its shards."""
    return move(
        row,
        AnnouncementState.SENDING,
        AnnouncementRow.reason.set(""),
        AnnouncementRow.queued_at.remove(),
        only_from=AnnouncementState.PAUSED,
    )


def announcement_queued(row: AnnouncementRow, at: datetime) -> None:
    """Note when the shards were queued."""
    row.update(actions=[AnnouncementRow.queued_at.set(at)])


def _settled(row: AnnouncementRow, now: datetime) -> list[Action]:
    if row.kind == AnnouncementKind.DIGEST:
        return _without_the_begun(row, now)
    starts_at = EventSnapshot.from_json(row.event).starts_at
    digest_at = digest_at_of(row.kind, starts_at=starts_at, now=now)
    if digest_at:
        # Preferences of half a minute ago may know of a digest that there will not be.
        right_now = preferences_now()
        digest_at = digest_at_of(row.kind, starts_at=starts_at, now=now, preferences=right_now)
    stored = AnnouncementRow.digest_at
    return [stored.set(digest_at) if digest_at else stored.remove()]


def _without_the_begun(row: AnnouncementRow, now: datetime) -> list[Action]:
    events = still_coming(row.events, now=now)
    # Of none, which topics of no event would tell everybody, whoever starts it takes care.
    if len(events) in {0, len(row.events)}:
        return []
    return [
        AnnouncementRow.event.set({"topics": topics_of(events)}),
        AnnouncementRow.events.set([event.to_json() for event in events]),
    ]


def _give_up(row: AnnouncementRow, reason: Reason) -> bool:
    given = AnnouncementRow.reason.set(reason)
    return move(row, AnnouncementState.CANCELLED, given, only_from=AnnouncementState.HELD)


def move(
    row: AnnouncementRow,
    state: AnnouncementState,
    *actions: Action,
    only_from: AnnouncementState | None = None,
    only_if: Condition | None = None,
) -> bool:
    """Whether the row is in `state` now, by this call or before it; refreshes the row."""
    allowed = (
        [only_from] if only_from else [old for old, new in TRANSITIONS.items() if state in new]
    )
    condition: Condition = AnnouncementRow.state.is_in(*(old.value for old in allowed))
    if only_if is not None:
        condition &= only_if
    everything = [
        AnnouncementRow.state.set(state.value),
        AnnouncementRow.updated_at.set(datetime.now(UTC)),
        AnnouncementRow.created_key.set(row.list_key),
        *actions,
    ]
    if update(row, everything, condition=condition):
        row.state = state.value
        started = only_from is AnnouncementState.HELD and state is AnnouncementState.SENDING
        done = state is AnnouncementState.DONE
        transaction.on_commit(
            partial(metrics.count, announcements_started=started, announcements_done=done)
        )
        return True
    row.refresh(consistent_read=True)
    return bool(row.state == state)


def update(row: AnnouncementRow, actions: Sequence[Action], *, condition: Condition) -> bool:
    """Whether the condition held, and the row is changed; in a block, whether it may be."""
    if transaction.get_connection().in_atomic_block:
        writes.update(AnnouncementRow, row.event_id, row.id, actions=actions, condition=condition)
        return True
    try:
        row.update(actions=[*actions], condition=condition)
    except UpdateError as err:
        if err.cause_response_code != "ConditionalCheckFailedException":
            raise
        return False
    return True
