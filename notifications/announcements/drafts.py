"""Announcements as they are made, under ids that let a replay make no second one."""

from dataclasses import dataclass
from datetime import UTC, datetime

from django.conf import settings

from events.reminders import Reminder
from events.snapshot import Change, EventSnapshot
from events.wall_clock import EventTimes
from ivent_site.dynamodb.writes import ConflictError, put
from notifications.announcements.reading import announcement_get
from notifications.digest_times import digest_at_of
from notifications.enums import AnnouncementKind, AnnouncementState
from notifications.tables import AnnouncementRow

# Longer than anything but a description may be.
CHANGE_CHARS = 2000


@dataclass(frozen=True, slots=True)
class Decision:
    """What is to be told about an event; `told` is what its readers know of its times."""

    kind: AnnouncementKind
    changes: tuple[Change, ...] = ()
    told: EventTimes | None = None
    note: str = ""
    subject: str = ""


def announcement_id(event_id: str, version: int, kind: AnnouncementKind) -> str:
    """The id of the one announcement of this kind about this version."""
    return f"{event_id}.{version:06}.{kind}"


def reminder_id(event_id: str, reminder: Reminder) -> str:
    """The id of the one reminder of that time on the clock, so many minutes before the event."""
    due = f"{reminder.clock:%Y%m%dT%H%M}-{reminder.minutes}"
    return f"{event_id}.at{due}.{AnnouncementKind.REMINDER}"


def announcement_draft(
    *, snapshot: EventSnapshot, version: int, decision: Decision, id_: str = ""
) -> AnnouncementRow:
    """The announcement, held, and not stored."""
    now = datetime.now(UTC)
    return AnnouncementRow(
        snapshot.id,
        id_ or announcement_id(snapshot.id, version, decision.kind),
        version=version,
        kind=decision.kind.value,
        state=AnnouncementState.HELD.value,
        event=snapshot.to_json(),
        changes=_changes_json(snapshot, decision),
        told=decision.told.as_told().times_json() if decision.told else None,
        note=decision.note,
        subject=decision.subject,
        digest_at=digest_at_of(decision.kind, starts_at=snapshot.starts_at, now=now),
        shard_count=settings.SHARD_COUNT,
        shards={},
        created_at=now,
        updated_at=now,
    )


def announcement_create(
    *, snapshot: EventSnapshot, version: int, decision: Decision, id_: str = ""
) -> AnnouncementRow:
    """The announcement, held; the one that is there already, if it is."""
    row = announcement_draft(snapshot=snapshot, version=version, decision=decision, id_=id_)
    try:
        put(row, condition=AnnouncementRow.id.does_not_exist())
    except ConflictError:
        return announcement_get(row.id) or row
    return row


def _changes_json(snapshot: EventSnapshot, decision: Decision) -> list[dict[str, object]]:
    """Changes as JSON holds them: values in the form of `EventSnapshot.to_json`."""
    new = snapshot.to_json()
    old = decision.told.as_told().times_json() if decision.told else {}
    return [
        {
            "field": change.field,
            "old": _short(old.get(change.field, _plain(change.old))),
            "new": _short(new[change.field]),
        }
        for change in decision.changes
    ]


def _plain(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value


def _short(value: object) -> object:
    """Long texts cut: an item holds 400 KB, and the whole text is in the event."""
    if isinstance(value, str) and len(value) > CHANGE_CHARS:
        return value[: CHANGE_CHARS - 1] + "…"
    return value
