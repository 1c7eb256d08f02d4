"""What is to be seen before anything is announced: the mails, whom they reach, what to check."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final

from django.conf import settings

from events.enums import EventStatus
from events.presentation import EventDisplay, field_names
from events.snapshot import EventSnapshot
from events.tables import EventRow
from ivent_site.preferences.selectors import preferences_get
from notifications.announcements import Decision, announcement_draft
from notifications.checks import (
    Check,
    Level,
    account_check,
    address_checks,
    audience_checks,
    event_checks,
)
from notifications.digest_times import digest_at_of, slot_text
from notifications.enums import AnnouncementKind
from notifications.history import recent_announcements
from notifications.mime import UnmailableError
from notifications.phrases import LANGUAGES, language_of
from notifications.preview import Preview, preview_announcement, upcoming
from notifications.quota import quota_text, sending_time
from notifications.reasons import reason_text
from notifications.tables import AnnouncementRow
from notifications.transports.account import Account, AccountUnknownError, account_get
from notifications.when_checks import length_of, length_text
from subscriptions.audience_counts import AudienceCounts, audience_counts
from subscriptions.enums import Frequency

# Of the newest announcements, how many are compared.
COMPARED: Final = 25


@dataclass(frozen=True, slots=True)
class Shown:
    """The mail of one language, and how many read it."""

    language: str
    name: str
    readers: int
    preview: Preview


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What is looked at beside an event, whichever it is."""

    now: datetime
    counts: AudienceCounts
    account: Account | None
    recent: list[AnnouncementRow]


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """Everything the page shows. `topics` are how many get it for each, "" for all topics.

    Beside the `total` who get a mail, `weekly` readers find the event in a later digest.
    """

    event: EventRow
    decision: Decision | None
    mails: list[Shown]
    total: int
    weekly: int
    digest_when: str
    topics: list[tuple[str, int]]
    quota: str
    duration: str
    of_event: list[Check]
    of_site: list[Check]

    @property
    def checks(self) -> list[Check]:
        """All of them."""
        return [*self.of_event, *self.of_site]

    @property
    def display(self) -> EventDisplay:
        """The event as pages show it."""
        return EventDisplay(EventSnapshot.from_row(self.event))

    @property
    def length(self) -> str:
        """How long the event takes, in words."""
        return length_text(length_of(self.display.snapshot))

    @property
    def changed(self) -> str:
        """What is told to have changed, in words."""
        changes = self.decision.changes if self.decision else ()
        return field_names(change.field for change in changes)

    @property
    def faults(self) -> list[Check]:
        """What is wrong with this event's mail."""
        return [check for check in self.of_event if check.level is Level.BAD]

    @property
    def is_bad(self) -> bool:
        """Whether something is wrong that a reader would see."""
        return any(check.level is Level.BAD for check in self.checks)


def surroundings() -> Surroundings:
    """As they are now: two Queries, a BatchGetItem, and one call to SES."""
    return Surroundings(
        now=datetime.now(UTC),
        counts=audience_counts(),
        account=_account(),
        recent=recent_announcements(limit=COMPARED).rows,
    )


def review(event: EventRow) -> Review:
    """The review of what would be announced of the event as it is now, saved or not.

    A fixed number of reads, and one call to SES.
    """
    return review_of(event, upcoming(event), surroundings())


def review_of(event: EventRow, decision: Decision | None, around: Surroundings) -> Review:
    """The review of this announcement of the event; reads nothing."""
    snapshot = EventSnapshot.from_row(event)
    kind = decision.kind if decision else AnnouncementKind.CHANGED
    digest_at = digest_at_of(kind, starts_at=snapshot.starts_at, now=around.now)
    frequency = Frequency.AT_ONCE if digest_at else None
    by_language, topics = _audience(snapshot, around.counts, frequency)
    total = sum(by_language.values())
    everybody = sum(around.counts.of(snapshot.topics).values())
    mails, unmailable = _mails(event, decision, by_language)
    own = language_of(settings.LANGUAGE_CODE)
    return Review(
        event=event,
        decision=decision,
        mails=mails,
        total=total,
        weekly=everybody - total,
        digest_when=slot_text(digest_at) if digest_at else "",
        topics=topics,
        quota=quota_text(around.account) if around.account else "",
        duration=sending_time(around.account, total),
        of_event=[
            *unmailable,
            *event_checks(
                snapshot,
                kind,
                note=decision.note if decision else "",
                previews=[mail.preview for mail in mails],
                recent=around.recent,
                now=around.now,
            ),
            *audience_checks(everybody, by_language, own, name=dict(settings.LANGUAGES)[own]),
        ],
        of_site=site_checks(around.account, total),
    )


def site_checks(account: Account | None, total: int) -> list[Check]:
    """What holds for every event: the address in each mail, and whether SES sends so many."""
    return [
        *address_checks(preferences_get().postal_address),
        account_check(account, total, reason_text(account.stopped) if account else ""),
    ]


def announcement_of(event: EventRow, decision: Decision) -> AnnouncementRow:
    """The announcement that would be made, not stored."""
    snapshot = EventSnapshot.from_row(event)
    if snapshot.status is EventStatus.DRAFT:
        snapshot = replace(snapshot, status=EventStatus.PUBLISHED)
    return announcement_draft(snapshot=snapshot, version=int(event.version), decision=decision)


def _mails(
    event: EventRow, decision: Decision | None, by_language: dict[str, int]
) -> tuple[list[Shown], list[Check]]:
    if decision is None:
        return [], []
    try:
        return mails_of(announcement_of(event, decision), by_language), []
    except UnmailableError as err:
        return [], [Check(Level.BAD, str(err))]


def mails_of(row: AnnouncementRow, by_language: dict[str, int]) -> list[Shown]:
    """The announcement's mails: in each language that people may choose, or read."""
    names = dict(settings.LANGUAGES)
    wanted = {*preferences_get().languages, *by_language}
    return [
        Shown(
            language,
            str(names.get(language, language)),
            by_language.get(language, 0),
            preview_announcement(row, language=language),
        )
        for language in LANGUAGES
        if language in wanted
    ]


def readers_by_language(
    counts: AudienceCounts, topics: Collection[str], frequency: Frequency | None
) -> dict[str, int]:
    """How many want these topics, of one frequency or of all, by the language they read."""
    by_language: dict[str, int] = {}
    for locale, number in counts.of(topics, frequency=frequency).items():
        language = language_of(locale)
        by_language[language] = by_language.get(language, 0) + number
    return by_language


def _audience(
    event: EventSnapshot, counts: AudienceCounts, frequency: Frequency | None
) -> tuple[dict[str, int], list[tuple[str, int]]]:
    """How many get it: by language, and for each of the event's topics."""
    by_language = readers_by_language(counts, event.topics, frequency)
    if not event.topics:
        return by_language, []
    everything = sum(
        number
        for wish, number in counts.numbers.items()
        if not wish.topics and frequency in (None, wish.frequency)
    )
    topics = [
        (topic, sum(counts.of([topic], frequency=frequency).values()) - everything)
        for topic in event.topics
    ]
    return by_language, [*topics, ("", everything)]


def _account() -> Account | None:
    try:
        return account_get()
    except AccountUnknownError:
        return None
