"""The clock by which the staff read."""

from collections.abc import Callable
from datetime import UTC

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from ivent_site.preferences.selectors import preferences_get
from ivent_site.zones import zone_of

_ADMIN = "/admin/"


class StaffClockMiddleware:
    """The admin shows moments by the clock of the default zone, which admins set."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(_ADMIN):
            return self._get_response(request)
        with timezone.override(zone_of(preferences_get().default_timezone) or UTC):
            return self._get_response(request)
