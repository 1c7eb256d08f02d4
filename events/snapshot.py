"""An event as it stands at one version: what announcements hold and programs receive.

The JSON form is versioned by its "schema" key. It holds the wall clock at the place (`starts`,
`ends`), which counts, and the moments that it was when it was written (`starts_at`, `ends_at`:
ISO 8601 with the offset there), under the IANA release `rules`: what subscribers were told.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple, Self

from django.conf import settings

from events.data import CONTENT_FIELDS, EventData
from events.enums import EventStatus
from events.tables import EventRow
from events.wall_clock import WallClock, times_from_json, told_clock
from ivent_site.zones import iana_version

SCHEMA = 2
# The first had no wall clock but that of its moments.
_READABLE = frozenset({1, SCHEMA})


@dataclass(frozen=True, kw_only=True)
class EventSnapshot(EventData):
    """An event at `version`, on which announcements, calendars and pages are built."""

    id: str
    version: int
    status: EventStatus
    updated_at: datetime

    @property
    def page_url(self) -> str:
        """The event's public page."""
        return f"{settings.PUBLIC_URL}/e/{self.id}"

    @classmethod
    def from_row(cls, row: EventRow) -> Self:
        """The event as its row says."""
        return cls(
            **row_data(row).as_dict(),
            id=row.id,
            version=int(row.version),
            status=EventStatus(row.status),
            updated_at=row.updated_at,
        )

    def to_json(self) -> dict[str, Any]:
        """Plain values for json.dumps; `from_json` reads them back."""
        return {
            "schema": SCHEMA,
            "id": self.id,
            "version": self.version,
            "status": self.status.value,
            **self.as_dict(),
            **self.times_json(),
            "rules": iana_version(),
            "topics": list(self.topics),
            "updated_at": self.updated_at.astimezone(UTC).isoformat(),
            "page_url": self.page_url,
        }

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Self:
        """The snapshot that `to_json` gave; ValueError for a schema this code does not know."""
        if value.get("schema") not in _READABLE:
            raise ValueError(f"A snapshot of schema {value.get('schema')!r} cannot be read.")
        times = times_from_json(value)
        content = {name: value[name] for name in CONTENT_FIELDS if name not in times}
        return cls(
            **content | times | {"topics": tuple(value["topics"])},
            id=value["id"],
            version=value["version"],
            status=EventStatus(value["status"]),
            updated_at=datetime.fromisoformat(value["updated_at"]).astimezone(UTC),
        )


class Change(NamedTuple):
    """A field's value before and after, as the snapshots hold them."""

    field: str
    old: Any
    new: Any


def difference(old: EventData, new: EventData) -> list[Change]:
    """What a reader of `old` would see changed in `new`, in the order of the fields."""
    before, after = old.as_dict(), new.as_dict()
    return [
        Change(name, before[name], after[name])
        for name in CONTENT_FIELDS
        if before[name] != after[name]
    ]


def row_data(row: EventRow) -> EventData:
    """The content that the row holds."""
    ends_at: datetime | None = row.ends_at
    values = {name: getattr(row, name) for name in CONTENT_FIELDS} | {
        "starts": _clock(row, row.starts, row.starts_at),
        "ends": _clock(row, row.ends, ends_at) if ends_at else None,
        "topics": tuple(row.topics),
        "all_day": bool(row.all_day),
    }
    return EventData(**values)


def publication_clock(row: EventRow) -> WallClock | None:
    """When the draft publishes itself, by the clock of its place; None if it does not."""
    at: datetime | None = row.publish_at
    if at is None:
        return None
    text: str | None = row.publish_clock
    if text is None:
        return WallClock.of(at, row.timezone)
    return WallClock.parse(text, last_instant=at)


def event_row_from_stream_image(image: dict[str, Any]) -> EventRow:
    """The row that a stream record's NewImage or OldImage (DynamoDB JSON) shows."""
    row = EventRow()
    row.deserialize(image)
    return row


def _clock(row: EventRow, text: str | None, instant: datetime) -> WallClock:
    """What the row's text says; of a row from before there was one, what clocks show there."""
    if text is None:
        shown = WallClock.of(instant, row.timezone).as_told() or instant
        return told_clock(shown, row.timezone, all_day=bool(row.all_day))
    return WallClock.parse(text, last_instant=instant)
