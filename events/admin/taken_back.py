"""What a person had entered and took back, as the fields of its form."""

from collections.abc import Iterator
from datetime import date, time
from typing import Any, cast

from events.enums import EventStatus
from events.forms import EventForm
from events.models import Event
from events.outbox import set_content
from events.snapshot import row_data
from events.tables import EventRow
from ivent_site.ids import uuid7


def is_change_undone(row: EventRow) -> bool:
    """Whether an undo of the row takes a change of a published event back."""
    undo, published = row.undo, EventStatus.PUBLISHED
    return bool(row.status == published and undo and undo["event"]["status"] == published)


def edit_fields(row: EventRow, event: Event | None) -> list[tuple[str, Any]]:
    """What the form of the event, as it is now, would post with the row's content."""
    # The model has what the row has, under the same names.
    set_content(cast("EventRow", event), row_data(row))
    form = EventForm(instance=event)
    fields = [*_values(form)]
    notes = [text for version, text in row.notes or () if version == row.version]
    # The end is what it was, and does not go along with the start.
    settled = ("end_settled", "1")
    return [*fields, *(("note", text) for text in notes), ("announce", "on"), settled]


def message_fields(row: EventRow) -> list[tuple[str, Any]]:
    """What the form of the message would post, under another token: it can be sent now."""
    return [*row.message.items(), ("token", uuid7())]


def _values(form: EventForm) -> Iterator[tuple[str, Any]]:
    for name in form.fields:
        value: Any = form[name].value()
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, time):
                yield name, f"{each:%H:%M}"
            elif isinstance(each, bool):
                yield from [(name, "on")] if each else []
            elif each is not None and name not in {"announce", "note"}:
                yield name, each.isoformat() if isinstance(each, date) else each
