"""The page of the subscribers that our own e-mail set-up stopped; admins restore them."""

from typing import TYPE_CHECKING, Final

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _

from subscriptions.models import Subscription
from subscriptions.setup_stops import (
    setup_restore_begin,
    setup_stops_count,
    setup_stops_number,
    setup_stops_shown,
)

if TYPE_CHECKING:
    _Base = admin.ModelAdmin[Subscription]
else:
    _Base = object

_PAGE: Final = "admin/subscriptions/setup_stops.html"
SHOWN: Final = 20


class SetupStops(_Base):
    """The view."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.setup_stops_view)
        return [path("setup-stops/", view, name="setup_stops"), *super().get_urls()]

    def setup_stops_view(self, request: HttpRequest) -> HttpResponse:
        """GET: how many there are. POST: restore those who are stopped now."""
        if request.method not in {"GET", "POST"}:
            return HttpResponseNotAllowed(["GET", "POST"])
        may = request.user.has_perm("subscriptions.manage_subscription")
        if not (may if request.method == "POST" else self.has_view_permission(request)):
            raise PermissionDenied
        if request.method == "POST":
            return self._begin(request)
        count = setup_stops_count()
        context = {
            **self.admin_site.each_context(request),
            "title": _("Stopped by our own e-mail set-up"),
            "count": count,
            "number": setup_stops_number(count),
            "shown": setup_stops_shown(limit=SHOWN),
            "may": may,
        }
        return TemplateResponse(request, _PAGE, context)

    def _begin(self, request: HttpRequest) -> HttpResponse:
        count = setup_stops_count()
        if count:
            setup_restore_begin(by=str(request.user.pk))
            text = _(
                "%(number)s subscribers are being restored, about one a second. Each gets an entry"
                " in the history."
            )
            self.message_user(request, text % {"number": setup_stops_number(count)})
        else:
            self.message_user(request, _("There are none any more."), messages.WARNING)
        return HttpResponseRedirect(reverse("admin:setup_stops"))
