"""The API of announcements."""

from drf_spectacular.utils import extend_schema
from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from events.errors import EventNotFoundError
from events.selectors import event_get
from ivent_site.api.views import REVALIDATE, ApiView
from notifications import api_examples as examples
from notifications.announcements import event_announcements
from notifications.serializers import AnnouncementSerializer

# An event with more announcements than this shows the latest.
ANNOUNCEMENTS_MAX = 100


class EventAnnouncements(ApiView, APIView):
    """What was announced about an event (staff)."""

    permissions_by_method = {"GET": "notifications.view_announcement"}
    cache_control = REVALIDATE

    @extend_schema(
        operation_id="event_announcements_list",
        summary="List an event's announcements",
        responses=AnnouncementSerializer(many=True),
        examples=examples.ANNOUNCEMENTS_LIST,
    )
    def get(self, request: Request, event_id: str) -> Response:  # noqa: ARG002 - DRF's signature
        """What was announced about the event, the oldest first, with the current numbers, for
        staff.
        """
        try:
            event_get(event_id)
        except EventNotFoundError as err:
            raise exceptions.NotFound("There is no such event.") from err
        rows = [*event_announcements(event_id, limit=ANNOUNCEMENTS_MAX)][::-1]
        return Response([AnnouncementSerializer(row).data for row in rows])
