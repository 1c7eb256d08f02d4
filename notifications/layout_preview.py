"""A mail in the layout that an admin is about to set."""

from datetime import UTC, datetime, timedelta

from django.utils.translation import gettext

from events.enums import EventStatus
from events.snapshot import EventSnapshot
from events.wall_clock import WallClock
from ivent_site.preferences.selectors import Preferences
from notifications import mails
from notifications.enums import AnnouncementKind
from notifications.mails import Mail
from notifications.preview import NOWHERE, Preview
from notifications.rendering import Letters

_NO_EVENT = "00000000-0000-7000-8000-000000000000"


def layout_preview(preferences: Preferences, *, language: str) -> Preview:
    """The mail about an event that is made up; UnmailableError if it cannot be made."""
    starts_at = (datetime.now(UTC) + timedelta(days=14)).replace(minute=0, second=0, microsecond=0)
    zone = preferences.default_timezone
    event = EventSnapshot(
        id=_NO_EVENT,
        version=1,
        status=EventStatus.PUBLISHED,
        title=gettext("Summer fair"),
        description=gettext("Music, food and **good company**."),
        starts=WallClock.of(starts_at, zone),
        ends=WallClock.of(starts_at + timedelta(hours=3), zone),
        timezone=zone,
        all_day=False,
        location=gettext("Market square"),
        url="",
        topics=(),
        updated_at=starts_at,
    )
    letters = Letters(
        announcement_id="preview",
        kind=AnnouncementKind.PUBLISHED,
        event=event.to_json(),
        changes=[],
        preferences=preferences,
    )
    letter, times, _markup = letters.wording(language, "")
    values = {**times, mails.LEAVE_URL: NOWHERE, mails.PREFERENCES_URL: NOWHERE}
    mail = Mail(subscriber_id="", to="", letter=letter, values=values, headers={}, tags={})
    return Preview(subject=letter.subject, text=mail.text, html=mail.html)
