"""What libraries of PyPI read: readers.py LIBRARY FILE... Prints name, start and end in UTC."""

import datetime as dt
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any


def icalendar_moments(text: str) -> list[Any]:
    import icalendar

    [event] = icalendar.Calendar.from_ical(text).walk("VEVENT")
    return [event["DTSTART"].dt, event["DTEND"].dt]


def recurring_moments(text: str) -> list[Any]:
    import icalendar
    import recurring_ical_events

    [event] = recurring_ical_events.of(icalendar.Calendar.from_ical(text)).all()
    return [event["DTSTART"].dt, event["DTEND"].dt]


def vobject_moments(text: str) -> list[Any]:
    import vobject

    event = vobject.readOne(text).vevent
    return [event.dtstart.value, event.dtend.value]


def ics_moments(text: str) -> list[Any]:
    import ics

    [event] = ics.Calendar(text).events
    return [event.begin.datetime, event.end.datetime]


def ical_moments(text: str) -> list[Any]:
    from ical.calendar_stream import IcsCalendarStream

    [event] = IcsCalendarStream.calendar_from_ics(text).events
    return [event.dtstart, event.dtend]


LIBRARIES: dict[str, Callable[[str], list[Any]]] = {
    "icalendar": icalendar_moments,
    "recurring-ical-events": recurring_moments,
    "vobject": vobject_moments,
    "ics": ics_moments,
    "ical": ical_moments,
}


def utc(moment: dt.datetime) -> str:
    if moment.tzinfo is None:
        return f"{moment.isoformat()} (floating)"
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def main(library: str, *paths: str) -> None:
    for path in paths:
        try:
            shown = list(map(utc, LIBRARIES[library](Path(path).read_bytes().decode())))
        except Exception as err:  # noqa: BLE001 - a reader that fails is part of the table
            shown = [repr(err)[:80], "-"]
        print(path, *shown, sep="\t")


main(*sys.argv[1:])
