"""The mail that a reader would get, for the staff to look at: nothing is sent or stored."""

from dataclasses import replace
from typing import NamedTuple

from events.enums import EventStatus
from events.snapshot import EventSnapshot
from events.tables import EventRow
from events.wall_clock import told_times
from ivent_site.zones import zone_of
from notifications import mails
from notifications.announce import decide, with_note
from notifications.announcements import (
    Decision,
    event_announcements,
    is_started,
)
from notifications.enums import ASIDE, AnnouncementKind
from notifications.fanout import letters_of
from notifications.mails import Mail
from notifications.tables import AnnouncementRow

# Where the links of a reader's own lead in a preview.
NOWHERE = "#"


class Preview(NamedTuple):
    """A mail as its reader sees it; the HTML is a whole document, safe to be shown in a frame."""

    subject: str
    text: str
    html: str


def upcoming(event: EventRow, *, corrects: bool = False) -> Decision | None:
    """What would be announced now: of a draft, that it is published; None for nothing.

    `corrects`: what a request for the corrected calendar entry would send.
    """
    rows = event_announcements(event.id)
    told = next((row for row in rows if row.kind not in ASIDE and is_started(row)), None)
    decision = decide(_as_published(EventSnapshot.from_row(event)), told, corrects=corrects)
    return decision and with_note(decision, event.notes, told)


def correction_of(row: EventRow) -> Decision | None:
    """What a request for the corrected calendar entry sends, as the row knows what was told; None
    if that is right.

    For many events at once, where nothing is read for each.
    """
    if row.told is None or zone_of(row.timezone) is None:
        return None
    return Decision(AnnouncementKind.CORRECTED, told=told_times(row.told))


def preview_announcement(row: AnnouncementRow, *, language: str, timezone: str = "") -> Preview:
    """The mail of an announcement; UnmailableError if none can be made of it."""
    letter, values, markup = letters_of(row).wording(language, timezone)
    mail = Mail(
        subscriber_id="",
        to="",
        letter=letter,
        values={**values, mails.LEAVE_URL: NOWHERE, mails.PREFERENCES_URL: NOWHERE},
        headers={},
        tags={},
        markup=markup,
    )
    return Preview(subject=letter.subject, text=mail.text, html=mail.html)


def _as_published(snapshot: EventSnapshot) -> EventSnapshot:
    is_draft = snapshot.status is EventStatus.DRAFT
    return replace(snapshot, status=EventStatus.PUBLISHED) if is_draft else snapshot
