"""What is to be seen before anything is announced: the mails, whom they reach, what to check."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final

from django.conf import settings

from events.enums import EventStatus
from events.snapshot import EventSnapshot
from events.tables import EventRow
from ivent_site.preferences.selectors import preferences_get
from notifications.announcements import Decision, announcement_draft
from notifications.checks import (
    Check,
    Level,
    account_check,
    audience_checks,
    content_checks,
    date_check,
    duplicate_checks,
    link_checks,
)
from notifications.history import recent_announcements
from notifications.mime import UnmailableError
from notifications.phrases import LANGUAGES, language_of
from notifications.preview import Preview, preview_announcement, upcoming
from notifications.quota import duration_text, quota_text
from notifications.reasons import reason_text
from notifications.tables import AnnouncementRow
from notifications.transports.account import Account, AccountUnknownError, account_get
from subscriptions.audience_counts import audience_counts

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
class Review:
    """Everything the page shows. `topics` are how many get it for each, "" for all topics."""

    event: EventRow
    decision: Decision | None
    mails: list[Shown]
    total: int
    topics: list[tuple[str, int]]
    quota: str
    duration: str
    checks: list[Check]

    @property
    def is_bad(self) -> bool:
        """Whether something is wrong that a reader would see."""
        return any(check.level is Level.BAD for check in self.checks)


def review(event: EventRow) -> Review:
    """The review of what would be announced of the event as it is now, saved or not.

    A fixed number of reads, and one call to SES.
    """
    now = datetime.now(UTC)
    decision = upcoming(event)
    snapshot = EventSnapshot.from_row(event)
    by_language, topics = _audience(snapshot)
    total = sum(by_language.values())
    account = _account()
    own = language_of(settings.LANGUAGE_CODE)
    mails, unmailable = _mails(event, decision, by_language)
    checks = [
        *unmailable,
        date_check(snapshot, now=now),
        *content_checks(
            snapshot,
            (mail.preview for mail in mails),
            postal_address=preferences_get().postal_address,
        ),
        *link_checks(snapshot),
        *audience_checks(total, by_language, own, name=dict(settings.LANGUAGES)[own]),
        account_check(account, total, reason_text(account.stopped) if account else ""),
        *duplicate_checks(snapshot, recent_announcements(limit=COMPARED).rows),
    ]
    return Review(
        event=event,
        decision=decision,
        mails=mails,
        total=total,
        topics=topics,
        quota=quota_text(account) if account else "",
        duration=duration_text(total / account.rate) if account and account.rate else "",
        checks=checks,
    )


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
    row = announcement_of(event, decision)
    names = dict(settings.LANGUAGES)
    wanted = {*preferences_get().languages, *by_language}
    try:
        return [
            Shown(
                language,
                str(names.get(language, language)),
                by_language.get(language, 0),
                preview_announcement(row, language=language),
            )
            for language in LANGUAGES
            if language in wanted
        ], []
    except UnmailableError as err:
        return [], [Check(Level.BAD, str(err))]


def _audience(event: EventSnapshot) -> tuple[dict[str, int], list[tuple[str, int]]]:
    """How many get it: by language, and for each of the event's topics."""
    counts = audience_counts()
    by_language: dict[str, int] = {}
    for locale, number in counts.of(event.topics).items():
        language = language_of(locale)
        by_language[language] = by_language.get(language, 0) + number
    everything = sum(number for wish, number in counts.numbers.items() if not wish.topics)
    if not event.topics:
        return by_language, []
    topics = [(topic, sum(counts.of([topic]).values()) - everything) for topic in event.topics]
    return by_language, [*topics, ("", everything)]


def _account() -> Account | None:
    try:
        return account_get()
    except AccountUnknownError:
        return None
