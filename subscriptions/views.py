"""The API of subscriptions."""

from typing import Any, Final

from django.conf import settings
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.exceptions import NotFound
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from ivent_site.api.conditional import IF_MATCH, names_version, require_match, version_etag
from ivent_site.api.errors import FieldError, PreconditionFailed
from ivent_site.api.pagination import (
    PAGE_PARAMETERS,
    page_cursor,
    page_limit,
    page_of,
    page_response,
)
from ivent_site.api.schema import IF_MATCH_PARAMETER
from ivent_site.api.views import ApiView
from ivent_site.dynamodb.writes import ConflictError
from subscriptions import api_examples as examples
from subscriptions.addresses import ADDRESS_MAX_LENGTH
from subscriptions.enums import Frequency, SubscriptionStatus
from subscriptions.requests import WISHES
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

FILTERS: Final = [
    OpenApiParameter("status", OpenApiTypes.STR, enum=list(SubscriptionStatus)),
    OpenApiParameter(
        "search",
        OpenApiTypes.STR,
        description="Parts of the name or address, separated by blanks; not with `status`.",
    ),
]


class Subscriptions(ApiView, GenericAPIView[Any]):
    """Ask for a subscription; list them (staff)."""

    permissions_by_method = {"GET": "subscriptions.view_subscription", "POST": None}
    parameters_by_method = {"GET": [*FILTERS, *PAGE_PARAMETERS]}
    serializer_class = SubscriptionRequestSerializer

    @extend_schema(
        operation_id="subscriptions_list",
        summary="List subscriptions",
        responses=page_of(SubscriptionSerializer),
        examples=examples.SUBSCRIPTIONS_LIST,
    )
    def get(self, request: Request) -> Response:
        """A page of subscriptions, for staff: the newest first, or those that a search finds."""
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
        summary="Ask for a subscription",
        request=SubscriptionRequestSerializer,
        responses={202: AcceptedSerializer},
        examples=examples.SUBSCRIPTIONS_REQUEST,
    )
    def post(self, request: Request) -> Response:
        """Sends an e-mail with a link that confirms the subscription, or what it is to become.
        The reply is the same for every address, known or not.
        """
        serializer = SubscriptionRequestSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        defaults = {
            "topics": [],
            "locale": settings.LANGUAGE_CODE,
            "timezone": "",
            "frequency": Frequency.AT_ONCE,
        }
        given = serializer.validated_data
        subscription_enqueue(
            **(defaults | given),
            chosen=[name for name in WISHES if name in given],
            source="api",
            ip=request.META["REMOTE_ADDR"],
        )
        return Response(examples.ACCEPTED, status=status.HTTP_202_ACCEPTED)


class Subscription(ApiView, GenericAPIView[Any]):
    """One subscription (staff)."""

    permissions_by_method = {"GET": "subscriptions.view_subscription"}
    serializer_class = SubscriptionSerializer

    @extend_schema(
        operation_id="subscriptions_get",
        summary="Get a subscription",
        responses=SubscriptionSerializer,
        examples=examples.SUBSCRIPTION_GET,
    )
    def get(self, request: Request, subscription_id: str) -> Response:  # noqa: ARG002 - DRF's signature
        """One subscription with its consent record, for staff."""
        row = subscription_get(subscription_id)
        if row is None:
            raise NotFound
        return _response(SubscriptionSerializer, row)


class OwnSubscription(ApiView, GenericAPIView[Any]):
    """The subscription of the token's verified address."""

    permissions_by_method = {"GET": None, "PATCH": None, "DELETE": None}
    parameters_by_method = {"PATCH": [IF_MATCH_PARAMETER], "DELETE": [IF_MATCH_PARAMETER]}
    serializer_class = OwnSubscriptionSerializer

    def handle_exception(self, exc: Exception) -> Response:
        if isinstance(exc, ConflictError) and names_version(self.request):
            exc = PreconditionFailed(IF_MATCH)
        return super().handle_exception(exc)

    @extend_schema(
        operation_id="own_subscription_get",
        summary="Get my subscription",
        responses=OwnSubscriptionSerializer,
        examples=examples.OWN_GET,
    )
    def get(self, request: Request) -> Response:
        """The subscription of the address in the token. 404 if that address has none, or if the
        token holds no verified address.
        """
        return _response(OwnSubscriptionSerializer, _own(request))

    @extend_schema(
        operation_id="own_subscription_update",
        summary="Change my subscription",
        request=OwnSubscriptionSerializer,
        responses=OwnSubscriptionSerializer,
        examples=examples.OWN_PATCH,
    )
    def patch(self, request: Request) -> Response:
        """Changes topics, language, time zone or frequency, and leaves what is not given."""
        row = _own(request)
        version = _version(request, row)
        serializer = OwnSubscriptionSerializer(data=request.data, partial=True)
        serializer.is_valid(raise_exception=True)
        changed = subscription_update(
            subscription_id=row.id, version=version, **serializer.validated_data
        )
        if changed is None:
            raise NotFound
        return _response(OwnSubscriptionSerializer, changed)

    @extend_schema(
        operation_id="own_subscription_leave",
        summary="Unsubscribe",
        responses={204: OpenApiResponse(description="The address gets no more e-mails.")},
    )
    def delete(self, request: Request) -> Response:
        """Ends the subscription of the address in the token. Safe to repeat."""
        row = _own(request)
        subscription_leave(subscription_id=row.id, version=_version(request, row))
        return Response(status=status.HTTP_204_NO_CONTENT)


def _response(serializer: type[OwnSubscriptionSerializer], row: SubscriptionRow) -> Response:
    return Response(serializer(row).data, headers={"ETag": version_etag(row.version)})


def _version(request: Request, row: SubscriptionRow) -> int | None:
    """The version that the caller insists on; None if they take the subscription as it is."""
    require_match(request, version_etag(row.version))
    return int(row.version) if names_version(request) else None


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
