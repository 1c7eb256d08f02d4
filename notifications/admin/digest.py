"""The next weekly digest, to be looked at before it goes out by itself."""

from typing import TYPE_CHECKING, Final

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _

from notifications.admin.trial import send_test
from notifications.digest_review import DigestReview, digest_review
from notifications.digest_times import slot_text
from notifications.models import Announcement

if TYPE_CHECKING:
    _Base = admin.ModelAdmin[Announcement]
else:
    _Base = object

_PAGE: Final = "admin/notifications/digest.html"


class DigestPreview(_Base):
    """The view."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.digest_view)
        return [path("digest/", view, name="digest_preview"), *super().get_urls()]

    def digest_view(self, request: HttpRequest) -> HttpResponseBase:
        """GET: the page. POST `language`: a test of the mail, to oneself."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        may_test = request.user.has_perm("events.publish_event")
        if request.method == "POST":
            if not may_test:
                raise PermissionDenied
            found = digest_review()
            send_test(self, request, found.row if found and found.mails else None)
            return HttpResponseRedirect(reverse("admin:digest_preview"))
        return self._page(request, digest_review(), may_test=may_test)

    def _page(
        self, request: HttpRequest, found: DigestReview | None, *, may_test: bool
    ) -> HttpResponseBase:
        context = {
            **self.admin_site.each_context(request),
            "title": _("The next weekly digest"),
            "digest": found,
            "when": slot_text(found.slot) if found else "",
            # What the parts of a review show.
            "review": {"mails": found.mails, "event": {"id": "digest"}} if found else None,
            "review_url": reverse("admin:digest_preview"),
            "own_address": getattr(request.user, "email", "") if may_test else "",
            "may_set": request.user.has_perm("preferences.change_sitepreferences"),
        }
        return TemplateResponse(request, _PAGE, context)
