"""The admin's history of what the API does: who, what, and what it was before."""

from django.contrib.admin.models import ADDITION, CHANGE, DELETION, LogEntry
from django.contrib.contenttypes.models import ContentType
from rest_framework.request import Request

from events.data import CONTENT_FIELDS
from events.models import Event
from events.tables import EventRow
from ivent_site.history import changes_told

# What the history says of before and after.
TOLD = (*CONTENT_FIELDS, "status", "publish_at", "reminders")


def history_of_addition(request: Request, row: EventRow) -> None:
    """Write down a new event, within the caller's transaction."""
    started = [(name, None, getattr(row, name)) for name in ("status", "publish_at")]
    _write(request, row, ADDITION, changes_told(started))


def history_of_change(request: Request, before: EventRow, after: EventRow) -> None:
    """Write down what the call has changed, if it has; within the caller's transaction."""
    if after.version != before.version:
        names = ((name, getattr(before, name), getattr(after, name)) for name in TOLD)
        _write(request, after, CHANGE, changes_told(names))


def history_of_deletion(request: Request, row: EventRow) -> None:
    """Write down that a draft is gone, within the caller's transaction."""
    _write(request, row, DELETION, "")


def _write(request: Request, row: EventRow, flag: int, told: str) -> None:
    LogEntry.objects.create(
        user_id=str(request.user.pk),
        content_type_id=ContentType.objects.get_for_model(Event).pk,
        object_id=row.id,
        object_repr=str(row.title),
        action_flag=flag,
        change_message=f"API. {told}".strip(),
    )
