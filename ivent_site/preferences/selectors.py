"""Reading the preferences: from memory, at most half a minute old."""

import time
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.conf import settings

from ivent_site.dynamodb.writes import get
from ivent_site.preferences.tables import SITE, PreferencesRow

KEPT_S: Final = 30
DEFAULT_COLOUR: Final = "#2f54eb"
DIGEST_HOUR: Final = 9
DIGEST_WEEKS: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Preferences:
    """What admins have set; `version` 0 as long as they have set nothing.

    `reminders` are minutes before the start. `colour` is "#rrggbb", dark enough for white text.
    `digest_weekday` is 0 for Monday, None for no digest; when it goes out `digest.py` tells.
    """

    organisation: str
    postal_address: str
    sender_name: str
    reply_to: str
    default_timezone: str
    languages: tuple[str, ...]
    undo_window_s: int
    reminders: tuple[int, ...]
    logo_url: str
    colour: str
    footer: str
    digest_weekday: int | None
    digest_hour: int
    digest_weeks: int
    digest_since: datetime | None
    digest_last: str | None
    digest_promised: str | None
    version: int


@dataclass(slots=True)
class _Memory:
    row: PreferencesRow | None = None
    until: float = 0.0


_memory = _Memory()


def preferences_get() -> Preferences:
    """The preferences, at most KEPT_S old; the settings' values where there are none."""
    if time.monotonic() >= _memory.until:
        preferences_remember(get(PreferencesRow, SITE))
    return _preferences(_memory.row) if _memory.row else preferences_defaults()


def preferences_now() -> Preferences:
    """The preferences as they are right now, for whoever changes them."""
    row = get(PreferencesRow, SITE)
    return _preferences(row) if row else preferences_defaults()


def preferences_remember(row: PreferencesRow | None) -> None:
    """Let this process take the row for what holds, for KEPT_S."""
    _memory.row, _memory.until = row, time.monotonic() + KEPT_S


def preferences_defaults() -> Preferences:
    """What the settings say."""
    return Preferences(
        organisation=settings.ORGANISATION,
        postal_address=settings.POSTAL_ADDRESS,
        sender_name=settings.ORGANISATION,
        reply_to=settings.REPLY_TO_EMAIL,
        default_timezone=settings.DEFAULT_TIMEZONE,
        languages=tuple(code for code, _ in settings.LANGUAGES),
        undo_window_s=settings.UNDO_WINDOW_S,
        reminders=(),
        logo_url="",
        colour=DEFAULT_COLOUR,
        footer="",
        digest_weekday=None,
        digest_hour=DIGEST_HOUR,
        digest_weeks=DIGEST_WEEKS,
        digest_since=None,
        digest_last=None,
        digest_promised=None,
        version=0,
    )


def _preferences(row: PreferencesRow) -> Preferences:
    return Preferences(
        organisation=row.organisation,
        postal_address=row.postal_address,
        sender_name=row.sender_name,
        reply_to=row.reply_to,
        default_timezone=row.default_timezone,
        languages=tuple(row.languages),
        undo_window_s=int(row.undo_window_s),
        reminders=tuple(int(minutes) for minutes in row.reminders),
        logo_url=row.logo_url,
        colour=row.colour,
        footer=row.footer,
        digest_weekday=None if row.digest_weekday is None else int(row.digest_weekday),
        digest_hour=DIGEST_HOUR if row.digest_hour is None else int(row.digest_hour),
        digest_weeks=DIGEST_WEEKS if row.digest_weeks is None else int(row.digest_weeks),
        digest_since=row.digest_since,
        digest_last=row.digest_last,
        digest_promised=row.digest_promised,
        version=int(row.version),
    )
