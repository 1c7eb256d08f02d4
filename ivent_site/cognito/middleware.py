"""What is answered while Cognito is out of reach."""

import logging
from collections.abc import Callable
from typing import Final

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils.cache import add_never_cache_headers

from ivent_site.cognito.errors import UNAVAILABLE, CognitoUnavailableError

RETRY_AFTER_S: Final = 30

logger = logging.getLogger(__name__)


class CognitoUnavailableMiddleware:
    """Answers 503 to a request whose rights cannot be asked for: nobody gets in unasked."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """The 503 for CognitoUnavailableError; anything else is not ours."""
        if not isinstance(exception, CognitoUnavailableError):
            return None
        logger.warning("A staff request is refused: %s", exception)
        response = _page() if request.accepts("text/html") else _json()
        response["Retry-After"] = str(RETRY_AFTER_S)
        add_never_cache_headers(response)
        return response


def _page() -> HttpResponse:
    # Without the request: the template must not ask who the user is.
    return HttpResponse(render_to_string("cognito/unavailable.html"), status=503)


def _json() -> HttpResponse:
    # The shape of every error of the API.
    error = {"field": None, "code": "unavailable", "message": UNAVAILABLE}
    return JsonResponse({"errors": [error]}, status=503)
