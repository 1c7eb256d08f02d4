"""What GET /events may be narrowed down by."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request
from rest_framework.serializers import ValidationError

from events.enums import EventStatus
from events.fields import MomentField
from events.validators import SLUG_PATTERN, TOPIC_CHARS, is_slug
from ivent_site.api.errors import FieldError

FILTER_PARAMETERS = [
    OpenApiParameter("status", OpenApiTypes.STR, enum=[status.value for status in EventStatus]),
    OpenApiParameter(
        "topic",
        {"type": "string", "pattern": f"^{SLUG_PATTERN}$", "maxLength": TOPIC_CHARS},
        description="A topic's slug.",
    ),
    OpenApiParameter(
        "from", OpenApiTypes.STR, description="Starting at or after this day or moment."
    ),
    OpenApiParameter(
        "to", OpenApiTypes.STR, description="Starting until this day, inclusive, or moment."
    ),
    OpenApiParameter(
        "ends_after",
        OpenApiTypes.STR,
        description="Ending after this day or moment, however long ago they began; events then "
        "come in the order of their end. Give the current moment for all that is upcoming or "
        "under way.",
    ),
]


def event_filters(request: Request, *, sees_drafts: bool) -> dict[str, Any]:
    """Arguments of `events_page`, or with `ends_after`, of `events_page_by_end`; FieldError for
    what makes no sense.
    """
    ends_after = _edge(request, "ends_after", timedelta(0))
    filters = {
        "statuses": _statuses(request.query_params.get("status"), sees_drafts=sees_drafts),
        "topic": _topic(request.query_params.get("topic")),
        "starts_from": _edge(request, "from", timedelta(0)),
        "starts_before": _edge(request, "to", timedelta(days=1)),
    }
    return filters if ends_after is None else {**filters, "ends_after": ends_after}


def _statuses(asked: str | None, *, sees_drafts: bool) -> tuple[EventStatus, ...]:
    visible = tuple(each for each in EventStatus if sees_drafts or each is not EventStatus.DRAFT)
    if asked is None:
        return visible
    if asked not in set(EventStatus):
        raise FieldError("status", "invalid_choice", "Choose draft, published or cancelled.")
    return tuple(each for each in visible if each == asked)


def _topic(asked: str | None) -> str | None:
    if asked is not None and not is_slug(asked):
        raise FieldError("topic", "invalid", "Give a topic's slug.")
    return asked


def _edge(request: Request, name: str, day_adds: timedelta) -> datetime | None:
    """A moment; a day stands for its UTC midnight plus `day_adds`."""
    asked = request.query_params.get(name)
    if asked is None:
        return None
    try:
        # In a URL an unescaped plus sign is a space.
        value = MomentField().to_internal_value(asked.replace(" ", "+"))
    except ValidationError as err:
        raise ValidationError({name: err.detail}) from err
    if not isinstance(value, datetime):
        return datetime.combine(value, time(), UTC) + day_adds
    return value if value.tzinfo else value.replace(tzinfo=UTC)
