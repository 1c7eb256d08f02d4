"""The events that new rules of time zones have moved since subscribers were told of them."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase, HttpResponseNotAllowed
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _

from events.admin.review import CORRECTION, TOGETHER_MAX
from events.enums import EventStatus
from events.presentation import is_zone_known, moved_text
from events.selectors import events_moved
from notifications.models import Announcement

if TYPE_CHECKING:
    _Base = admin.ModelAdmin[Announcement]
else:
    _Base = object

_PAGE: Final = "admin/notifications/moved.html"
# More than anybody corrects in a day.
LISTED: Final = 100


class Moved(_Base):
    """The list, from which the corrections of many are reviewed together."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.moved_view)
        return [path("moved/", view, name="events_moved"), *super().get_urls()]

    def moved_view(self, request: HttpRequest) -> HttpResponseBase:
        """GET: what subscribers were told of each, and what is right."""
        if not request.user.has_perm("events.view_event"):
            raise PermissionDenied
        if request.method not in {"GET", "HEAD"}:
            return HttpResponseNotAllowed(["GET", "HEAD"])
        rows = events_moved(now=datetime.now(UTC), limit=LISTED)
        ready = [row for row in rows if row.status == EventStatus.PUBLISHED and is_zone_known(row)]
        context: dict[str, Any] = {
            **self.admin_site.each_context(request),
            "title": _("Events moved by new rules of time zones"),
            "events": [(row, moved_text(row)) for row in rows],
            "ready": ready[:TOGETHER_MAX],
            "left": len(ready[TOGETHER_MAX:]),
            "kind": CORRECTION,
            "may_correct": request.user.has_perm("events.publish_event"),
        }
        return TemplateResponse(request, _PAGE, context)
