"""The language of the public pages: the reader's choice before the browser's."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.utils.http import escape_leading_slashes
from django.views.decorators.vary import vary_on_cookie

from ivent_site.preferences.selectors import preferences_get

PARAMETER: Final = "language"
_KEPT_S: Final = 365 * 24 * 60 * 60

View = Callable[..., HttpResponseBase]


def languages_offered() -> list[tuple[str, str]]:
    """The languages that admins offer, each by its code and its own name."""
    offered = preferences_get().languages
    return [(code, name) for code, name in settings.LANGUAGES if code in offered]


def speaks_the_readers_language(view: View) -> View:
    """A page whose `?language=` keeps the choice in a cookie, and leads back to the same page.

    A link is enough, no script and no form: the pages of many readers come from a cache and hold
    no CSRF token. Caches tell the languages apart by the cookie.
    """
    varied: View = vary_on_cookie(view)

    @wraps(view)
    def chosen(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        language = request.GET.get(PARAMETER)
        if request.method in {"GET", "HEAD"} and language in dict(languages_offered()):
            return _kept(request, str(language))
        return varied(request, *args, **kwargs)

    return chosen


def _kept(request: HttpRequest, language: str) -> HttpResponseRedirect:
    query = request.GET.copy()
    del query[PARAMETER]
    # Two slashes at its beginning would lead to another site.
    path = escape_leading_slashes(request.path)
    response = HttpResponseRedirect(f"{path}?{query.urlencode()}" if query else path)
    language_keep(response, language)
    return response


def language_chosen(request: HttpRequest) -> bool:
    """Whether the visitor has chosen a language by hand."""
    return request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME) in dict(settings.LANGUAGES)


def language_keep(response: HttpResponseBase, language: str) -> None:
    """Keep the choice in a cookie, for the pages to come."""
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=_KEPT_S,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
