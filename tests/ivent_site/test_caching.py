"""No cache keeps what is about a person: every route, every role, and every error on the way."""

from unittest import mock

import pytest
from django.template.response import SimpleTemplateResponse
from django.test import Client

from events.public_views import Home
from tests.test_access_matrix import (  # noqa: F401 - fixtures are asked for by name
    ADMIN,
    API,
    METHODS,
    PUBLIC,
    SESSION,
    SIGN_IN,
    browsers,
    programs,
    url,
)

pytestmark = pytest.mark.usefixtures("aws")
# The same for everybody: a minute in any cache.
OPEN = {"", "calendar", "calendar.ics", "e/<uuid:event_id>", "e/<uuid:event_id>.ics"}
# For their caller, who asks each time whether it still holds.
OWN = {each for each in API if each.startswith("events")}


def directives(response) -> set[str]:
    return {each.strip() for each in response.headers["Cache-Control"].split(",")}


@pytest.mark.parametrize("route", sorted({*ADMIN, *SESSION, *SIGN_IN, *PUBLIC} - OPEN))
def test_no_page_about_people_is_kept(route, url, browsers, monkeypatch):  # noqa: F811
    # What a page says makes no difference here, and most of the work.
    monkeypatch.setattr(SimpleTemplateResponse, "rendered_content", "")
    for role in ("anonymous", "viewer", "admin"):
        for method in ("GET", "HEAD", "POST", "DELETE"):
            response = browsers[role].generic(method, url(route), HTTP_ACCEPT="*/*", secure=True)
            kept = route.removeprefix("api/") in OWN and response.status_code == 200
            expected = "no-cache" if kept and method in {"GET", "HEAD"} else "no-store"
            assert expected in directives(response), (role, method, response.status_code)


@pytest.mark.parametrize("route", sorted(OPEN))
def test_a_page_for_everybody_may_be_kept_for_a_minute(route, url):  # noqa: F811
    assert directives(Client().get(url(route))) == {"public", "max-age=60"}
    assert "no-store" in directives(Client().get(f"{url(route)}nothing"))


@pytest.mark.parametrize("route", API)
def test_what_programs_read_about_people_is_not_kept(route, url, programs):  # noqa: F811
    for role, client in programs.items():
        for method in (*METHODS, "HEAD", "OPTIONS"):
            response = client.generic(method, url(route), "{}", "application/json")
            read = method in {"GET", "HEAD"} and response.status_code == 200
            kept = {"private", "no-cache"} if read and route in OWN else {"no-store"}
            assert directives(response) == kept, (role, method)


@pytest.mark.parametrize(
    ("host", "path", "status"),
    [("testserver", "/nothing", 404), ("testserver", "/", 500), ("evil.example", "/", 400)],
)
def test_an_error_is_not_kept(host, path, status, monkeypatch):
    monkeypatch.setattr(Home, "get", mock.Mock(side_effect=ZeroDivisionError))
    response = Client(raise_request_exception=False, HTTP_HOST=host).get(path)
    assert (response.status_code, directives(response)) == (status, {"no-store"})


@pytest.mark.parametrize("path", ["mailbox/", "mailbox.json", "mailbox/nothing", "nothing"])
def test_the_laptops_mailbox_is_not_kept(path):
    response = Client().get(f"/local/{path}")
    assert "no-store" in directives(response)


def test_a_static_file_is_kept_as_it_was():
    response = Client().get("/static/ivent/site.css")
    # It is streamed from the file.
    response.close()
    assert response.status_code == 200
    assert "no-store" not in directives(response)
