"""What was posted after a session ended is kept in the browser, and comes back after the sign-in.

The fields go into the page itself, signed for the person who entered them: the server stores and
logs nothing, and whoever else signs in gets nothing. A cookie says who that person was; without it
there is nothing to sign, so no stranger can make such a page for somebody else.
"""

from dataclasses import dataclass
from typing import Any, Final

from django.conf import settings
from django.contrib.admin import AdminSite
from django.core import signing
from django.http import HttpRequest, HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import Resolver404, resolve
from django.utils.translation import gettext_lazy as _

from ivent_site.kept_forms import SIGNED_OUT, contents, kept_page

COOKIE: Final = "ivent_staff"
# The field of the page that carries it.
FIELD: Final = "kept"
# A weekend over which a page stays open.
COOKIE_AGE_S: Final = 4 * 24 * 60 * 60
_SALT: Final = "ivent_site.cognito.kept"
_TEMPLATE: Final = "cognito/kept.html"
# Pages that show a form which is posted to them, with its faults or without.
_FORMS: Final = (
    *("_add", "_change", "event_review"),
    *("events_event_message", "events_event_repeat", "events_event_cancel"),
)
OTHER_PERSON: Final = _("What was entered here was entered by somebody else, and is not shown.")
TOO_OLD: Final = _("What was entered is too old to be brought back.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A form that somebody posted: who, where to, and what."""

    sub: str
    path: str
    fields: list[tuple[str, str]]


def remember_person(response: HttpResponseBase, sub: str) -> None:
    """Let the browser know who signed in here last, beyond the end of the session."""
    response.set_signed_cookie(
        COOKIE,
        sub,
        salt=_SALT,
        max_age=COOKIE_AGE_S,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
        path=settings.SESSION_COOKIE_PATH,
    )


def sealed(request: HttpRequest) -> str:
    """What was posted, signed; "" if it is no form of somebody whom the browser knows."""
    sub = request.get_signed_cookie(COOKIE, default="", salt=_SALT, max_age=COOKIE_AGE_S)
    if not sub or not _is_form(request):
        return ""
    value = {"sub": sub, "path": request.get_full_path(), "fields": contents(request)}
    return signing.dumps(value, salt=_SALT, compress=True)


def opened(text: str) -> Kept | None:
    """What `sealed` signed; None if it is something else, or too old."""
    try:
        return Kept(**signing.loads(text, salt=_SALT, max_age=COOKIE_AGE_S))
    except signing.BadSignature:
        return None


def signed_out_page(request: HttpRequest, site: AdminSite, text: str) -> TemplateResponse:
    """The page that keeps the form while its person signs in."""
    context = {**site.each_context(request), "title": _("You have been signed out"), FIELD: text}
    return TemplateResponse(request, _TEMPLATE, context, status=403)


def way_back_page(request: HttpRequest, site: AdminSite) -> TemplateResponse:
    """Where the sign-in leads: a script goes on from here with what the browser has kept."""
    context = {**site.each_context(request), "title": _("Your form"), "is_back": True}
    return TemplateResponse(request, _TEMPLATE, context)


def form_page(request: HttpRequest, site: AdminSite, kept: Kept) -> TemplateResponse:
    """On to the filled form."""
    return kept_page(request, site, action=kept.path, fields=kept.fields, why=SIGNED_OUT)


def _is_form(request: HttpRequest) -> bool:
    try:
        match: Any = resolve(request.path_info)
    except Resolver404:
        return False
    return not request.headers.get("HX-Request") and str(match.url_name).endswith(_FORMS)
