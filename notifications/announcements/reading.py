"""Announcements as they are now."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from ivent_site.dynamodb.keys import RANGE_BYTES
from notifications.enums import AnnouncementState
from notifications.tables import AnnouncementRow

_EVENT_ID_CHARS = 36
UNFINISHED = frozenset(
    {AnnouncementState.SENDING, AnnouncementState.PAUSED, AnnouncementState.STOPPING}
)


def shard_names(count: int) -> list[str]:
    """The shards of an announcement: "00" to "0f" for sixteen."""
    return [f"{number:02x}" for number in range(count)]


def announcement_get(id_: str) -> AnnouncementRow | None:
    """The announcement as it is now; None if there is none."""
    if len(id_.encode()) > RANGE_BYTES:
        return None
    try:
        return AnnouncementRow.get(id_[:_EVENT_ID_CHARS], id_, consistent_read=True)
    except AnnouncementRow.DoesNotExist:
        return None


def event_announcements(event_id: str, *, limit: int | None = None) -> Iterable[AnnouncementRow]:
    """The announcements of an event, the newest first: one consistent Query, read lazily."""
    return AnnouncementRow.query(
        event_id, scan_index_forward=False, consistent_read=True, limit=limit, page_size=limit or 10
    )


def announcements_with_ids(ids: Iterable[str]) -> list[AnnouncementRow]:
    """Those that there are, in any order: one BatchGetItem for each hundred."""
    keys = [(id_[:_EVENT_ID_CHARS], id_) for id_ in ids]
    return list(AnnouncementRow.batch_get(keys)) if keys else []


def announcements_in(state: AnnouncementState, *, limit: int) -> list[AnnouncementRow]:
    """The oldest announcements in a state."""
    return list(AnnouncementRow.by_state.query(state.value, limit=limit))


def is_started(row: AnnouncementRow) -> bool:
    """Whether somebody may have been told: PynamoDB's types know no null."""
    started_at: datetime | None = row.started_at
    return started_at is not None


def folded_shards(row: AnnouncementRow) -> dict[str, dict[str, Any]]:
    """The sums of every shard that has ended."""
    shards: dict[str, dict[str, Any]] = row.shards.as_dict()
    return shards
