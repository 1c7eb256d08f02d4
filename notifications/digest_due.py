"""The digest that is due, made and set off: once a minute by the sweep.

A slot makes one digest, for its id is made of it. One that was missed is made up for until the
next slot: within a day by itself; later, as after an outage or of a table restored from a backup,
it waits for a person, since nobody knows who has read it. Where nothing is coming, an empty one
is noted, so that what is published later waits for the next slot, as was promised.
"""

import logging
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from ivent_site.dynamodb.writes import ConflictError, put
from ivent_site.preferences.digest import digest_due
from ivent_site.preferences.selectors import Preferences, preferences_get
from notifications.announce import launch
from notifications.announcements import announcement_empty, announcement_withdraw
from notifications.digest import digest_coming, digest_draft, digest_get, older_digests
from notifications.digest_events import still_coming
from notifications.enums import AnnouncementState, Reason
from notifications.tables import AnnouncementRow

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class _Memory:
    """The last slot that this process has seen dealt with, so that it asks but once."""

    slot: datetime | None = None


_memory: Final = _Memory()


def digest_make(*, now: datetime) -> None:
    """See to the digest that is due, if one is. Safe to repeat, and to run twice at once."""
    preferences = preferences_get()
    slot = digest_due(preferences, now=now)
    if slot is None or slot == _memory.slot:
        return
    row = digest_get(slot) or _create(preferences, slot=slot, now=now)
    if row.state == AnnouncementState.HELD and row.reason != Reason.OLD:
        _set_going(row, slot=slot, now=now)
    digest_remember(slot)


def digest_remember(slot: datetime | None) -> None:
    """This process has seen the slot dealt with; None: none, as of a new process."""
    _memory.slot = slot


def _create(preferences: Preferences, *, slot: datetime, now: datetime) -> AnnouncementRow:
    coming = digest_coming(preferences, slot=slot, now=now)
    if not coming.is_whole:
        logger.warning("More events are coming than a digest can list.")
    row = digest_draft(coming, slot=slot)
    try:
        put(row, condition=AnnouncementRow.id.does_not_exist())
    except ConflictError:
        return digest_get(slot) or row
    return row


def _set_going(row: AnnouncementRow, *, slot: datetime, now: datetime) -> None:
    if not still_coming(row.events, now=now):
        announcement_empty(row)
        return
    for older in older_digests(slot):
        # It was waiting for a person, who now would send the news of last week.
        if older.state == AnnouncementState.HELD:
            announcement_withdraw(older)
    launch(row, since=slot, is_wanted=lambda: True)
