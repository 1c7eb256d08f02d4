"""From an event's row to an announcement on its way.

The row is the outbox: `announce_version` says that a change is still to be told, and
`message_version` that a message is to be sent. Before its undo window is over, nothing happens
but that a task is queued for then. Every step may be repeated, in this order:

1. withdraw the event's older held announcements, so that it is settled what readers know;
2. put the new announcement, held;
3. take the possibility to undo away, or, where there is none, read the event again: go on only
   if it still asks for this version;
4. for a cancellation, stop the older announcements that are still being sent;
5. start it: from here it counts as told, and nobody withdraws it;
6. publish it to the topic, queue its shards;
7. take the event's mark away.

A mark of long ago starts nothing: its announcement stays held, until a person releases or
discards it. While the breaker is open, the announcement starts paused.

Whoever dies in between leaves the mark, and the stream's redelivery or the sweep begins
again. A change that comes meanwhile either finds the held announcement and withdraws it, or
is found in step 3; so an event that was cancelled in time is never told as new. A message goes
the same way, once no change is waiting; it withdraws nothing and stops nothing.
"""

import json
import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from math import ceil
from typing import Any, Final

from django.conf import settings
from django.db import transaction

from events.announcing import (
    event_acknowledge,
    event_seal,
    message_acknowledge,
    message_seal,
)
from events.enums import EventStatus
from events.errors import EventNotFoundError
from events.outbox import moments
from events.selectors import event_get
from events.snapshot import EventSnapshot, difference
from events.tables import EventRow
from ivent_site.aws import sns
from notifications.announcements import (
    UNFINISHED,
    Decision,
    announcement_create,
    announcement_get,
    announcement_hold,
    announcement_pause,
    announcement_start,
    announcement_stop,
    announcement_withdraw,
    event_announcements,
    is_started,
    shard_names,
)
from notifications.breaker import breaker_get
from notifications.digest_events import still_coming
from notifications.enums import ASIDE, AnnouncementKind, AnnouncementState, Reason
from notifications.queueing import EventTask, queue_again, queue_shards
from notifications.tables import AnnouncementRow

logger = logging.getLogger(__name__)

SCHEMA = 1
# A mark that is older comes of a table restored from a backup, or of an outage that nobody
# saw to: what it says may have been told long ago.
MARK_MAX_AGE: Final = timedelta(hours=24)
# What an alarm looks for in the log: {$.extra.alarm = "held"}.
ALARM: Final = "held"
# SNS: at most ten attributes, and a string array of subscribers' filter policies.
_STRING, _STRING_ARRAY = "String", "String.Array"


def announce(*, event_id: str) -> AnnouncementRow | None:
    """The announcement that the event's row asks for, on its way; None if nothing is to be told.

    Before its time, the event is queued for then. Safe to repeat, and to run twice at once.
    """
    try:
        event = event_get(event_id)
    except EventNotFoundError:
        return None
    marked: float | None = event.announce_version
    message: float | None = event.message_version
    told = None
    if marked is not None:
        if _is_early(event.id, event.announce_at):
            return None
        told, is_settled = _announce_change(event, int(marked))
        if not is_settled:
            return None
    if message is not None and not _is_early(event.id, event.message_at):
        told = _announce_message(event, int(message)) or told
    return told


def release(row: AnnouncementRow) -> bool:
    """Whether an announcement that was held for a person is on its way now, by this call.

    A digest of which all events have begun is not.
    Programs may be told twice if somebody dies in here: the person releases it once more.
    """
    current = announcement_get(row.id)
    if current is None or (current.state, current.reason) != (AnnouncementState.HELD, Reason.OLD):
        return False
    now = datetime.now(UTC)
    if current.kind == AnnouncementKind.DIGEST and not still_coming(current.events, now=now):
        return False
    _publish(current)
    if current.kind == AnnouncementKind.CANCELLED:
        _stop_older(current)
    if not announcement_start(current):
        return False
    transaction.on_commit(partial(_set_off, current, now))
    return True


def decide(
    snapshot: EventSnapshot, told: AnnouncementRow | None, *, corrects: bool = False
) -> Decision | None:
    """What is to be told to readers who know what `told` says; None if nothing is.

    That new rules of a time zone have moved the event is told only if somebody asks for that.
    """
    if told is None:
        is_new = snapshot.status == EventStatus.PUBLISHED
        return Decision(AnnouncementKind.PUBLISHED) if is_new else None
    known = EventSnapshot.from_json(told.event)
    if known.status == EventStatus.CANCELLED:
        return None
    if snapshot.status == EventStatus.CANCELLED:
        return Decision(AnnouncementKind.CANCELLED)
    changes = tuple(difference(known, snapshot))
    if changes:
        return Decision(AnnouncementKind.CHANGED, changes, told=known)
    is_moved = moments(known.as_told()) != moments(snapshot)
    return Decision(AnnouncementKind.CORRECTED, told=known) if corrects and is_moved else None


def with_note(
    decision: Decision, notes: list[Any] | None, told: AnnouncementRow | None
) -> Decision:
    """The decision with the notes ([version, text]) that readers have not had yet.

    Who hears of the event for the first time gets none: they are about what it was before.
    """
    if told is None:
        return decision
    new = [text for version, text in notes or () if version > told.version]
    return replace(decision, note="\n\n".join(new))


