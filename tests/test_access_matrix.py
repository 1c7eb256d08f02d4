"""Who gets in where: every route of the URLconf, every method, every role.

A route that stands in no row here fails the suite; a method that a row does not list must be
refused to everybody.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from unittest import mock

import pytest
from django.contrib.contenttypes.models import ContentType
from django.template.response import SimpleTemplateResponse
from django.test import Client
from django.urls import URLResolver, get_resolver
from rest_framework.test import APIClient

from events.models import Event
from events.snapshot import EventSnapshot
from ivent_site.cognito import models as cognito_models
from ivent_site.cognito.identity import Identity
from ivent_site.cognito.models import StaffUser
from ivent_site.cognito.tables import StaffRow
from ivent_site.dynamodb.writes import put
from notifications.announcements import Decision, announcement_create
from notifications.enums import AnnouncementKind
from subscriptions.enums import ImportKind
from subscriptions.import_file import Checked
from subscriptions.imports import import_check, import_upload
from subscriptions.services import subscription_request
from subscriptions.tokens import change_token, confirm_token, leave_token
from tests.factories import make_event, make_topic
from tests.factories_subscriptions import make_confirmed, make_request

Rights = dict[str, frozenset[str]]

GROUPS: dict[str, frozenset[str]] = {
    "anonymous": frozenset(),
    "member": frozenset(),
    "viewer": frozenset({"viewers"}),
    "editor": frozenset({"editors"}),
    "admin": frozenset({"admins"}),
}
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
EVERYONE = frozenset(GROUPS)
SIGNED_IN = EVERYONE - {"anonymous"}
STAFF = SIGNED_IN - {"member"}
WRITERS = STAFF - {"viewer"}
ADMINS = frozenset({"admin"})

# By token at the root, by staff session below api/: there a member, who is in no group, is nobody.
API: dict[str, Rights] = {
    "events": {"GET": SIGNED_IN, "POST": WRITERS},
    "events/<str:event_id>": {
        "GET": SIGNED_IN,
        "PUT": WRITERS,
        "PATCH": WRITERS,
        "DELETE": WRITERS,
    },
    "events/<str:event_id>/announcements": {"GET": STAFF},
    "subscriptions": {"GET": STAFF, "POST": SIGNED_IN},
    "subscriptions/me": {"GET": SIGNED_IN, "PATCH": SIGNED_IN, "DELETE": SIGNED_IN},
    "subscriptions/<str:subscription_id>": {"GET": STAFF},
}

PUBLIC: dict[str, Rights] = {
    "healthz": {"GET": EVERYONE},
    # Sets a cookie, for whoever asks.
    "admin/language/": dict.fromkeys(METHODS, EVERYONE),
    "schema": {"GET": EVERYONE},
    "docs": {"GET": EVERYONE},
    "": {"GET": EVERYONE},
    "calendar": {"GET": EVERYONE},
    "calendar.ics": {"GET": EVERYONE},
    "e/<uuid:event_id>": {"GET": EVERYONE},
    "e/<uuid:event_id>.ics": {"GET": EVERYONE},
    "subscribe": {"GET": EVERYONE, "POST": EVERYONE},
    "confirm/<path:token>": {"GET": EVERYONE, "POST": EVERYONE},
    "change/<path:token>": {"GET": EVERYONE, "POST": EVERYONE},
    "leave/<path:token>": {"GET": EVERYONE, "POST": EVERYONE},
    "one-click/<path:token>": {"GET": EVERYONE, "POST": EVERYONE},
    "preferences/<path:token>": {"GET": EVERYONE, "POST": EVERYONE},
}

LIST, ADD = "", "add/"
CHANGE, DELETE, HISTORY = (f"<path:object_id>/{page}/" for page in ("change", "delete", "history"))
# The model's short link: it leads to the change page, which asks for itself.
SHORT = "<path:object_id>/"


def _admin(model: str, pages: dict[str, Rights]) -> dict[str, Rights]:
    return {f"admin/{model}/{page}": rights for page, rights in pages.items()}


NOBODY: Rights = {}
STAFF_READ: Rights = {"GET": STAFF}
# Where another method is refused, by 403 or 405, and not taken for GET.
ONLY_GET: Rights = {**dict.fromkeys(METHODS, frozenset()), "GET": STAFF}
ONLY_POST: Rights = {"GET": frozenset(), "POST": WRITERS}
MANAGE: Rights = {"GET": ADMINS, "POST": ADMINS}
READ_ONLY: Rights = {"GET": STAFF, "POST": frozenset()}
ADMIN: dict[str, Rights] = {
    "admin/": {"GET": STAFF, "POST": STAFF},
    "admin/search/": {"GET": STAFF, "POST": STAFF},
    "admin/autocomplete/": NOBODY,
    # What it gives back is tested with the sign-in: to each person only what they entered.
    "admin/kept/": {"GET": STAFF, "POST": STAFF},
    "admin/jsi18n/": ONLY_GET,
    # No model has a page by this way: "View on site" of an event leads straight to it.
    "admin/r/<path:content_type_id>/<path:object_id>/": NOBODY,
    "admin/^(?P<app_label>cognito|preferences|events|subscriptions|notifications)/$": STAFF_READ,
    "admin/(?P<url>.*)$": NOBODY,
    **_admin(
        "events/event",
        {
            LIST: {"GET": STAFF, "POST": STAFF},
            ADD: {"GET": WRITERS, "POST": WRITERS},
            CHANGE: {"GET": STAFF, "POST": WRITERS},
            # Of a published event, as this one is.
            DELETE: NOBODY,
            HISTORY: STAFF_READ,
            SHORT: STAFF_READ,
            "<str:object_id>/cancel/": {"GET": WRITERS, "POST": WRITERS},
            "<str:object_id>/message/": {"GET": WRITERS, "POST": WRITERS},
            "<str:object_id>/repeat/": {"GET": WRITERS, "POST": WRITERS},
            "<str:object_id>/undo/": ONLY_POST,
            "<str:object_id>/correct/": ONLY_POST,
            "<str:object_id>/unschedule/": ONLY_POST,
            "<str:object_id>/duplicate/": ONLY_POST,
        },
    ),
    **_admin(
        "events/topic",
        {
            LIST: {"GET": STAFF, "POST": STAFF},
            ADD: {"GET": ADMINS, "POST": ADMINS},
            CHANGE: {"GET": STAFF, "POST": ADMINS},
            DELETE: {"GET": ADMINS, "POST": ADMINS},
            HISTORY: STAFF_READ,
            SHORT: STAFF_READ,
        },
    ),
    **_admin(
        "subscriptions/subscription",
        {
            LIST: {"GET": STAFF, "POST": STAFF},
            ADD: NOBODY,
            CHANGE: {"GET": STAFF, "POST": ADMINS},
            DELETE: NOBODY,
            HISTORY: STAFF_READ,
            SHORT: STAFF_READ,
            "invite/": {"GET": WRITERS, "POST": WRITERS},
            "<path:object_id>/unsubscribe/": {"GET": WRITERS, "POST": WRITERS},
            "<path:object_id>/suppress/": MANAGE,
            "<path:object_id>/ask-again/": MANAGE,
            "<path:object_id>/export/": MANAGE,
            "<path:object_id>/erase/": MANAGE,
            "export/": MANAGE,
            "export/part/": MANAGE,
            "setup-stops/": {**ONLY_GET, "POST": ADMINS},
            "<str:object_id>/ses-list/": {**ONLY_GET, "POST": ADMINS},
        },
    ),
    **_admin(
        "subscriptions/subscriberimport",
        {
            LIST: MANAGE,
            ADD: MANAGE,
            CHANGE: {"GET": ADMINS, "POST": frozenset()},
            DELETE: NOBODY,
            HISTORY: {"GET": ADMINS},
            SHORT: STAFF_READ,
            "<path:object_id>/begin/": MANAGE,
            "<path:object_id>/stop/": MANAGE,
            "<path:object_id>/columns/": MANAGE,
            "<str:object_id>/progress/": MANAGE,
        },
    ),
    **_admin(
        "preferences/sitepreferences",
        {
            LIST: MANAGE,
            ADD: NOBODY,
            CHANGE: MANAGE,
            DELETE: NOBODY,
            HISTORY: {"GET": ADMINS},
            SHORT: STAFF_READ,
        },
    ),
    **_admin(
        "notifications/announcement",
        {
            LIST: {"GET": STAFF, "POST": STAFF},
            ADD: NOBODY,
            CHANGE: READ_ONLY,
            DELETE: NOBODY,
            HISTORY: STAFF_READ,
            SHORT: STAFF_READ,
            "layout-preview/": {**dict.fromkeys(METHODS, frozenset()), "POST": ADMINS},
            "digest/": {"GET": STAFF, "POST": WRITERS},
            "<str:object_id>/step/": ONLY_POST,
            "<str:object_id>/parked/": ONLY_POST,
            "<str:object_id>/refused/": {"GET": WRITERS, "POST": WRITERS},
            "<str:object_id>/live/": STAFF_READ,
            "<str:object_id>/find/": {"GET": frozenset(), "POST": STAFF},
            "person/<str:person>/": STAFF_READ,
            "person/<str:person>/<str:object_id>/": STAFF_READ,
            "health/": STAFF_READ,
            "dead-letters/": STAFF_READ,
            "dead-letters/read/": {"GET": frozenset(), "POST": ADMINS},
            "dead-letters/send-back/": {"GET": frozenset(), "POST": ADMINS},
            "sent/": STAFF_READ,
            "event/<str:event_id>/": STAFF_READ,
            "event/<str:event_id>/part/": STAFF_READ,
            "review/<str:event_id>/": {"GET": WRITERS, "POST": WRITERS},
            "reviews/": {"GET": WRITERS, "POST": WRITERS},
            "moved/": ONLY_GET,
            "<str:object_id>/cancel/": {"GET": WRITERS, "POST": WRITERS},
        },
    ),
    **_admin(
        "cognito/staffuser",
        {
            LIST: {"GET": ADMINS, "POST": ADMINS},
            ADD: NOBODY,
            CHANGE: {"GET": ADMINS, "POST": frozenset()},
            DELETE: NOBODY,
            HISTORY: {"GET": ADMINS},
            SHORT: STAFF_READ,
        },
    ),
}
SESSION = {f"api/{route}": rights for route, rights in API.items()} | {"api/": {"GET": STAFF}}
# The way in and out; what they let through is tested with the sign-in itself.
SIGN_IN = {
    "admin/login/",
    "admin/login/new-password/",
    "admin/login/code/",
    "admin/login/hosted/",
    "admin/login/callback/",
    "admin/logout/",
    "api/login/",
    "api/logout/",
}
# The mailbox of the laptop: who sits at it. Elsewhere it does not exist (tests/ivent_site/local).
LAPTOP = "local/"


def _routes() -> Iterator[str]:
    def walk(patterns: list[Any], prefix: str) -> Iterator[str]:
        for each in patterns:
            route = prefix + str(each.pattern)
            if isinstance(each, URLResolver):
                yield from walk(each.url_patterns, route)
            else:
                yield route

    return walk(get_resolver().url_patterns, "")


@pytest.fixture
def url(aws: None) -> Any:
    """Makes a URL of a route, with something that is there for each of its parts."""
    make_topic("community")
    event = make_event()
    decision = Decision(kind=AnnouncementKind.PUBLISHED)
    snapshot = EventSnapshot.from_row(event)
    announcement = announcement_create(snapshot=snapshot, version=1, decision=decision)
    subscription = make_confirmed("verified@example.com")
    request = make_request("verified@example.com", locale="de")
    subscription_request(request=request)
    objects = {
        "events/event": event.id,
        "events/topic": "community",
        "subscriptions/subscription": subscription.id,
        "notifications/announcement": announcement.id,
        "subscriptions/subscriberimport": import_check(
            import_id=import_upload(
                name="people.csv", kind=ImportKind.PEOPLE, content=b"email\na@example.com"
            ).key,
            checked=Checked(),
        ).key,
        "preferences/sitepreferences": "site",
        "cognito/staffuser": "sub-admin",
    }

    content_type = ContentType.objects.get_for_model(Event)

    def make(route: str) -> str:
        path = f"/{route}"
        for model, key in objects.items():
            if f"/{model}/" in path:
                path = path.replace("<path:object_id>", key).replace("<str:object_id>", key)
        tokens = {
            "confirm": confirm_token(subscription.id, round=int(subscription.round)),
            "change": change_token(subscription.id, request_id=request.message_id),
        }
        token = tokens.get(route.partition("/")[0], leave_token(subscription.id))
        for part, value in {
            "<str:event_id>": event.id,
            "<uuid:event_id>": event.id,
            "<str:subscription_id>": subscription.id,
            "<str:person>": subscription.id,
            "<path:token>": token,
            "r/<path:content_type_id>/<path:object_id>": f"r/{content_type.pk}/{event.id}",
            "^(?P<app_label>cognito|preferences|events|subscriptions|notifications)/$": "events/",
            "(?P<url>.*)$": "no/such/page/",
        }.items():
            path = path.replace(part, value)
        assert "<" not in path, path
        return path

    return make


@pytest.fixture
def browsers(url: Any, monkeypatch: pytest.MonkeyPatch) -> dict[str, Client]:
    """A browser per role, with the session that the sign-in would give it."""
    groups = {f"{role}@example.com": names for role, names in GROUPS.items()}
    monkeypatch.setattr(cognito_models, "current_groups", lambda *, username: groups[username])
    clients = {"anonymous": Client()}
    for role in SIGNED_IN:
        clients[role] = Client()
        now = datetime.now(UTC)
        email = f"{role}@example.com"
        row = StaffRow(id=f"sub-{role}", username=email, email=email, session_epoch="1")
        row.last_login_at = row.created_at = now
        put(row)
        make_confirmed(email)
        clients[role].force_login(StaffUser.objects.get(pk=row.id))
    return clients


@pytest.fixture
def programs() -> dict[str, APIClient]:
    """A program per role, with a verified token."""
    clients = {"anonymous": APIClient()}
    for role in SIGNED_IN:
        clients[role] = APIClient()
        identity: Any = Identity(
            sub=role, username=role, email="verified@example.com", groups=GROUPS[role]
        )
        clients[role].force_authenticate(identity)
    return clients


def _is_let_in(response: Any) -> bool:
    if response.status_code in {301, 302}:
        return not response["Location"].startswith("/admin/login/")
    return response.status_code not in {401, 403, 404, 405}


def _who_is_let_in(clients: dict[str, Any], path: str) -> dict[str, set[str]]:
    # Reading first, so that nothing is gone when it is to be read.
    return {
        method: {
            role for role, client in clients.items() if _is_let_in(_asked(client, method, path))
        }
        for method in METHODS
    }


def _asked(client: Any, method: str, path: str) -> Any:
    # What the admin takes for GET is a page that was written at GET: its words say nothing more.
    written = SimpleTemplateResponse.rendered_content if method in {"GET", "POST"} else ""
    with mock.patch.object(SimpleTemplateResponse, "rendered_content", written):
        return client.generic(method, path, "{}", "application/json", secure=True)


def _expected(rights: Rights, *, otherwise: str = "") -> dict[str, set[str]]:
    default = rights.get(otherwise, frozenset())
    return {method: set(rights.get(method, default)) for method in METHODS}


def test_every_route_is_listed():
    listed = {*API, *PUBLIC, *ADMIN, *SESSION, *SIGN_IN}

    assert {route for route in _routes() if not route.startswith(LAPTOP)} == listed


@pytest.mark.parametrize("route", API)
def test_the_api_lets_programs_do_what_their_role_may(route, url, programs):
    assert _who_is_let_in(programs, url(route)) == _expected(API[route])


@pytest.mark.parametrize("route", SESSION)
def test_the_browsable_api_lets_staff_do_what_their_role_may(route, url, browsers):
    rights = {method: roles - {"member"} for method, roles in SESSION[route].items()}

    assert _who_is_let_in(browsers, url(route)) == _expected(rights)


@pytest.mark.parametrize("route", ADMIN)
def test_the_admin_lets_staff_do_what_their_role_may(route, url, browsers):
    # The admin's views take every method but POST for GET.
    assert _who_is_let_in(browsers, url(route)) == _expected(ADMIN[route], otherwise="GET")


@pytest.mark.parametrize("route", [*API, *PUBLIC])
def test_to_ask_for_the_options_of_a_page_breaks_nothing(route, url, programs):
    assert programs["admin"].options(url(route)).status_code < 500


@pytest.mark.parametrize("route", PUBLIC)
def test_public_pages_are_there_for_everyone(route, url, browsers):
    assert _who_is_let_in(browsers, url(route)) == _expected(PUBLIC[route])
