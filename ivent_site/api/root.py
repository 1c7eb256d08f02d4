"""The first page of the browsable API."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.views import APIView

from ivent_site.api.views import ApiView


@extend_schema(exclude=True)
class ApiRoot(ApiView, APIView):
    """Publish events and manage subscriptions. Programs send a Cognito token; staff who are
    signed in to the admin can browse.
    """

    permissions_by_method = {"GET": None}

    def get_view_name(self) -> str:
        return "Ivent"

    def get(self, request: Request) -> Response:
        """Links to the collections and to the API's description."""
        names = {"events": "api:events", "subscriptions": "api:subscriptions", "docs": "docs"}
        return Response({key: reverse(name, request=request) for key, name in names.items()})
