"""From an event's row to an announcement on its way.

The row is the outbox: `announce_version` says that a change is still to be told. Every step
may be repeated, in this order:

1. withdraw the event's older held announcements, so that it is settled what readers know;
2. put the new announcement, held;
3. read the event again: go on only if it still asks for this version;
4. for a cancellation, stop the older announcements that are still being sent;
5. start it: from here it counts as told, and nobody withdraws it;
6. publish it to the topic, queue its shards;
7. take the event's mark away.

Whoever dies in between leaves the mark, and the stream's redelivery or the sweep begins
again. A change that comes meanwhile either finds the held announcement and withdraws it, or
is found in step 3; so an event that was cancelled in time is never told as new.
"""

import json
from datetime import UTC, datetime

from django.conf import settings

from events.enums import EventStatus
from events.errors import EventNotFoundError
from events.selectors import event_get
from events.services import event_acknowledge
from events.snapshot import EventSnapshot, difference
from events.tables import EventRow
from ivent_site.aws import sns
from notifications.announcements import (
    UNFINISHED,
    Decision,
    announcement_create,
    announcement_queued,
    announcement_start,
    announcement_stop,
    announcement_withdraw,
    event_announcements,
    is_started,
    shard_names,
)
from notifications.enums import AnnouncementKind, AnnouncementState
from notifications.queueing import queue_shards
from notifications.tables import AnnouncementRow

SCHEMA = 1
# SNS: at most ten attributes, and a string array of subscribers' filter policies.
_STRING, _STRING_ARRAY = "String", "String.Array"


def announce(*, event_id: str) -> AnnouncementRow | None:
    """The announcement that the event's row asks for, on its way; None if nothing is to be told.

    Safe to repeat, and to run twice at once.
    """
    try:
        event = event_get(event_id)
    except EventNotFoundError:
        return None
    marked: float | None = event.announce_version
    if marked is None:
        return None
    version = int(marked)
    snapshot = EventSnapshot.from_row(event)
    row = _find_or_create(snapshot, version)
    if row is not None and not _launch(row, version):
        return None
    event_acknowledge(event_id=event_id, version=version)
    return row


def decide(snapshot: EventSnapshot, told: AnnouncementRow | None) -> Decision | None:
    """What is to be told to readers who know what `told` says; None if nothing is."""
    if told is None:
        is_new = snapshot.status == EventStatus.PUBLISHED
        return Decision(AnnouncementKind.PUBLISHED) if is_new else None
    known = EventSnapshot.from_json(told.event)
    if known.status == EventStatus.CANCELLED:
        return None
    if snapshot.status == EventStatus.CANCELLED:
        return Decision(AnnouncementKind.CANCELLED)
    changes = tuple(difference(known, snapshot))
    return Decision(AnnouncementKind.CHANGED, changes) if changes else None


def _find_or_create(snapshot: EventSnapshot, version: int) -> AnnouncementRow | None:
    """This version's announcement, made if need be; None if there is nothing to tell."""
    told = None
    for row in event_announcements(snapshot.id):
        if row.version >= version and row.state != AnnouncementState.CANCELLED:
            return row
        withdrawn = row.state == AnnouncementState.HELD and announcement_withdraw(row)
        if not withdrawn and is_started(row):
            told = row
            break
    decision = decide(snapshot, told)
    if decision is None:
        return None
    return announcement_create(snapshot=snapshot, version=version, decision=decision)


def _launch(row: AnnouncementRow, version: int) -> bool:
    """Whether the announcement is on its way; False if a later change has overtaken it."""
    if row.state == AnnouncementState.HELD and not _start(row, version):
        return False
    if row.state == AnnouncementState.SENDING:
        _publish(row)
        queue_shards(row.id, shard_names(int(row.shard_count)))
        announcement_queued(row, datetime.now(UTC))
    return True


def _start(row: AnnouncementRow, version: int) -> bool:
    event: EventRow = event_get(row.event_id)
    if event.announce_version != version:
        announcement_withdraw(row)
        return False
    if row.kind == AnnouncementKind.CANCELLED:
        _stop_older(row)
    return announcement_start(row)


def _stop_older(row: AnnouncementRow) -> None:
    """What is still being sent stops where it is: its news is that the event takes place."""
    for older in event_announcements(row.event_id):
        if older.id != row.id and older.state in UNFINISHED:
            announcement_stop(older, reason="event cancelled")


def _publish(row: AnnouncementRow) -> None:
    """Tell programs. They may be told twice, and know a repetition by "announcement_id"."""
    topics: list[str] = row.event["topics"]
    message = {
        "schema": SCHEMA,
        "announcement_id": row.id,
        "kind": row.kind,
        "event": row.event,
        "changes": row.changes,
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
