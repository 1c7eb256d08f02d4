"""Subscriptions in the admin, for those whom Cognito's groups let in."""

from datetime import UTC, datetime

import pytest
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.test import Client

from ivent_site.aws import sqs
from ivent_site.cognito import models as cognito_models
from ivent_site.cognito.models import StaffUser
from ivent_site.cognito.tables import StaffRow
from ivent_site.dynamodb.writes import ConflictError
from subscriptions.requests import request_parse
from subscriptions.selectors import subscription_get
from tests.dynamodb_calls import dynamodb_calls
from tests.factories_subscriptions import known, make_confirmed, make_pending

pytestmark = pytest.mark.usefixtures("aws")

LIST = "/admin/subscriptions/subscription/"


@pytest.fixture
def sign_in(monkeypatch):
    """Gives a browser whose person is in the group."""

    def signed_in(group):
        monkeypatch.setattr(
            cognito_models, "current_groups", lambda *, username: frozenset({group})
        )
        now = datetime.now(UTC)
        StaffRow(
            id=f"sub-{group}",
            username=group,
            email=f"{group}@example.com",
            session_epoch="1",
            last_login_at=now,
            created_at=now,
        ).save()
        client = Client()
        client.force_login(StaffUser.objects.get(pk=f"sub-{group}"))
        return client

    return signed_in


def test_the_list_shows_filters_and_finds(sign_in):
    viewer = sign_in("viewers")
    make_confirmed("Ada@example.com", topics=["music"])
    make_pending("bob@example.com")
    page = viewer.get(LIST).content.decode()
    assert "Ada@example.com" in page
    assert "bob@example.com" in page
    page = viewer.get(f"{LIST}?status__exact=pending").content.decode()
    assert "Ada@example.com" not in page
    assert "bob@example.com" in page
    page = viewer.get(f"{LIST}?q=ADA").content.decode()
    assert "Ada@example.com" in page
    assert "bob@example.com" not in page


def test_a_subscription_is_shown_with_its_consent_and_cannot_be_edited(sign_in):
    row = make_confirmed("Ada@example.com")
    editor = sign_in("editors")
    page = editor.get(f"{LIST}{row.id}/change/").content.decode()
    assert f"source: {row.consent['source']}" in page
    assert editor.post(f"{LIST}{row.id}/change/", {"email": "x@example.com"}).status_code == 403
    assert editor.post(f"{LIST}{row.id}/delete/", {"post": "yes"}).status_code == 403
    assert editor.get(f"{LIST}add/").status_code == 403


def test_an_editor_unsubscribes_after_a_question(sign_in):
    row = make_confirmed()
    editor = sign_in("editors")
    url = f"{LIST}{row.id}/unsubscribe/"
    assert editor.get(url).status_code == 200
    assert known(subscription_get(row.id)).status == "confirmed"
    assert editor.post(url, {"_form_submitted": "on"})["HX-Redirect"] == f"{LIST}{row.id}/change/"
    assert known(subscription_get(row.id)).status == "left"
    [entry] = LogEntry.objects.filter(user_id="sub-editors")
    assert entry.object_id == row.id


def test_an_editor_who_loses_a_race_is_told(sign_in, monkeypatch):
    def lost(**_):
        raise ConflictError("Somebody else was first.")

    row = make_confirmed()
    editor = sign_in("editors")
    monkeypatch.setattr("subscriptions.admin.subscription_leave", lost)
    editor.post(f"{LIST}{row.id}/unsubscribe/", {"_form_submitted": "on"})
    assert "please try again" in editor.get(LIST).content.decode()
    assert list(LogEntry.objects.filter(user_id="sub-editors")) == []


def test_an_editor_unsubscribes_those_ticked(sign_in):
    rows = [make_confirmed() for _ in range(3)]
    data = {"action": "unsubscribe_ticked", "_selected_action": [row.id for row in rows[:2]]}
    sign_in("editors").post(LIST, data)
    statuses = [known(subscription_get(row.id)).status for row in rows]
    assert statuses == ["left", "left", "confirmed"]


def test_an_editor_invites_and_the_person_confirms(sign_in):
    editor = sign_in("editors")
    url = f"{LIST}invite/"
    assert editor.post(url, {"_form_submitted": "on", "email": "nobody"}).status_code == 200
    answer = editor.post(url, {"_form_submitted": "on", "email": "ada@example.com"})
    assert answer["HX-Redirect"] == LIST
    [message] = sqs().receive_message(QueueUrl=settings.REQUESTS_QUEUE_URL, MaxNumberOfMessages=10)[
        "Messages"
    ]
    request = request_parse(body=message["Body"], message_id=message["MessageId"])
    assert (request.email, request.source) == ("ada@example.com", "staff")


def test_a_viewer_only_looks(sign_in):
    row = make_confirmed()
    viewer = sign_in("viewers")
    page = viewer.get(f"{LIST}{row.id}/change/").content.decode()
    assert "unsubscribe/" not in page
    form = {"_form_submitted": "on", "email": "ada@example.com"}
    assert viewer.post(f"{LIST}{row.id}/unsubscribe/", form).status_code == 403
    assert viewer.post(f"{LIST}invite/", form).status_code == 403
    viewer.post(LIST, {"action": "unsubscribe_ticked", "_selected_action": [row.id]})
    assert known(subscription_get(row.id)).status == "confirmed"


def test_the_list_costs_the_same_however_many_there_are(sign_in):
    viewer = sign_in("viewers")
    costs = []
    for _ in range(2):
        make_confirmed()
        with dynamodb_calls() as calls:
            assert viewer.get(LIST).status_code == 200
        costs.append(dict(calls))
        for _ in range(10):
            make_confirmed()
    assert costs[0] == costs[1]
    assert "Scan" not in costs[0]
