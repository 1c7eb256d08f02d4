"""What the forms of a published event ask for, not done yet: to be looked at first.

Each would be announced as soon as it is done, so the form is posted to the review unsaved, and
from there, as it was entered, to the view that does it.
"""

from dataclasses import dataclass
from typing import Any, Final

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _

from events.admin.review import CANCELLATION, CORRECTION, KIND, MESSAGE
from events.enums import EventStatus
from events.errors import InvalidEventError
from events.followup_forms import MessageForm
from events.forms import EventForm
from events.outbox import set_content
from events.tables import EventRow
from events.validators import note_validate, with_unix_lines
from notifications.announcements import Decision
from notifications.enums import AnnouncementKind
from notifications.preview import upcoming

# The buttons of the forms, and what the review itself asks: none of it is content.
_BUTTONS: Final = frozenset(
    {
        *("_review", "_save", "_continue", "_addanother", "csrfmiddlewaretoken"),
        *("version", "test", "language"),
    }
)
_PARTS: Final = "admin/notifications/review"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """The event as it would be, what would be told of it, and the form that goes on from there."""

    event: EventRow
    decision: Decision | None
    context: dict[str, Any]


def propose(request: HttpRequest, row: EventRow, events: Any) -> Proposal | HttpResponseBase:
    """What was posted, as a proposal; the form with its faults if it has any.

    `events` is the events' admin, whose forms these are.
    """
    of_kind = {MESSAGE: _message, CANCELLATION: _cancellation, CORRECTION: _correction}
    return of_kind.get(request.POST.get(KIND, ""), _change)(request, row, events)


def cancelled(row: EventRow, reason: str) -> EventRow:
    """The row as a cancellation would make it."""
    row.version += 1
    row.status = EventStatus.CANCELLED.value
    row.notes = [[int(row.version), reason]] if reason else None
    return row


def cancellation_reason(request: HttpRequest) -> str:
    """The reason that was entered; InvalidEventError if no mail can carry it."""
    reason = with_unix_lines(request.POST.get("reason", "")).strip()
    note_validate(reason, announced=True)
    return reason


def _change(request: HttpRequest, row: EventRow, events: Any) -> Proposal | HttpResponseBase:
    event = events.get_object(request, row.id)
    form = events.get_form(request, event, change=True)(request.POST, instance=event)
    asks = not {"_review", "test"}.isdisjoint(request.POST)
    if not isinstance(form, EventForm) or not form.is_valid() or not asks:
        view: HttpResponseBase = events.changeform_view(request, row.id)
        return view
    set_content(row, form.event_data)
    row.version += 1
    if note := form.cleaned_data.get("note"):
        row.notes = [*(row.notes or []), [int(row.version), note]]
    still_true = _("Nothing would be told: what readers know is still true.")
    switched_off = _("Nobody would be told: the announcement of this change is switched off.")
    context = {
        "go_template": f"{_PARTS}/change.html",
        "entered": _entered(request),
        "notes": [*form.notes],
        "nothing_told": still_true if form.announces else switched_off,
    }
    decision = upcoming(row) if form.announces else None
    return Proposal(event=row, decision=decision, context=context)


def _message(request: HttpRequest, row: EventRow, events: Any) -> Proposal | HttpResponseBase:
    form = MessageForm(request.POST)
    if not form.is_valid():
        view: HttpResponseBase = events.message_view(request, row.id)
        return view
    decision = Decision(
        AnnouncementKind.MESSAGE,
        note=form.cleaned_data["text"],
        subject=form.cleaned_data["subject"],
    )
    context = {
        "go_template": f"{_PARTS}/message.html",
        "form_url": reverse("admin:events_event_message", args=[row.id]),
        "entered": [*_entered(request), ("version", int(row.version))],
    }
    return Proposal(event=row, decision=decision, context=context)


def _cancellation(request: HttpRequest, row: EventRow, events: Any) -> Proposal | HttpResponseBase:
    if not events.has_cancel_permission(request):
        raise PermissionDenied
    try:
        reason = cancellation_reason(request)
    except InvalidEventError as err:
        events.message_user(request, err.problems[0].message, messages.ERROR)
        view: HttpResponseBase = events.ask_to_cancel(request, [row])
        return view
    context = {
        "go_template": f"{_PARTS}/cancel.html",
        "form_url": reverse("admin:events_event_cancel", args=[row.id]),
        "entered": [*_entered(request), ("version", int(row.version))],
        "nothing_told": _("Nobody has been told of the event yet, so nobody gets a mail."),
    }
    row = cancelled(row, reason)
    return Proposal(event=row, decision=upcoming(row), context=context)


def _correction(request: HttpRequest, row: EventRow, events: Any) -> Proposal:  # noqa: ARG001 - as the others
    version = int(row.version)
    row.version += 1
    context = {
        "go_template": f"{_PARTS}/correct.html",
        "form_url": reverse("admin:events_event_correct", args=[row.id]),
        "entered": [*_entered(request), ("version", version)],
        "nothing_told": _("Subscribers know the right moment of this event."),
    }
    return Proposal(event=row, decision=upcoming(row, corrects=True), context=context)


def _entered(request: HttpRequest) -> list[tuple[str, Any]]:
    return [
        (name, value)
        for name, values in request.POST.lists()
        if name not in _BUTTONS
        for value in values
    ]
