"""The admin site: unfold's, with Cognito's sign-in."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from csp.constants import SELF, UNSAFE_EVAL
from csp.decorators import csp_update
from django.conf import settings
from django.contrib.admin.apps import AdminConfig
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from unfold.sites import UnfoldAdminSite

# Cognito keeps the passwords: Django has none to change.
_NOT_OURS = frozenset({"password_change", "password_change_done"})
# Alpine, with which unfold's pages are made, evaluates what stands in their attributes.
_with_alpine = csp_update({"script-src": [SELF, UNSAFE_EVAL]})


class StaffAdminConfig(AdminConfig):
    """`django.contrib.admin` with this site as `admin.site`."""

    default_site = "ivent_site.cognito.admin_site.StaffAdminSite"


class StaffAdminSite(UnfoldAdminSite):  # type: ignore[misc]  # unfold brings no types
    """The admin for staff from Cognito's groups."""

    def get_urls(self) -> list[URLPattern | URLResolver]:
        urls = [url for url in super().get_urls() if getattr(url, "name", None) not in _NOT_OURS]
        return [path("kept/", _with_alpine(self.kept), name="kept"), *urls]

    def admin_view(
        self,
        view: Callable[..., HttpResponseBase],
        cacheable: bool = False,  # noqa: FBT001, FBT002 - Django's signature
    ) -> Callable[..., HttpResponseBase]:
        """The view, for staff only, in a page that may run unfold's scripts.

        A form that comes after the session's end is not lost: a page keeps it.
        """
        checked: Callable[..., HttpResponseBase] = super().admin_view(view, cacheable)

        @wraps(checked)
        def keeping(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            from ivent_site.cognito.kept import sealed, signed_out_page

            is_late = request.method == "POST" and not self.has_permission(request)
            if is_late and (text := sealed(request)):
                return signed_out_page(request, self, text)
            return checked(request, *args, **kwargs)

        return _with_alpine(keeping)

    # What is posted is signed for the person who has signed in: nobody else can have made it.
    @method_decorator(csrf_exempt)
    @method_decorator(never_cache)
    @method_decorator(sensitive_post_parameters())
    @method_decorator(login_not_required)
    def kept(self, request: HttpRequest) -> HttpResponseBase:
        """Bring the form back that a page has kept; POST `kept`."""
        from ivent_site.cognito.views import kept_form

        return kept_form(request, self)

    @method_decorator(_with_alpine)
    @method_decorator(never_cache)
    @method_decorator(login_not_required)
    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponseBase:
        """The sign-in page; whoever has lost their rights is signed out and told so."""
        # The site is made before the apps' models are there.
        from ivent_site.cognito.views import SignInView, refuse_without_rights

        if request.method == "GET" and self.has_permission(request):
            return HttpResponseRedirect(reverse("admin:index", current_app=self.name))
        refuse_without_rights(request)
        request.current_app = self.name
        context = {
            **self.each_context(request),
            "title": _("Sign in"),
            "app_path": request.get_full_path(),
            **(extra_context or {}),
        }
        return SignInView.as_view(extra_context=context)(request)

    def logout(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Sign out here, and at Cognito's hosted page when the session came from there."""
        from ivent_site.cognito.hosted_login import sign_out_url
        from ivent_site.cognito.views import HOSTED

        hosted = request.session.get(HOSTED) and settings.COGNITO_HOSTED_URL
        response: HttpResponse = super().logout(request, extra_context)
        if not hosted or request.method != "POST":
            return response
        back = settings.PUBLIC_ORIGIN + reverse("admin:login", current_app=self.name)
        return HttpResponseRedirect(sign_out_url(redirect_uri=back))
