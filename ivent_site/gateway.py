"""What API Gateway knows of a request, and its headers only claim."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse


class ClientAddressMiddleware:
    """REMOTE_ADDR is the address that API Gateway saw.

    Zappa takes it from X-Forwarded-For, as it stands behind CloudFront: behind a regional
    API, that is whatever the client wrote there.
    https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        event = request.META.get("lambda.event")
        if event is not None:
            request.META["REMOTE_ADDR"] = event["requestContext"]["identity"]["sourceIp"]
        return self._get_response(request)
