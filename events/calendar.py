"""An event as an iCalendar object (RFC 5545, RFC 5546).

Which METHOD is right: announcements go to a list, not to invited attendees. RFC 5546 keeps
REQUEST for invitations that name their attendees and want a reply (section 3.2.2); PUBLISH
"has no associated response", must have an ORGANIZER and must not have ATTENDEEs (3.2.1), and
a published event is changed by another PUBLISH (4.1.2) and withdrawn by CANCEL (4.1.3), each
with the same UID and a higher SEQUENCE. So: PUBLISH for new and changed, CANCEL for cancelled.
REQUEST is for a transport that adds the reader as the attendee.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.conf import settings
from icalendar import Calendar, Event, Timezone, vCalAddress, vText

from events.enums import EventStatus
from events.markdown import description_text
from events.snapshot import EventSnapshot
from events.times import readings
from events.validators import without_unsafe
from events.vtimezone import vtimezone
from events.wall_clock import WallClock
from ivent_site.preferences.selectors import preferences_get
from ivent_site.zone_rules import zone_of

Method = Literal["PUBLISH", "REQUEST", "CANCEL"]

_UTC_NAMES = frozenset(
    ("UTC", "Etc/UTC", "Etc/UCT", "UCT", "Zulu", "Etc/Zulu", "Universal", "Etc/Universal")
)


def calendar(snapshot: EventSnapshot, *, method: Method) -> bytes:
    """The .ics of one event, the same bytes for the same version."""
    return _calendar([snapshot], method=method)


def calendar_feed(snapshots: Iterable[EventSnapshot]) -> bytes:
    """The .ics of many events, for programs that subscribe to it."""
    return _calendar(list(snapshots), method="PUBLISH")


def announcement_method(snapshot: EventSnapshot) -> Method:
    """The METHOD that tells a list about the event as it stands."""
    return "CANCEL" if snapshot.status == EventStatus.CANCELLED else "PUBLISH"


def calendar_uid(event_id: str) -> str:
    """The UID that every .ics of the event carries."""
    return f"{event_id}@{urlsplit(settings.PUBLIC_URL).hostname}"


def _calendar(snapshots: list[EventSnapshot], *, method: Method) -> bytes:
    result = Calendar()
    result.add("prodid", "-//Ivent//Ivent 1.0//EN")
    result.add("version", "2.0")
    result.add("calscale", "GREGORIAN")
    result.add("method", method)
    result.add("x-wr-calname", _line(preferences_get().organisation))
    for zone in _zones(snapshots):
        result.add_component(zone)
    for snapshot in snapshots:
        result.add_component(_event(snapshot))
    return bytes(result.to_ical())


def _event(snapshot: EventSnapshot) -> Event:
    event = Event()
    event.add("uid", calendar_uid(snapshot.id))
    event.add("sequence", snapshot.version)
    # The version's own moment, not now: whoever builds it again gets the same bytes.
    event.add("dtstamp", snapshot.updated_at.astimezone(UTC))
    event.add("last-modified", snapshot.updated_at.astimezone(UTC))
    event.add("dtstart", _when(snapshot, snapshot.starts))
    if snapshot.ends:
        event.add("dtend", _when(snapshot, snapshot.ends))
    cancelled = snapshot.status == EventStatus.CANCELLED
    event.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    event.add("summary", _line(snapshot.title))
    if text := description_text(snapshot.description):
        event.add("description", text)
    if snapshot.location:
        event.add("location", _line(snapshot.location))
    event.add("url", _line(snapshot.url or snapshot.page_url))
    if snapshot.topics:
        event.add("categories", [_line(topic) for topic in snapshot.topics])
    event.add("organizer", _organizer())
    return event


def _when(snapshot: EventSnapshot, clock: WallClock) -> date | datetime:
    if snapshot.all_day:
        return clock.day
    if len(readings(clock.local, snapshot.timezone)) != 1:
        # A local time could not say which of two it is.
        return clock.instant(snapshot.timezone).astimezone(UTC)
    return clock.instant(snapshot.timezone).astimezone(_zone(snapshot) or UTC)


def _zone(snapshot: EventSnapshot) -> ZoneInfo | None:
    """The zone that the file names; None where UTC does, as for one that the rules do not know."""
    return None if snapshot.timezone in _UTC_NAMES else zone_of(snapshot.timezone)


def _organizer() -> vCalAddress:
    organizer = vCalAddress(f"mailto:{settings.SENDER_EMAIL}")
    organizer.params["CN"] = vText(_line(preferences_get().organisation))
    return organizer


def _zones(snapshots: list[EventSnapshot]) -> list[Timezone]:
    years: dict[str, list[int]] = {}
    for each in snapshots:
        if not each.all_day and _zone(each) is not None:
            ends_at = each.ends_at or each.starts_at
            years.setdefault(each.timezone, []).extend((each.starts_at.year, ends_at.year))
    return [vtimezone(name, min(found), max(found)) for name, found in sorted(years.items())]


def _line(text: str) -> str:
    return " ".join(without_unsafe(text).split())
