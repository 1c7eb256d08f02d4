"""An event as an iCalendar object (RFC 5545, RFC 5546).

Which METHOD is right: announcements go to a list, not to invited attendees. RFC 5546 keeps
REQUEST for invitations that name their attendees and want a reply (section 3.2.2); PUBLISH
"has no associated response", must have an ORGANIZER and must not have ATTENDEEs (3.2.1), and
a published event is changed by another PUBLISH (4.1.2) and withdrawn by CANCEL (4.1.3), each
with the same UID and a higher SEQUENCE. So: PUBLISH for new and changed, CANCEL for cancelled.
REQUEST is for a transport that adds the reader as the attendee.

Which form the times have, zone or UTC, is decided by measurements: docs/calendar-programs.md.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Literal
from urllib.parse import urlsplit

from django.conf import settings
from icalendar import Calendar, Event, vCalAddress, vText

from events.enums import EventStatus
from events.markdown import description_text
from events.snapshot import EventSnapshot
from events.times import readings
from events.validators import without_unsafe
from events.vtimezone import is_covered, vtimezone
from events.wall_clock import WallClock
from ivent_site.preferences.selectors import preferences_get
from ivent_site.zone_changes import shown_differently
from ivent_site.zones import UTC_NAME, canonical, zone_of, zone_rules

Method = Literal["PUBLISH", "REQUEST", "CANCEL"]


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
    for name in sorted({_zone_name(each) for each in snapshots} - {UTC_NAME}):
        result.add_component(vtimezone(name))
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
    starts, ends = _when(snapshot)
    event.add("dtstart", starts)
    if ends:
        event.add("dtend", ends)
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


def _when(snapshot: EventSnapshot) -> tuple[date | datetime, date | datetime | None]:
    """Days, or moments on the clock of the event's zone, or in UTC."""
    if snapshot.all_day:
        return snapshot.starts.day, snapshot.ends.day if snapshot.ends else None
    rules = zone_rules(_zone_name(snapshot))
    starts, ends = snapshot.starts_at, snapshot.ends_at
    return starts.astimezone(rules), ends and ends.astimezone(rules)


def _zone_name(snapshot: EventSnapshot) -> str:
    """The zone of DTSTART and DTEND; UTC where programs would not agree on what it says.

    Both in one form: recurring-ical-events 3.8 takes the length of an event with its start in a
    zone and its end in UTC by the wall clock.
    """
    if snapshot.all_day:
        return UTC_NAME
    clocks = filter(None, (snapshot.starts, snapshot.ends))
    is_known = zone_of(snapshot.timezone) is not None
    if not is_known or any(_needs_utc(clock, snapshot.timezone) for clock in clocks):
        return UTC_NAME
    return canonical(snapshot.timezone)


def _needs_utc(clock: WallClock, timezone: str) -> bool:
    """Whether programs would read the zone's clock differently.

    Of a time that happens twice eight of fourteen programs take the second, six the first, and
    no property says which is meant. Where the rules of the last two years differ, most programs
    ignore the file's VTIMEZONE and go by the machine's older rules.
    """
    moment, name = clock.instant(timezone), canonical(timezone)
    return (
        len(readings(clock.local, timezone)) != 1
        or shown_differently(moment, name)
        or not is_covered(moment, name)
    )


def _organizer() -> vCalAddress:
    organizer = vCalAddress(f"mailto:{settings.SENDER_EMAIL}")
    organizer.params["CN"] = vText(_line(preferences_get().organisation))
    return organizer


def _line(text: str) -> str:
    return " ".join(without_unsafe(text).split())
