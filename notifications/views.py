"""The API of announcements."""

from drf_spectacular.utils import extend_schema
from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from events.errors import EventNotFoundError
from events.selectors import event_get
from ivent_site.cognito.rest_permissions import MethodPermissions
from notifications.announcements import event_announcements
from notifications.serializers import AnnouncementSerializer

# An event that is changed more often than this shows its latest ones.
ANNOUNCEMENTS_MAX = 100


class EventAnnouncements(APIView):
    """What was announced about an event (staff)."""

    permission_classes = [MethodPermissions]
    permissions_by_method = {"GET": "notifications.view_announcement"}

    @extend_schema(
        operation_id="event_announcements_list", responses=AnnouncementSerializer(many=True)
    )
    def get(self, request: Request, event_id: str) -> Response:  # noqa: ARG002 - DRF's signature
        """The event's announcements, the first one first, with the numbers of right now."""
        try:
            event_get(event_id)
        except EventNotFoundError as err:
            raise exceptions.NotFound("There is no such event.") from err
        rows = [*event_announcements(event_id, limit=ANNOUNCEMENTS_MAX)][::-1]
        return Response([AnnouncementSerializer(row).data for row in rows])
