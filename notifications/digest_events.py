"""The events of a digest, as they were when it was made: short, for a row holds up to 200."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Self

from django.conf import settings

from events.snapshot import EventSnapshot
from events.wall_clock import EventTimes, times_from_json


@dataclass(frozen=True, kw_only=True)
class DigestEvent(EventTimes):
    """An event that is coming. `topics` are names by slug; `is_further`: beyond the weeks that
    are listed each time, and so listed once, when it is new.
    """

    id: str
    title: str
    location: str
    topics: Mapping[str, str]
    is_new: bool
    is_further: bool

    @property
    def page_url(self) -> str:
        """The event's public page."""
        return f"{settings.PUBLIC_URL}/e/{self.id}"

    @classmethod
    def of(
        cls,
        event: EventSnapshot,
        *,
        names: Mapping[str, str],
        is_new: bool,
        is_further: bool,
    ) -> Self:
        """The event, short; `names` are those of all topics."""
        return cls(
            id=event.id,
            title=event.title,
            starts=event.starts,
            ends=event.ends,
            timezone=event.timezone,
            all_day=event.all_day,
            location=event.location,
            topics={slug: names.get(slug, slug) for slug in event.topics},
            is_new=is_new,
            is_further=is_further,
        )

    def to_json(self) -> dict[str, Any]:
        """Plain values; `from_json` reads them back."""
        own = {name: getattr(self, name) for name in _OWN_FIELDS}
        return {**own, **self.times_json(), "topics": dict(self.topics)}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Self:
        """The event that `to_json` gave."""
        return cls(**{name: value[name] for name in _OWN_FIELDS}, **times_from_json(value))


_OWN_FIELDS: Final = ("id", "title", "location", "topics", "is_new", "is_further")


def first_events(events: Sequence[DigestEvent], limit: int) -> list[DigestEvent]:
    """So many of the events, in their order: new ones stay, for they are told only here."""
    if len(events) <= limit:
        return [*events]
    ranked = sorted(range(len(events)), key=lambda place: (not events[place].is_new, place))
    return [events[place] for place in sorted(ranked[:limit])]


def still_coming(values: Sequence[Mapping[str, Any]], *, now: datetime) -> list[DigestEvent]:
    """Those of a digest's events that are not over yet."""
    events = map(DigestEvent.from_json, values)
    return [event for event in events if (event.ends_at or event.starts_at) > now]


def topics_of(events: Sequence[DigestEvent]) -> list[str]:
    """The topics of all of them; none if one of the events is for everybody."""
    if any(not event.topics for event in events):
        return []
    return sorted({slug for event in events for slug in event.topics})
