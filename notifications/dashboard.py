"""The admin's first page: what comes, what is under way, how it went, what needs a person.

Six reads, and one more while new rules of time zones have moved events, however many events and
subscribers there are. What other services have to say (SES, the queues) is fetched by the page
afterwards, so that it waits for none of them.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate
from typing import Any, Final

from django.http import HttpRequest
from django.utils.formats import number_format
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from events.presentation import moved_text
from events.selectors import SORTED_MAX, events_moved, upcoming_events
from events.snapshot import EventSnapshot
from events.tables import EventRow
from events.topic_names import topic_name
from ivent_site.counters.daily import daily_counts
from ivent_site.preferences.digest import digest_next
from ivent_site.preferences.selectors import preferences_get
from ivent_site.zone_changes import outdated_zones, released
from ivent_site.zones import display_name, iana_version
from notifications.announcements import folded_shards
from notifications.breaker import BOUNCE_RATE, COMPLAINT_RATE
from notifications.dates import when
from notifications.digest_times import slot_text
from notifications.enums import AnnouncementState, Reason
from notifications.history import recent_announcements
from notifications.phrases import language_of
from notifications.plots import Plot, column_plot, line_plot
from notifications.reasons import reason_text
from notifications.refused import outdated_among, resendable_of
from notifications.tables import AnnouncementRow
from notifications.tally import Sums
from subscriptions.audience_counts import AudienceCounts, audience_counts

DAYS: Final = 30
COMING: Final = 5
RECENT: Final = 25
SHOWN: Final = 6
TOPICS: Final = 8
# Of those that new rules have moved: a BatchGetItem takes so many.
MOVED_MAX: Final = 100
# Where SES reviews an account.
SES_BOUNCE_RATE, SES_COMPLAINT_RATE = 0.05, 0.001
_UNDER_WAY: Final = frozenset(
    {AnnouncementState.HELD, AnnouncementState.SENDING, AnnouncementState.STOPPING}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """A rate of the last days, in percent, against ours and SES's limits."""

    label: str
    percent: float
    pauses_at: float
    reviewed_at: float

    @property
    def filled(self) -> float:
        """How much of the way to SES's limit is gone, in percent."""
        return min(self.percent * 100 / self.reviewed_at, 100)

    @property
    def style(self) -> str:
        """The colour."""
        return "refused" if self.percent >= self.pauses_at else "sent"


def dashboard(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:  # noqa: ARG001 - unfold's signature
    """What the first page shows, beside unfold's own context."""
    now = datetime.now(UTC)
    language = language_of(get_language() or "")
    days = daily_counts(first=now.date() - timedelta(days=DAYS - 1), last=now.date())
    audience = audience_counts()
    upcoming = upcoming_events(now=now, limit=SORTED_MAX).events
    coming = upcoming[:COMING]
    recent = recent_announcements(limit=RECENT).rows
    moved = events_moved(now=now, limit=MOVED_MAX)
    digest = digest_next(preferences_get(), now=now)
    totals = sum(days.values(), start=Counter[str]())
    shown = {
        "title": _("Overview"),
        "coming": [
            (row, when(EventSnapshot.from_row(row), language=language)[0]) for row in coming
        ],
        "under_way": [row for row in recent if row.state in _UNDER_WAY],
        "recent": recent[:SHOWN],
        "moved": [(row, moved_text(row)) for row in moved[:SHOWN]],
        "moved_count": len(moved),
        "moved_more": len(moved) == MOVED_MAX,
        "digest_when": slot_text(digest) if digest else "",
        "outdated_zones": _outdated_zones(upcoming, now.date()),
        "tasks": [task for row in recent if (task := _task(row, recent, now))],
        "subscribers": audience.total,
        "totals": totals,
        "days": DAYS,
        "plots": _plots(days, audience.total),
        "rates": _rates(totals),
        "topics": _top_topics(audience),
        "is_new": not (coming or recent or audience.total),
    }
    return {**context, **shown}


def _outdated_zones(events: Iterable[EventRow], today: date) -> str:
    """What to do about old time zone rules, if an upcoming event may show a wrong hour by them."""
    zones = outdated_zones((row.timezone for row in events), today=today)
    if not zones:
        return ""
    told = _(
        "The time zone rules (%(release)s) are %(days)s days old, and upcoming events lie where "
        "they changed lately: %(zones)s. These events may be shown an hour off. Ask whoever "
        "deploys Ivent to run “make update-zones” and to deploy."
    )
    return told % {
        "release": iana_version(),
        "days": number_format((today - released()).days),
        "zones": ", ".join(map(display_name, zones)),
    }


def _task(
    row: AnnouncementRow, recent: Iterable[AnnouncementRow], now: datetime
) -> tuple[AnnouncementRow, str] | None:
    """What the announcement waits for a person for; `recent` holds whatever is newer."""
    parked = sum((Sums.from_map(each) for each in folded_shards(row).values()), start=Sums()).parked
    waits = row.state == AnnouncementState.PAUSED or row.reason == Reason.OLD
    if waits and row.state != AnnouncementState.CANCELLED:
        return row, reason_text(row.reason)
    if parked and row.state != AnnouncementState.CANCELLED:
        return row, _("Mails are in doubt: resend them, or leave them.")
    refused = resendable_of(row)
    if refused and not outdated_among(row, recent, now=now):
        text = ngettext(
            "SES refused %(number)s mail. Once the cause is removed, resend it.",
            "SES refused %(number)s mails. Once the cause is removed, resend them.",
            refused,
        )
        return row, text % {"number": number_format(refused)}
    return None


def _plots(days: Mapping[date, Counter[str]], total: int) -> list[Plot]:
    sends = [(day, counts["sent"]) for day, counts in days.items()]
    return [
        line_plot(
            "subscribers",
            _totals(days, total),
            title=_("Subscribers"),
            description=_("Confirmed subscribers at the end of each of the last days."),
        ),
        column_plot(
            "sends",
            sends,
            title=_("Mails sent per day"),
            description=_("Mails that SES accepted on each of the last days."),
        ),
    ]


def _totals(days: Mapping[date, Counter[str]], total: int) -> list[tuple[date, int]]:
    """How many there were at the end of each day: from now backwards."""
    gains = [
        counts["confirmed"] - counts["left"] - counts["suppressed"] for counts in days.values()
    ]
    after = [*accumulate(reversed(gains[1:]), initial=0)]
    return [(day, max(total - gain, 0)) for day, gain in zip(days, reversed(after), strict=True)]


def _rates(totals: Counter[str]) -> list[Rate]:
    sent = totals["sent"]
    if not sent:
        return []
    kinds = (
        (_("bounced"), totals["bounced"], BOUNCE_RATE, SES_BOUNCE_RATE),
        (_("complained"), totals["complained"], COMPLAINT_RATE, SES_COMPLAINT_RATE),
    )
    return [
        Rate(
            label=label,
            percent=n * 100 / sent,
            pauses_at=round(ours * 100, 2),
            reviewed_at=round(ses * 100, 2),
        )
        for label, n, ours, ses in kinds
    ]


def _top_topics(audience: AudienceCounts) -> list[tuple[str, int]]:
    """The topics that most subscribers chose; last, those who get everything."""
    chosen, all_ = Counter[str](), 0
    for wish, number in audience.numbers.items():
        if wish.topics:
            chosen.update(dict.fromkeys(wish.topics, number))
        else:
            all_ += number
    most = chosen.most_common(TOPICS)
    top = [(topic_name(topic), number) for topic, number in most if number > 0]
    return [*top, (_("every topic"), all_)] if all_ else top
