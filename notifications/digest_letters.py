"""The letters of a digest: one for each language, and in it each reader's own list of events.

A list is the same for all readers of the same topics, language and time zone, and made once for
them. It is a value of the mail, so its size counts fifty times in a call: SES takes up to 262,144
characters of values for each reader (see `inline_template`). With SHOWN_MAX events a list of
ordinary texts is some 12,000, and LIST_CHARS_MAX cuts the longest ones.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import cache, lru_cache
from typing import Any, Final

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import dateformat, translation

from ivent_site.preferences.digest import digest_clock
from ivent_site.preferences.selectors import Preferences, preferences_get
from notifications import mails
from notifications.dates import known_timezone, when
from notifications.digest_events import DigestEvent, first_events
from notifications.mails import Letter
from notifications.phrases import LANGUAGES, Phrases, language_of
from notifications.rendering import Copies, Wording, letter_of, list_headers

# More than anybody reads; the rest is a link away.
SHOWN_MAX: Final = 25
LIST_CHARS_MAX: Final = 24_000
_WORDINGS_KEPT: Final = 512
_LISTS_KEPT: Final = 256


class DigestLetters(Copies):
    """The letters of one digest. Each reader must want at least one of its events."""

    def __init__(
        self,
        *,
        announcement_id: str,
        slot: datetime,
        events: Sequence[DigestEvent],
        preferences: Preferences | None = None,
    ) -> None:
        super().__init__(announcement_id)
        self._slot = slot
        self._events = events
        self._preferences = preferences or preferences_get()
        self._letter = cache(self._render)
        self._wordings = lru_cache(_WORDINGS_KEPT)(self._word)
        self._lists = lru_cache(_LISTS_KEPT)(self._list)

    def wording(self, locale: str, timezone: str, topics: tuple[str, ...] = (), /) -> Wording:
        """The letter in the language, with the events of the topics."""
        return self._wordings(locale, timezone, topics)

    def _word(self, locale: str, timezone: str, topics: tuple[str, ...]) -> Wording:
        language, wanted = language_of(locale), frozenset(topics)
        # Sets of topics are many, the events that they come to are fewer.
        places = tuple(
            place
            for place, event in enumerate(self._events)
            if not wanted or not event.topics or not wanted.isdisjoint(event.topics)
        )
        text, html = self._lists(language, known_timezone(timezone), places)
        return Wording(self._letter(language), {mails.EVENTS: text}, {mails.EVENTS: html})

    def _list(self, language: str, timezone: str, places: tuple[int, ...]) -> tuple[str, str]:
        """The events, as text and as HTML."""
        events = [self._events[place] for place in places]
        shown = SHOWN_MAX
        text, html = self._listed(events, shown, language, timezone)
        while shown > 1 and len(text) + len(html) > LIST_CHARS_MAX:
            shown = shown * 3 // 4
            text, html = self._listed(events, shown, language, timezone)
        return text, html

    def _listed(
        self, events: Sequence[DigestEvent], limit: int, language: str, timezone: str
    ) -> tuple[str, str]:
        words = LANGUAGES[language]
        shown = first_events(events, limit)
        items = [_shown(event, language, timezone) for event in shown]
        context = {
            "t": words,
            "colour": self._preferences.colour,
            "count": _count(events, words),
            "groups": [
                (words.digest_further if is_further else "", group)
                for is_further in (False, True)
                if (group := [item for item in items if item["is_further"] is is_further])
            ],
            "more": words.digest_more.format(count=len(events) - len(shown))
            if len(events) > len(shown)
            else "",
            "all_url": f"{settings.PUBLIC_URL}/",
        }
        with translation.override(language):
            text = render_to_string("notifications/digest_events.txt", context)
            html = render_to_string("notifications/digest_events.html", context)
        return text.strip("\n"), html.strip("\n")

    def _render(self, language: str) -> Letter:
        words, preferences = LANGUAGES[language], self._preferences
        day = digest_clock(preferences, slot=self._slot)
        with translation.override(language):
            subject = words.digest_subject.format(day=dateformat.format(day, words.day_format))
        context = {
            "heading": words.digest_heading,
            "events": mails.mark(mails.EVENTS),
            "all_url": f"{settings.PUBLIC_URL}/",
            "why": words.digest_why.format(organisation=preferences.organisation),
            "leave_url": mails.mark(mails.LEAVE_URL),
            "preferences_url": mails.mark(mails.PREFERENCES_URL),
        }
        return letter_of(
            "digest",
            language,
            subject,
            context,
            context,
            preferences=preferences,
            headers=list_headers(),
        )


def _count(events: Sequence[DigestEvent], words: Phrases) -> str:
    """How many there are, and how many of them are new."""
    new = sum(event.is_new for event in events)
    told = words.digest_event if len(events) == 1 else words.digest_events.format(count=len(events))
    if not new:
        return told
    news = words.digest_new if new == 1 else words.digest_new_events.format(count=new)
    return f"{told}, {news}"


def _shown(event: DigestEvent, language: str, timezone: str) -> dict[str, Any]:
    here, there = when(event, language=language, timezone=timezone)
    return {
        "title": event.title,
        "url": event.page_url,
        "when": here,
        "when_there": there,
        "location": event.location,
        "topics": ", ".join(event.topics.values()),
        "is_new": event.is_new,
        "is_further": event.is_further,
    }
