"""Letters: what an announcement says, per language, and everyone's copy of it."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache, lru_cache
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation

from events.calendar import announcement_method, calendar
from events.markdown import description_html, description_text
from events.snapshot import EventSnapshot
from events.wall_clock import TIME_FIELDS, WallClock, told_times
from ivent_site.preferences.selectors import Preferences, preferences_get
from notifications import mails
from notifications.dates import clock_text, known_timezone, when
from notifications.enums import AnnouncementKind
from notifications.mails import Calendar, Letter, Mail
from notifications.mime import check_headers
from notifications.phrases import LANGUAGES, Phrases, language_of
from subscriptions.links import reader_links
from subscriptions.selectors import Recipient

# Locales times time zones.
_WORDINGS_KEPT = 256
_WHEN_FIELDS = frozenset(TIME_FIELDS)
# What changes of the first schema say of times.
_FORMER = {"starts_at": "starts", "ends_at": "ends"}


@dataclass(frozen=True)
class ShownChange:
    """A change as a reader sees it; `old` is empty where there was nothing to show."""

    label: str
    old: str
    new: str


class Wording(NamedTuple):
    """A letter, and the values in it that readers of one kind share; see Mail for `markup`."""

    letter: Letter
    values: Mapping[str, str]
    markup: Mapping[str, str]


class Copies(ABC):
    """Everyone's copy of the letters of one announcement."""

    def __init__(self, announcement_id: str) -> None:
        self._id = announcement_id
        self._leave_by_mail = f"<mailto:{settings.UNSUBSCRIBE_EMAIL}?subject=unsubscribe>"
        self._domain = mail_domain()

    @abstractmethod
    def wording(self, locale: str, timezone: str, topics: tuple[str, ...] = (), /) -> Wording:
        """What a reader of this language, zone and topics reads; no topics means all."""

    def mail(self, recipient: Recipient, *, tags: dict[str, str]) -> Mail:
        """The recipient's copy."""
        letter, values, markup = self.wording(
            recipient.locale, recipient.timezone, recipient.topics
        )
        leave, preferences, one_click = reader_links(recipient.id)
        return Mail(
            subscriber_id=recipient.id,
            to=recipient.email,
            letter=letter,
            values={
                **values,
                mails.LEAVE_URL: leave,
                mails.PREFERENCES_URL: preferences,
            },
            headers={
                "Message-ID": f"<{self._id}.{recipient.id}@{self._domain}>",
                # Both in the recipient's part, so that no transport puts other headers between
                # them. RFC 8058 wants both in the DKIM signature.
                "List-Unsubscribe": f"<{one_click}>, {self._leave_by_mail}",
                "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            },
            tags=tags,
            markup=markup,
        )


class Letters(Copies):
    """The letters of one announcement, each rendered once.

    Making one raises UnmailableError if the event holds what no mail may carry.
    """

    def __init__(
        self,
        *,
        announcement_id: str,
        kind: str,
        event: dict[str, Any],
        changes: list[Any],
        note: str = "",
        subject: str = "",
        told: dict[str, Any] | None = None,
        preferences: Preferences | None = None,
    ) -> None:
        super().__init__(announcement_id)
        self._preferences = preferences or preferences_get()
        self._note = note
        self._subject = subject
        self._kind = AnnouncementKind(kind)
        self._event = EventSnapshot.from_json(event)
        self._before = {
            _FORMER.get(change["field"], change["field"]): change["old"] for change in changes
        }
        self._told = told_times(told or _told(event, changes))
        method = announcement_method(self._event)
        self._calendar = Calendar(content=calendar(self._event, method=method), method=method)
        self._wordings = lru_cache(_WORDINGS_KEPT)(self._word)
        self._letter = cache(self._render)

    def wording(self, locale: str, timezone: str, _topics: tuple[str, ...] = (), /) -> Wording:
        """The letter in the language, with the times of the zone: the same for all topics."""
        return self._wordings(locale, timezone)

    def _word(self, locale: str, timezone: str) -> Wording:
        language, timezone = language_of(locale), known_timezone(timezone)
        here, there = when(self._event, language=language, timezone=timezone)
        # In one value, so that all readers of a language share a letter and a call.
        t = LANGUAGES[language]
        both = f"{here} ({t.when_local}{t.colon} {there})" if there else here
        times = {mails.WHEN: both}
        if self._is_moved():
            times[mails.WHEN_BEFORE] = when(self._told, language=language, timezone=timezone)[0]
        return Wording(self._letter(language), times, {})

    def _is_moved(self) -> bool:
        return self._kind is AnnouncementKind.CHANGED and bool(_WHEN_FIELDS & self._before.keys())

    def _intro(self, words: Phrases) -> str:
        # Only that of a correction names anything.
        clock = clock_text(self._event.starts_local, words)
        text: str = getattr(words, f"{self._kind}_intro")
        return text.format(time=clock, zone=self._event.timezone.replace("_", " "))

    def _render(self, language: str) -> Letter:
        words = LANGUAGES[language]
        context = {
            "event": self._event,
            "kind": self._kind,
            "heading": getattr(words, f"{self._kind}_heading"),
            "intro": self._intro(words),
            "when": mails.mark(mails.WHEN),
            "changes": self._shown_changes(words),
            "note_label": words.reason if self._kind is AnnouncementKind.CANCELLED else words.note,
            "link": self._event.url or self._event.page_url,
            "leave_url": mails.mark(mails.LEAVE_URL),
            "preferences_url": mails.mark(mails.PREFERENCES_URL),
        }
        subject = getattr(words, f"{self._kind}_subject").format(
            title=self._event.title, subject=self._subject
        )
        # These stand for themselves: the description has been told.
        is_short = self._kind in (AnnouncementKind.MESSAGE, AnnouncementKind.CORRECTED)
        description = "" if is_short else self._event.description
        return letter_of(
            "announcement",
            language,
            subject,
            context
            | {"description": description_html(description), "note": description_html(self._note)},
            context
            | {"description": description_text(description), "note": description_text(self._note)},
            preferences=self._preferences,
            attached=self._calendar,
            headers=list_headers(),
        )

    def _shown_changes(self, words: Phrases) -> list[ShownChange]:
        if self._kind is not AnnouncementKind.CHANGED:
            return []
        old, new = self._before, self._event
        texts = {
            "title": (words.title, old.get("title", ""), new.title),
            "when": (words.when, mails.mark(mails.WHEN_BEFORE), mails.mark(mails.WHEN)),
            "location": (words.where, old.get("location", ""), new.location),
            "url": (words.link, old.get("url", ""), new.url),
            "topics": (words.topics, ", ".join(old.get("topics", ())), ", ".join(new.topics)),
            # Both texts in full would bury the rest.
            "description": (words.description, "", new.description and words.see_below),
        }
        changed = {"when" if each in _WHEN_FIELDS else each for each in old}
        return [
            ShownChange(label, before, now or words.nothing)
            for name, (label, before, now) in texts.items()
            if name in changed
        ]


def list_headers() -> dict[str, str]:
    """Headers of every mail to the readers at large."""
    return {
        "Precedence": "bulk",
        "List-Id": f"<events.{mail_domain()}>",
    }


def letter_of(
    template: str,
    language: str,
    subject: str,
    html_context: dict[str, Any],
    text_context: dict[str, Any],
    *,
    preferences: Preferences,
    attached: Calendar | None = None,
    headers: dict[str, str] | None = None,
) -> Letter:
    """The letter that the template's two parts make, in the site's layout.

    Raises UnmailableError for headers that no mail can carry.
    """
    words = LANGUAGES[language]
    # Titles that were stored before the rules refused these.
    subject = subject.replace("\t", " ").replace("\ufeff", "")
    shared = {
        "t": words,
        "language": language,
        "subject": subject,
        "organisation": preferences.organisation,
        "postal_address": preferences.postal_address,
        "why": words.why.format(organisation=preferences.organisation),
        "logo_url": preferences.logo_url,
        "colour": preferences.colour,
        "footer": preferences.footer,
    }
    with translation.override(language):
        html = render_to_string(f"notifications/{template}.html", shared | html_context)
        text = render_to_string(f"notifications/{template}.txt", shared | text_context)
    all_headers = {
        "Reply-To": preferences.reply_to,
        # RFC 3834: no out-of-office notes in return.
        "Auto-Submitted": "auto-generated",
        **(headers or {}),
    }
    check_headers({"From": preferences.sender_name, "Subject": subject, **all_headers})
    return Letter(
        sender_name=preferences.sender_name,
        language=language,
        subject=subject,
        text=text,
        html=html,
        calendar=attached,
        headers=all_headers,
    )


def _told(event: dict[str, Any], changes: list[Any]) -> dict[str, Any]:
    """The times before, as announcements of the first schema hold them."""
    moments = {name: event[name] for name in ("starts_at", "ends_at", "timezone", "all_day")}
    moments |= {change["field"]: change["old"] for change in changes}
    for name in ("starts_at", "ends_at"):
        if moments[name]:
            # These were in UTC.
            clock = WallClock.of(datetime.fromisoformat(moments[name]), moments["timezone"])
            moments[name] = (clock.as_told() or clock.local).isoformat()
    return moments


def mail_domain() -> str:
    """The domain of List-Id and Message-ID: that of the public site, whoever sends."""
    return urlsplit(settings.PUBLIC_URL).hostname or "localhost"
