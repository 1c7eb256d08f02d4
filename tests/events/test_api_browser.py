"""The API for a member of the staff who is signed in to the admin."""

import json
import re
from typing import Any

import pytest
from django.test import Client

from events.enums import EventStatus
from events.selectors import events_page
from tests.events.staff import signed_in, text
from tests.factories import errors, make_event

pytestmark = pytest.mark.usefixtures("aws")
HTML = {"Accept": "text/html"}


@pytest.fixture
def editor():
    with signed_in("editors") as client:
        client.handler.enforce_csrf_checks = True
        yield client


def csrf_token(page: str) -> str:
    [token] = re.findall(r'"csrfToken": "(\w+)"', page)
    return str(token)


def content_of_form(page: str) -> Any:
    return json.loads(re.findall(r"<textarea[^>]*>\s*(.*?)</textarea>", page, re.DOTALL)[-1])


def test_what_the_form_starts_with_makes_a_draft(editor):
    page = text(editor.get("/api/events", headers=HTML))
    token = csrf_token(page)
    body = content_of_form(page) | {"title": "Fair"}
    reply = editor.post(
        "/api/events", body, content_type="application/json", headers={"X-CSRFToken": token}
    )
    assert reply.status_code == 201
    [row] = events_page(statuses=(EventStatus.DRAFT,), limit=5).events
    assert row.title == "Fair"


def test_the_form_of_an_event_holds_the_event(editor):
    row = make_event()
    page = text(editor.get(f"/api/events/{row.id}", headers=HTML))
    token = csrf_token(page)
    reply = editor.put(
        f"/api/events/{row.id}",
        content_of_form(page),
        content_type="application/json",
        headers={"X-CSRFToken": token},
    )
    assert (reply.status_code, reply.json()["version"]) == (200, 1)


def test_a_session_without_csrf_token_writes_nothing(editor):
    reply = editor.post(
        "/api/events", {"title": "Fair", "date": "2038-08-01"}, content_type="application/json"
    )
    assert (reply.status_code, errors(reply)) == (403, [(None, "permission_denied")])
    assert events_page(statuses=tuple(EventStatus), limit=5).events == []


def test_signing_out_needs_no_script_in_the_page(editor):
    page = text(editor.get("/api/events", headers=HTML))
    assert re.search(r"\son[a-z]+=", page) is None
    [action] = re.findall(r'<form method="post" action="(/api/logout/[^"]*)"', page)
    reply = editor.post(action, {"csrfmiddlewaretoken": csrf_token(page)})
    assert (reply.status_code, "sessionid" in editor.cookies) == (302, True)
    assert editor.get("/admin/").status_code == 302


def test_nobody_is_let_in_unasked():
    for path in ("/events", "/api/events", f"/events/{make_event().id}"):
        reply = Client().get(path)
        assert (reply.status_code, errors(reply)) == (401, [(None, "not_authenticated")])
