"""Who answers where.

The API is mounted twice: at the root, where API Gateway's Cognito authorizer stands in front
of it, and under /api/, where browsers may come with their staff session. Everything public
lies outside both.
"""

from django.conf import settings
from django.contrib import admin
from django.contrib.auth.views import LogoutView
from django.urls import URLPattern, URLResolver, include, path
from django.views.generic import RedirectView
from django.views.i18n import set_language
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from events.urls import api_urlpatterns as events_api
from events.urls import public_urlpatterns as events_public
from ivent_site.api.root import ApiRoot
from ivent_site.health import health
from notifications.urls import api_urlpatterns as notifications_api
from subscriptions.urls import api_urlpatterns as subscriptions_api
from subscriptions.urls import public_urlpatterns as subscriptions_public

api = [*events_api, *subscriptions_api, *notifications_api]

# The names that the browsable API's own sign-in links look for.
browsable_sign_in = [
    path(
        "login/", RedirectView.as_view(pattern_name="admin:login", query_string=True), name="login"
    ),
    path("logout/", LogoutView.as_view(next_page="api:root"), name="logout"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health, name="health"),
    path("admin/", include("ivent_site.cognito.urls")),
    path("admin/language/", set_language, name="set_language"),
    path("admin/", admin.site.urls),
    path("schema", SpectacularAPIView.as_view(), name="schema"),
    path(
        "docs",
        # What it would say of its options, its templates cannot.
        SpectacularSwaggerSplitView.as_view(
            url_name="schema", template_name="docs.html", http_method_names=["get", "head"]
        ),
        name="docs",
    ),
    path("api/", include(([path("", ApiRoot.as_view(), name="root"), *api], "api"))),
    path("api/", include((browsable_sign_in, "rest_framework"))),
    *api,
    *events_public,
    *subscriptions_public,
]
if settings.LOCAL:
    urlpatterns.append(path("local/", include("ivent_site.local.urls")))
