"""The weekly digest: one announcement for each slot, made of what is coming when it is due.

It is sent as any other announcement is, to readers who asked for one mail a week. Programs are
not told of it, for they have heard of each event.
"""

import json
import logging
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from operator import attrgetter
from typing import Final

from django.conf import settings

from events.enums import EventStatus
from events.selectors import events_page_by_end, topics_all
from events.snapshot import EventSnapshot
from events.tables import EventRow
from ivent_site.dynamodb.rows import sort_key
from ivent_site.preferences.digest import WEEK, digest_clock
from ivent_site.preferences.selectors import Preferences, preferences_get
from notifications.announcements import announcement_get, event_announcements, is_started
from notifications.digest_events import DigestEvent, first_events, topics_of
from notifications.enums import AnnouncementKind, AnnouncementState, Reason
from notifications.tables import ANNOUNCEMENTS_PARTITION, DIGESTS, AnnouncementRow

logger = logging.getLogger(__name__)

# Of the events that are not over, how many are looked at: one Query, of a few megabytes at most.
EXAMINED: Final = 400
# How many a digest holds, and at most how long they are together: an item has 400 KB.
HELD_MAX: Final = 200
HELD_CHARS_MAX: Final = 200_000
# Since the last digest, how many announcements' keys are read to see what is new.
ANNOUNCEMENTS_MAX: Final = 5000
# What was announced, but not yet on its way, when the last digest was made is not in it.
OVERLAP: Final = timedelta(days=1)
DIGESTS_LOOKED_AT: Final = 5
# A cancellation may still be undone, and then nobody is told of it.
_STATUSES: Final = (EventStatus.PUBLISHED, EventStatus.CANCELLED)
_PUBLISHED: Final = f".{AnnouncementKind.PUBLISHED}"


@dataclass(frozen=True, slots=True)
class Coming:
    """What a digest lists; `is_whole` unless more is coming than one can hold. `follows` is the
    slot of the last one that went out.
    """

    events: list[DigestEvent]
    is_whole: bool
    follows: datetime | None


def digest_id(slot: datetime) -> str:
    """The id of the one digest of this slot, by the clock; in the order of the slots."""
    clock = digest_clock(preferences_get(), slot=slot)
    return f"{DIGESTS}.{clock:%Y%m%dT%H%M}.{AnnouncementKind.DIGEST}"


def digest_get(slot: datetime) -> AnnouncementRow | None:
    """The slot's digest; None if it has not been made."""
    return announcement_get(digest_id(slot))


def digest_coming(preferences: Preferences, *, slot: datetime, now: datetime) -> Coming:
    """What the slot's digest lists if it is made now, or, of a later one, if nothing changes.

    Four Queries, however many events there are.
    """
    begins = max(slot, now)
    statuses = _STATUSES if slot <= now else _STATUSES[:1]
    page = events_page_by_end(
        statuses=statuses, limit=EXAMINED, examined_max=EXAMINED, ends_after=begins
    )
    last = _last_digest(slot)
    new = _new_events(preferences, slot=slot, last=last)
    ends = slot + preferences.digest_weeks * WEEK
    names = {topic.slug: topic.name for topic in topics_all()} if page.events else {}
    found = [
        DigestEvent.of(
            event, names=names, is_new=event.id in new, is_further=event.starts_at > ends
        )
        for row in sorted(page.events, key=attrgetter("start_key"))
        if (event := _as_known(row)) and (event.id in new or event.starts_at <= ends)
    ]
    events = first_events(found, HELD_MAX)
    while len(json.dumps([event.to_json() for event in events])) > HELD_CHARS_MAX:
        events = first_events(found, len(events) * 3 // 4)
    is_whole = page.next_key is None and len(events) == len(found)
    return Coming(events, is_whole, last.digest_at if last else None)


def digest_draft(coming: Coming, *, slot: datetime) -> AnnouncementRow:
    """The slot's digest, held, and not stored."""
    now, events = datetime.now(UTC), coming.events
    return AnnouncementRow(
        DIGESTS,
        digest_id(slot),
        version=0,
        kind=AnnouncementKind.DIGEST.value,
        state=AnnouncementState.HELD.value,
        event={"topics": topics_of(events)},
        events=[event.to_json() for event in events],
        digest_at=slot,
        digest_follows=coming.follows,
        shard_count=settings.SHARD_COUNT,
        shards={},
        created_at=now,
        updated_at=now,
    )


def older_digests(slot: datetime) -> list[AnnouncementRow]:
    """The last few digests before the slot's, the newest first."""
    rows = event_announcements(DIGESTS, limit=DIGESTS_LOOKED_AT)
    return [row for row in rows if row.id < digest_id(slot)]


def _last_digest(slot: datetime) -> AnnouncementRow | None:
    """The last one before the slot's that went out, or would have, had anything been coming."""
    older = older_digests(slot)
    return next((row for row in older if is_started(row) or row.reason == Reason.EMPTY), None)


def _new_events(
    preferences: Preferences, *, slot: datetime, last: AnnouncementRow | None
) -> frozenset[str]:
    """The ids of what was announced since the last digest, and is not in it."""
    earliest = min(slot, preferences.digest_since or slot) - 2 * WEEK
    if last is None:
        return _announced_since(earliest)
    told = {each["id"] for each in last.events}
    return _announced_since(max(last.created_at - OVERLAP, earliest)) - told


def _announced_since(moment: datetime) -> frozenset[str]:
    keys = AnnouncementRow.by_age.query(
        ANNOUNCEMENTS_PARTITION,
        AnnouncementRow.created_key > sort_key(moment),
        limit=ANNOUNCEMENTS_MAX,
        scan_index_forward=False,
    )
    return frozenset(key.event_id for key in keys if key.id.endswith(_PUBLISHED))


def _as_known(row: EventRow) -> EventSnapshot | None:
    """The event as it is while what may still be undone counts for nothing; None if it is not
    published then: what is published for good later is in the next digest.
    """
    is_sure = row.undo is None
    event = EventSnapshot.from_row(row) if is_sure else EventSnapshot.from_json(row.undo["event"])
    return event if event.status == EventStatus.PUBLISHED else None
