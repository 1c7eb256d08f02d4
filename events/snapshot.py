"""An event as it stands at one version: what announcements hold and programs receive.

The JSON form is versioned by its "schema" key. Moments are ISO 8601 with the offset of the
event's own zone, so that a reader sees the wall clock at the place.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple, Self

from django.conf import settings

from events.data import CONTENT_FIELDS, EventData
from events.enums import EventStatus
from events.tables import EventRow
from ivent_site.zones import zone_rules

SCHEMA = 1


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
        zone = zone_rules(self.timezone)
        return {
            "schema": SCHEMA,
            "id": self.id,
            "version": self.version,
            "status": self.status.value,
            **self.as_dict(),
            "starts_at": self.starts_at.astimezone(zone).isoformat(),
            "ends_at": self.ends_at.astimezone(zone).isoformat() if self.ends_at else None,
            "topics": list(self.topics),
            "updated_at": self.updated_at.astimezone(UTC).isoformat(),
            "page_url": self.page_url,
        }

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Self:
        """The snapshot that `to_json` gave; ValueError for a schema this code does not know."""
        if value.get("schema") != SCHEMA:
            raise ValueError(f"A snapshot of schema {value.get('schema')!r} cannot be read.")
        content = {name: value[name] for name in CONTENT_FIELDS}
        return cls(
            **content
            | {
                "starts_at": _moment(value["starts_at"]),
                "ends_at": _moment(value["ends_at"]) if value["ends_at"] else None,
                "topics": tuple(value["topics"]),
            },
            id=value["id"],
            version=value["version"],
            status=EventStatus(value["status"]),
            updated_at=_moment(value["updated_at"]),
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
    values = {name: getattr(row, name) for name in CONTENT_FIELDS}
    return EventData(**values | {"topics": tuple(row.topics), "all_day": bool(row.all_day)})


def event_row_from_stream_image(image: dict[str, Any]) -> EventRow:
    """The row that a stream record's NewImage or OldImage (DynamoDB JSON) shows."""
    row = EventRow()
    row.deserialize(image)
    return row


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
