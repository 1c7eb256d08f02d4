"""The API of events."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import transaction
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import exceptions, status
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import ValidationError

from events import api_examples as examples
from events.api_history import history_of_addition, history_of_change, history_of_deletion
from events.enums import EventStatus
from events.errors import (
    EventNotFoundError,
    InvalidEventError,
    StaleVersionError,
    TransitionError,
)
from events.filters import FILTER_PARAMETERS, event_filters
from events.selectors import (
    REPLY_TEXT_MAX,
    EventsPage,
    event_get,
    events_page,
    events_page_by_end,
)
from events.serializers import (
    ChangedEventSerializer,
    EventSerializer,
    NewEventSerializer,
    problem_details,
)
from events.services import (
    event_cancel,
    event_create,
    event_delete,
    event_publish,
    event_unschedule,
    event_update,
)
from events.tables import EventRow
from events.validators import with_unix_lines
from ivent_site.api.conditional import IF_MATCH, names_version, require_match, version_etag
from ivent_site.api.errors import Conflict, PreconditionFailed
from ivent_site.api.idempotency import IDEMPOTENCY_PARAMETER, idempotently
from ivent_site.api.pagination import (
    PAGE_PARAMETERS,
    page_cursor,
    page_limit,
    page_of,
    page_response,
)
from ivent_site.api.schema import IF_MATCH_PARAMETER
from ivent_site.api.views import REVALIDATE, ApiView

_CURSOR, _END_CURSOR = "events", "events-by-end"
REASON_PARAMETER = OpenApiParameter(
    "reason",
    OpenApiTypes.STR,
    description="Why the event is cancelled; subscribers read it. Markdown.",
)


class EventErrors(ApiView, GenericAPIView[Any]):
    """Gives the errors of events their HTTP status."""

    cache_control = REVALIDATE

    def handle_exception(self, exc: Exception) -> Response:
        return super().handle_exception(_translated(exc))

    def sees_drafts(self) -> bool:
        """Drafts are for the staff."""
        return bool(self.request.user.has_perm("events.view_event"))


class EventsView(EventErrors):
    """All events, by their start or end; POST adds one."""

    permissions_by_method = {"GET": None, "POST": "events.add_event"}
    parameters_by_method = {
        "GET": [*FILTER_PARAMETERS, *PAGE_PARAMETERS],
        "POST": [IDEMPOTENCY_PARAMETER],
    }
    serializer_class = NewEventSerializer

    @extend_schema(
        operation_id="events_list",
        summary="List events",
        responses=page_of(EventSerializer),
        examples=examples.EVENTS_LIST,
    )
    def get(self, request: Request) -> Response:
        """A page of events, by their start, or with `ends_after`, by their end. Without `status`,
        every event the caller may see: drafts are for staff.
        """
        filters = event_filters(request, sees_drafts=self.sees_drafts())
        read: Callable[..., EventsPage] = events_page
        scope = _CURSOR
        if "ends_after" in filters:
            read, scope = events_page_by_end, _END_CURSOR
        page = read(
            **filters,
            limit=page_limit(request),
            after_key=page_cursor(request, scope=scope),
            text_max=REPLY_TEXT_MAX,
        )
        results = [EventSerializer(row).data for row in page.events]
        return page_response(request, results, page.next_key, scope=scope)

    @extend_schema(
        operation_id="events_create",
        summary="Create an event",
        responses={status.HTTP_201_CREATED: EventSerializer},
        examples=examples.EVENTS_CREATE,
    )
    def post(self, request: Request) -> Response:
        """Creates an event and publishes it, which sends an e-mail to its subscribers; with
        `"status": "draft"` it stays a draft. Give `date` for one whole day, or `starts_at`.
        """
        return idempotently(request, lambda: self._create(request))

    def _create(self, request: Request) -> Response:
        serializer = NewEventSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        given = serializer.validated_data
        with transaction.atomic():
            row = event_create(
                data=given["data"],
                status=given["status"],
                reminders=given["reminders"],
                publish_at=given.get("publish_at"),
            )
            history_of_addition(request, row)
        response = _response(row, status.HTTP_201_CREATED)
        response["Location"] = request.build_absolute_uri(f"{request.path}/{row.id}")
        return response


class EventView(EventErrors):
    """One event."""

    permissions_by_method = {
        "GET": None,
        "PUT": "events.change_event",
        "PATCH": "events.change_event",
        "DELETE": "events.cancel_event",
    }
    parameters_by_method = {
        "PUT": [IF_MATCH_PARAMETER],
        "PATCH": [IF_MATCH_PARAMETER],
        "DELETE": [IF_MATCH_PARAMETER, REASON_PARAMETER],
    }
    serializer_class = ChangedEventSerializer

    @extend_schema(
        operation_id="events_retrieve",
        summary="Get an event",
        responses=EventSerializer,
        examples=examples.EVENT_GET,
    )
    def get(self, request: Request, event_id: str) -> Response:  # noqa: ARG002 - DRF's signature
        """The event as it is now. Its ETag serves `If-Match` and `If-None-Match`."""
        return _response(self.get_object())

    @extend_schema(
        operation_id="events_update",
        summary="Replace an event",
        responses=EventSerializer,
        examples=examples.EVENT_PUT,
    )
    def put(self, request: Request, event_id: str) -> Response:
        """Replaces the event's content: a field that is left out gets its default. A change of a
        published event sends an e-mail, unless `announce` is false.
        """
        return self._change(request, event_id, partial=False)

    @extend_schema(
        operation_id="events_partial_update",
        summary="Change an event",
        responses=EventSerializer,
        examples=examples.EVENT_PATCH,
    )
    def patch(self, request: Request, event_id: str) -> Response:
        """Changes the given fields and leaves the others. A change of a published event sends an
        e-mail, unless `announce` is false.
        """
        return self._change(request, event_id, partial=True)

    @extend_schema(
        operation_id="events_cancel",
        summary="Cancel an event",
        responses={
            status.HTTP_204_NO_CONTENT: OpenApiResponse(
                description="The event is cancelled, or already was; a draft is deleted."
            )
        },
    )
    def delete(self, request: Request, event_id: str) -> Response:
        """Cancels a published event, which sends an e-mail to its subscribers; deletes a draft."""
        row = self.get_object()
        require_match(request, version_etag(row.version))
        version = int(row.version)
        with transaction.atomic():
            if row.status == EventStatus.DRAFT:
                event_delete(event_id=event_id, version=version)
                history_of_deletion(request, row)
            elif row.status == EventStatus.PUBLISHED:
                history_of_change(request, row, _cancel(request, event_id, version))
        return Response(status=status.HTTP_204_NO_CONTENT)

    def _change(self, request: Request, event_id: str, *, partial: bool) -> Response:
        row = self.get_object()
        require_match(request, version_etag(row.version))
        serializer = ChangedEventSerializer(row, data=request.data, partial=partial)
        serializer.is_valid(raise_exception=True)
        given = serializer.validated_data
        with transaction.atomic():
            changed = event_update(
                event_id=event_id,
                version=_version(row, given["version"]),
                data=given["data"],
                status=given["status"],
                announce=given["announce"],
                note=given["note"],
                reminders=given["reminders"],
            )
            if "publish_at" in given:
                changed = _schedule(changed, given["publish_at"])
            history_of_change(request, row, changed)
        return _response(changed)

    def handle_exception(self, exc: Exception) -> Response:
        if isinstance(exc, StaleVersionError) and names_version(self.request):
            # Somebody changed the event after its ETag was compared, and before the write.
            exc = PreconditionFailed(IF_MATCH)
        return super().handle_exception(exc)

    def get_object(self) -> EventRow:
        """The event, if the caller may see it; else EventNotFoundError."""
        event_id: str = self.kwargs["event_id"]
        row = event_get(event_id)
        if row.status == EventStatus.DRAFT and not self.sees_drafts():
            raise EventNotFoundError(event_id)
        return row


def _cancel(request: Request, event_id: str, version: int) -> EventRow:
    reason = with_unix_lines(request.query_params.get("reason", ""))
    try:
        return event_cancel(event_id=event_id, version=version, reason=reason)
    except InvalidEventError as err:
        raise InvalidEventError(
            [problem._replace(field="reason") for problem in err.problems]
        ) from err


def _schedule(row: EventRow, at: datetime | None) -> EventRow:
    version = int(row.version)
    if at is None:
        return event_unschedule(event_id=row.id, version=version)
    return event_publish(event_id=row.id, version=version, at=at)


def _response(row: EventRow, status_code: int = status.HTTP_200_OK) -> Response:
    headers = {"ETag": version_etag(row.version)}
    return Response(EventSerializer(row).data, status=status_code, headers=headers)


def _version(row: EventRow, in_body: int | None) -> int:
    """The version to change: the body's, which must be that of now; without one, that of now."""
    if in_body is not None and in_body != row.version:
        raise StaleVersionError(row.id)
    return int(row.version)


def _translated(exc: Exception) -> Exception:
    match exc:
        case EventNotFoundError():
            return exceptions.NotFound("There is no such event.")
        case InvalidEventError():
            return ValidationError(problem_details(exc.problems))
        case StaleVersionError():
            return Conflict(
                {"version": ["Somebody else has changed the event: read it again, then retry."]},
                "stale_version",
            )
        case TransitionError():
            return Conflict({"status": [str(exc)]}, "transition")
        case _:
            return exc
