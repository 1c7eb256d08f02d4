"""The API of subscriptions."""

from typing import Any, Final

from django.conf import settings
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.exceptions import NotFound
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from ivent_site.api.errors import FieldError
from ivent_site.api.pagination import (
    PAGE_PARAMETERS,
    page_cursor,
    page_limit,
    page_of,
    page_response,
)
from ivent_site.cognito.rest_permissions import MethodPermissions
from subscriptions.addresses import ADDRESS_MAX_LENGTH
from subscriptions.enums import Frequency, SubscriptionStatus
from subscriptions.search import SEARCH_MIN, search_words
from subscriptions.selectors import (
    subscription_by_email,
    subscription_get,
    subscriptions_found,
    subscriptions_page,
)
from subscriptions.serializers import (
    AcceptedSerializer,
    OwnSubscriptionSerializer,
    SubscriptionRequestSerializer,
    SubscriptionSerializer,
)
from subscriptions.services import subscription_enqueue, subscription_leave, subscription_update
from subscriptions.tables import SubscriptionRow

ACCEPTED: Final = {
    "detail": "Check the mailbox: the subscription begins when the link sent there is confirmed."
}
FILTERS: Final = [
    OpenApiParameter("status", OpenApiTypes.STR, enum=list(SubscriptionStatus)),
    OpenApiParameter(
        "search",
        OpenApiTypes.STR,
        description="Parts of the name or address, apart by blanks; not beside `status`.",
    ),
]


class Subscriptions(GenericAPIView[Any]):
    """Ask for a subscription; list them (staff)."""

    permission_classes = [MethodPermissions]
    permissions_by_method = {"GET": "subscriptions.view_subscription", "POST": None}
    serializer_class = SubscriptionRequestSerializer

    @extend_schema(
        operation_id="subscriptions_list",
        parameters=[*FILTERS, *PAGE_PARAMETERS],
        responses=page_of(SubscriptionSerializer),
    )
    def get(self, request: Request) -> Response:
        """The subscriptions, the newest first; those searched for by what begins at the match."""
        wanted, text = _filters(request)
        scope = f"subscriptions.{wanted or ''}.{text or ''}"
        limit, after = page_limit(request), page_cursor(request, scope=scope)
        page = (
            subscriptions_page(status=wanted, limit=limit, after_key=after)
            if text is None
            else subscriptions_found(text=text, limit=limit, after_key=after)
        )
        results = [SubscriptionSerializer(each).data for each in page[0]]
        return page_response(request, results, page.next_key, scope=scope)

    @extend_schema(
        operation_id="subscriptions_request",
        request=SubscriptionRequestSerializer,
        responses={202: AcceptedSerializer},
    )
    def post(self, request: Request) -> Response:
        """Ask for an address to be subscribed. The answer says nothing about the address."""
        serializer = SubscriptionRequestSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        defaults = {
            "topics": [],
            "locale": settings.LANGUAGE_CODE,
            "timezone": "",
            "frequency": Frequency.AT_ONCE,
        }
        subscription_enqueue(
            **(defaults | serializer.validated_data), source="api", ip=request.META["REMOTE_ADDR"]
        )
        return Response(ACCEPTED, status=status.HTTP_202_ACCEPTED)


class Subscription(GenericAPIView[Any]):
    """One subscription (staff)."""

    permission_classes = [MethodPermissions]
    permissions_by_method = {"GET": "subscriptions.view_subscription"}
    serializer_class = SubscriptionSerializer

    @extend_schema(operation_id="subscriptions_get", responses=SubscriptionSerializer)
    def get(self, request: Request, subscription_id: str) -> Response:  # noqa: ARG002 - DRF's signature
        """The subscription, with its consent record."""
        row = subscription_get(subscription_id)
        if row is None:
            raise NotFound
        return Response(SubscriptionSerializer(row).data)


class OwnSubscription(GenericAPIView[Any]):
    """The subscription of the token's verified address."""

    permission_classes = [MethodPermissions]
    permissions_by_method = {"GET": None, "PATCH": None, "DELETE": None}
    serializer_class = OwnSubscriptionSerializer

    @extend_schema(operation_id="own_subscription_get", responses=OwnSubscriptionSerializer)
    def get(self, request: Request) -> Response:
        """The subscription; 404 if the address has none, or the token names none."""
        return Response(OwnSubscriptionSerializer(_own(request)).data)

    @extend_schema(
        operation_id="own_subscription_update",
        request=OwnSubscriptionSerializer,
        responses=OwnSubscriptionSerializer,
    )
    def patch(self, request: Request) -> Response:
        """The subscription with other topics, language, time zone or frequency."""
        row = _own(request)
        serializer = OwnSubscriptionSerializer(data=request.data, partial=True)
        serializer.is_valid(raise_exception=True)
        changed = subscription_update(subscription_id=row.id, **serializer.validated_data)
        return Response(OwnSubscriptionSerializer(changed).data)

    @extend_schema(operation_id="own_subscription_leave", responses={204: None})
    def delete(self, request: Request) -> Response:
        """Unsubscribe. Safe to repeat."""
        subscription_leave(subscription_id=_own(request).id)
        return Response(status=status.HTTP_204_NO_CONTENT)


def _own(request: Request) -> SubscriptionRow:
    # Empty unless Cognito has verified it.
    email: Any = getattr(request.user, "email", "")
    row = subscription_by_email(email) if email else None
    if row is None:
        raise NotFound
    return row


def _filters(request: Request) -> tuple[SubscriptionStatus | None, str | None]:
    wanted, text = request.query_params.get("status"), request.query_params.get("search")
    if wanted is not None and text is not None:
        raise FieldError("search", "invalid", "Give a status or a text to search for, not both.")
    if wanted is not None and wanted not in list(SubscriptionStatus):
        choices = ", ".join(SubscriptionStatus)
        raise FieldError("status", "invalid_choice", f"Give one of {choices}.")
    if text is not None and not (len(text) <= ADDRESS_MAX_LENGTH and search_words(text)):
        message = (
            f"Give at most {ADDRESS_MAX_LENGTH} characters, {SEARCH_MIN} or more of them in a word."
        )
        raise FieldError("search", "invalid", message)
    return SubscriptionStatus(wanted) if wanted else None, text