def launch(row: AnnouncementRow, *, since: datetime, is_wanted: Callable[[], bool]) -> bool:
    """Whether the announcement is on its way; False if it is wanted no more, and withdrawn.

    News from before MARK_MAX_AGE waits for a person.
    """
    now = datetime.now(UTC)
    if row.state == AnnouncementState.HELD:
        if since + MARK_MAX_AGE < now:
            return _hold(row)
        if not is_wanted():
            announcement_withdraw(row)
            return False
        if row.kind == AnnouncementKind.CANCELLED:
            _stop_older(row)
        if not announcement_start(row):
            return False
    if row.state == AnnouncementState.SENDING:
        _publish(row)
        _set_off(row, now)
    return True


def _is_early(event_id: str, at: datetime | None) -> bool:
    """Whether it is not time yet; then somebody is told to come back."""
    wait_s = (at - datetime.now(UTC)).total_seconds() if at else 0
    if wait_s > 0:
        queue_again(EventTask(event_id), delay_s=ceil(wait_s))
    return wait_s > 0


def _announce_change(event: EventRow, version: int) -> tuple[AnnouncementRow | None, bool]:
    """What is told of the change, and whether there is nothing left of it to be told."""
    row = _find_or_create(event, version)
    is_wanted = partial(_is_still_wanted, event, version)
    if row is not None and not launch(row, since=event.updated_at, is_wanted=is_wanted):
        return None, False
    said = EventSnapshot.from_json(row.event) if row else None
    announced = row.id if row else ""
    event_acknowledge(
        event_id=event.id, version=version, said=said, seen=event, announced=announced
    )
    return row, True


def _announce_message(event: EventRow, version: int) -> AnnouncementRow | None:
    decision = Decision(
        AnnouncementKind.MESSAGE, note=event.message["text"], subject=event.message["subject"]
    )
    snapshot = EventSnapshot.from_row(event)
    row = announcement_create(snapshot=snapshot, version=version, decision=decision)
    is_wanted = partial(message_seal, event_id=event.id, version=version)
    if not launch(row, since=event.updated_at, is_wanted=is_wanted):
        return None
    message_acknowledge(event_id=event.id, version=version)
    return row


def _is_still_wanted(event: EventRow, version: int) -> bool:
    if event.undo is not None:
        return event_seal(event_id=event.id, version=version)
    return bool(event_get(event.id).announce_version == version)


def _find_or_create(event: EventRow, version: int) -> AnnouncementRow | None:
    """This version's announcement, made if need be; None if there is nothing to tell."""
    snapshot = EventSnapshot.from_row(event)
    told = None
    for row in event_announcements(snapshot.id):
        if row.kind in ASIDE:
            if snapshot.status == EventStatus.CANCELLED and row.state == AnnouncementState.HELD:
                announcement_withdraw(row)
            continue
        if row.version >= version and row.state != AnnouncementState.CANCELLED:
            return row
        withdrawn = row.state == AnnouncementState.HELD and announcement_withdraw(row)
        if not withdrawn and is_started(row):
            told = row
            break
    corrects: float | None = event.correction_version
    decision = decide(snapshot, told, corrects=corrects is not None)
    if decision is None:
        return None
    return announcement_create(
        snapshot=snapshot, version=version, decision=with_note(decision, event.notes, told)
    )


def _hold(row: AnnouncementRow) -> bool:
    logger.error(
        "News of long ago waits in the admin: release or discard the announcement.",
        extra={"alarm": ALARM, "announcement": row.id},
    )
    return announcement_hold(row)


def _set_off(row: AnnouncementRow, now: datetime) -> None:
    if breaker_get().is_open(now=now):
        announcement_pause(row, reason=Reason.BREAKER)
        return
    queue_shards(row.id, shard_names(int(row.shard_count)), fresh=True)


def _stop_older(row: AnnouncementRow) -> None:
    """What is still being sent stops where it is: its news is that the event takes place."""
    for older in event_announcements(row.event_id):
        if older.id != row.id and older.state in UNFINISHED:
            announcement_stop(older, reason=Reason.EVENT_CANCELLED)


def _publish(row: AnnouncementRow) -> None:
    """Tell programs. They may be told twice, and know a repetition by "announcement_id".

    Not of a digest: each of its events they have been told of.
    """
    if row.kind == AnnouncementKind.DIGEST:
        return
    topics: list[str] = row.event["topics"]
    message = {
        "schema": SCHEMA,
        "announcement_id": row.id,
        "kind": row.kind,
        "event": row.event,
        "changes": row.changes,
        "note": row.note,
        "subject": row.subject,
    }
    sns().publish(
        TopicArn=settings.EVENTS_TOPIC_ARN,
        Message=json.dumps(message, ensure_ascii=False),
        MessageAttributes={
            "kind": {"DataType": _STRING, "StringValue": row.kind},
            "announcement_id": {"DataType": _STRING, "StringValue": row.id},
            "topics": {"DataType": _STRING_ARRAY, "StringValue": json.dumps(topics)},
        },
    )
