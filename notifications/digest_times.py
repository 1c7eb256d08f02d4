"""Whether readers of the weekly digest hear of an event there, and when.

So that every event reaches every reader: what begins before the next digest, or soon after it,
is told to all of them at once, and so is everything while there is no digest.
"""

from datetime import datetime, timedelta
from typing import Final

from django.utils.translation import get_language

from ivent_site.preferences.digest import digest_due, digest_telling
from ivent_site.preferences.selectors import Preferences, preferences_get
from notifications.dates import moment_text
from notifications.enums import AnnouncementKind
from notifications.phrases import language_of

# Who reads the digest in the evening should still be able to come.
SOON: Final = timedelta(hours=12)
_LEFT_TO_DIGEST: Final = frozenset({AnnouncementKind.PUBLISHED, AnnouncementKind.REMINDER})


def digest_at_of(
    kind: str,
    *,
    starts_at: datetime,
    now: datetime,
    preferences: Preferences | None = None,
) -> datetime | None:
    """When readers of the digest find the event there, and get no mail of this kind of their own.

    None: they get the mail. Of a reminder it may be the last digest, which had the event.
    """
    if kind not in _LEFT_TO_DIGEST:
        return None
    preferences = preferences or preferences_get()
    following = digest_telling(preferences, now=now)
    if following is None:
        return None
    if kind == AnnouncementKind.REMINDER and (last := digest_due(preferences, now=now)):
        return last
    return following if starts_at > following + SOON else None


def slot_text(slot: datetime) -> str:
    """The slot in the staff's language, by the clock that it was chosen by."""
    language = language_of(get_language() or "")
    return moment_text(slot, language=language, timezone=preferences_get().default_timezone)
