"""What SES's own suppression list says of a subscriber: a part that their page fetches."""

from typing import TYPE_CHECKING, Any, Final

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.template.response import TemplateResponse
from django.urls import URLPattern, path

from subscriptions.models import Subscription
from subscriptions.ses_list import NoSesListError, SesListError, ses_listing, ses_unlist

if TYPE_CHECKING:
    _Base = admin.ModelAdmin[Subscription]
else:
    _Base = object

_PART: Final = "admin/subscriptions/subscription/ses_list_part.html"


class SesList(_Base):
    """The view."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.ses_list_view)
        route = path("<str:object_id>/ses-list/", view, name="subscriptions_subscription_ses_list")
        return [route, *super().get_urls()]

    def ses_list_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """GET: what SES says. POST: take the address off; no e-mail is sent."""
        if request.method not in {"GET", "POST"}:
            return HttpResponseNotAllowed(["GET", "POST"])
        may = request.user.has_perm("subscriptions.manage_subscription")
        if not (may if request.method == "POST" else self.has_view_permission(request)):
            raise PermissionDenied
        subscription = self.get_object(request, object_id)
        if subscription is None:
            raise Http404
        context: dict[str, Any] = {"subscription": subscription, "may": may}
        try:
            context["listing"] = ses_listing(subscription.email)
            if request.method == "POST" and context["listing"] is not None:
                ses_unlist(subscription.email)
                reason = context.pop("listing").reason.lower()
                text = f"Removed from SES's suppression list (listed for a {reason})."
                self.log_change(request, subscription, text)
                context["is_removed"] = True
        except NoSesListError:
            context["is_local"] = True
        except SesListError:
            context["is_silent"] = True
        return TemplateResponse(request, _PART, context)
