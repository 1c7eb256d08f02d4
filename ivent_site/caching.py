"""Replies that no cache may keep: all whose view does not say otherwise."""

from collections.abc import Callable
from typing import Final

from django.http import HttpRequest
from django.http.response import HttpResponseBase

_CACHE_CONTROL: Final = "Cache-Control"


class NoStoreMiddleware:
    """Forbids browsers and proxies to store a reply without a Cache-Control header of its own.

    The public pages, static files and the events of the API set one. Anything else may be about
    a person: the admin, subscriptions, links with a token, and every error on the way to them.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self._get_response(request)
        if _CACHE_CONTROL not in response.headers:
            response.headers[_CACHE_CONTROL] = "no-store"
        return response
