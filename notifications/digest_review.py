"""What the next digest will be, as far as one can tell now: when, to whom, and what they read."""

from dataclasses import dataclass
from datetime import UTC, datetime

from ivent_site.preferences.digest import digest_next
from ivent_site.preferences.selectors import preferences_get
from notifications.digest import digest_coming, digest_draft
from notifications.digest_events import topics_of
from notifications.review import Shown, mails_of, readers_by_language
from notifications.tables import AnnouncementRow
from subscriptions.audience_counts import audience_counts
from subscriptions.enums import Frequency


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestReview:
    """`total` readers get it, out of `weekly` who asked for it; `row` is not stored."""

    slot: datetime
    row: AnnouncementRow
    mails: list[Shown]
    total: int
    weekly: int
    is_whole: bool


def digest_review() -> DigestReview | None:
    """The next digest; None if none will be sent. Five Queries, however much is coming."""
    now, preferences = datetime.now(UTC), preferences_get()
    slot = digest_next(preferences, now=now)
    if slot is None:
        return None
    coming = digest_coming(preferences, slot=slot, now=now)
    row = digest_draft(coming, slot=slot)
    counts = audience_counts()
    readers: dict[str, int] = {}
    if coming.events:
        readers = readers_by_language(counts, topics_of(coming.events), Frequency.WEEKLY)
    return DigestReview(
        slot=slot,
        row=row,
        mails=mails_of(row, readers) if coming.events else [],
        total=sum(readers.values()),
        weekly=sum(counts.of((), frequency=Frequency.WEEKLY).values()),
        is_whole=coming.is_whole,
    )
