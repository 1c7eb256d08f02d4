"""The sign-in pages and one API view, without the rest of the project."""

from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView
from rest_framework.response import Response
from rest_framework.views import APIView

from ivent_site.cognito.rest_permissions import MethodPermissions


class Probe(APIView):
    """Tells callers who they are."""

    permission_classes = [MethodPermissions]
    permissions_by_method = {
        "GET": None,
        "POST": "events.add_event",
        "PATCH": "subscriptions.view_subscription",
    }

    def get(self, request):
        user = request.user
        return Response(
            {
                "sub": user.sub,
                "pk": user.pk,
                "email": user.email,
                "groups": sorted(user.groups),
                "is_staff": user.is_staff,
            }
        )

    def post(self, request):
        return Response(status=201)

    def patch(self, request):
        return Response()

    def delete(self, request):
        return Response(status=204)


nowhere = RedirectView.as_view(url="/")
urlpatterns = [
    path("admin/", include("ivent_site.cognito.urls")),
    path("admin/", admin.site.urls),
    path("language", nowhere, name="set_language"),
    path("probe", Probe.as_view()),
    path("docs", nowhere, name="docs"),
    path("api/", include(([path("logout/", nowhere, name="logout")], "rest_framework"))),
    path("", nowhere, name="home"),
    path("calendar", nowhere, name="calendar"),
    path("subscribe", nowhere, name="subscribe"),
]
