"""What every endpoint of the API promises, whichever app it belongs to."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from freezegun import freeze_time
from rest_framework.test import APIClient

from events.enums import EventStatus
from events.selectors import event_get
from events.services import event_update
from ivent_site.api.views import NO_STORE, REVALIDATE
from ivent_site.aws import sqs
from ivent_site.cognito.identity import Identity
from subscriptions.selectors import subscription_by_email, subscription_get
from subscriptions.services import subscription_update
from tests.dynamodb_calls import dynamodb_calls
from tests.factories import errors, make_event
from tests.factories_subscriptions import known, make_confirmed

pytestmark = pytest.mark.usefixtures("aws")
READ = ["events", "event", "announcements", "subscriptions", "subscription", "me"]
VERSIONED = {"event", "subscription", "me"}
PATCHES = {"event": {"title": "Other"}, "me": {"locale": "de"}}


@pytest.fixture
def admin() -> APIClient:
    client = APIClient()
    identity: Any = Identity(
        sub="1", username="admin", email="ana@example.com", groups=frozenset({"admins"})
    )
    client.force_authenticate(identity)
    return client


@pytest.fixture
def paths(aws: None) -> dict[str, str]:
    event, subscription = make_event(), make_confirmed("ana@example.com")
    return {
        "events": "/events",
        "event": f"/events/{event.id}",
        "announcements": f"/events/{event.id}/announcements",
        "subscriptions": "/subscriptions",
        "subscription": f"/subscriptions/{subscription.id}",
        "me": "/subscriptions/me",
    }


def change(path: str, client: APIClient) -> None:
    if "event" in path:
        event_id = path.split("/")[2] if path.count("/") > 1 else ""
        target = f"/events/{event_id}" if event_id else "/events"
        body = {"title": "Changed", "date": "2038-08-01"}
        assert (client.patch if event_id else client.post)(target, body).status_code < 300
    else:
        assert client.patch("/subscriptions/me", {"locale": "fr"}).status_code == 200


# --- Reading ----------------------------------------------------------------------------


@pytest.mark.parametrize("name", READ)
def test_what_a_caller_has_already_is_not_sent_again(admin, paths, name):
    first = admin.get(paths[name])
    etag = first["ETag"]
    assert etag.startswith('"') is (name in VERSIONED)
    for header in (etag, f'"other", {etag}', f"W/{etag.removeprefix('W/')}", "*"):
        again = admin.get(paths[name], headers={"If-None-Match": header})
        assert (again.status_code, again.content) == (304, b"")
        for kept in ("ETag", "Cache-Control", "Vary"):
            assert again[kept] == first[kept]
        assert "Content-Type" not in again.headers
    assert admin.get(paths[name], headers={"If-None-Match": '"other"'}).json() == first.json()


@pytest.mark.parametrize("name", [each for each in READ if each != "announcements"])
def test_what_has_changed_is_sent(admin, paths, name):
    etag = admin.get(paths[name])["ETag"]
    change(paths[name], admin)
    again = admin.get(paths[name], headers={"If-None-Match": etag})
    assert again.status_code == 200
    assert again["ETag"] != etag


@pytest.mark.parametrize("name", READ)
def test_head_has_the_headers_of_get_and_no_body(admin, paths, name):
    got, headed = admin.get(paths[name]), admin.head(paths[name])
    assert (headed.status_code, headed.content) == (200, b"")
    for kept in ("ETag", "Cache-Control", "Content-Type", "Vary"):
        assert headed[kept] == got[kept]
    condition = {"If-None-Match": got["ETag"]}
    assert admin.head(paths[name], headers=condition).status_code == 304


@pytest.mark.parametrize("name", READ)
def test_a_condition_of_a_read_that_fails_is_412(admin, paths, name):
    refused = admin.get(paths[name], headers={"If-Match": '"other"'})
    assert (refused.status_code, errors(refused)) == (412, [("If-Match", "precondition_failed")])
    assert refused["Cache-Control"] == NO_STORE
    malformed = admin.get(paths[name], headers={"If-None-Match": "1"})
    assert (malformed.status_code, errors(malformed)) == (400, [("If-None-Match", "invalid")])


@pytest.mark.parametrize("name", READ)
def test_a_reply_without_change_costs_what_the_reply_costs(admin, paths, name):
    with dynamodb_calls() as full:
        etag = admin.get(paths[name])["ETag"]
    with dynamodb_calls() as known_already:
        admin.get(paths[name], headers={"If-None-Match": etag})
    assert known_already == full


def test_a_page_with_a_next_one_has_the_same_bytes_and_etag_later(admin):
    for _ in range(3):
        make_event()
    with freeze_time(timedelta(0)):
        first = admin.get("/events?limit=2")
    with freeze_time(timedelta(seconds=90)):
        again = admin.get("/events?limit=2")
    assert again.content == first.content
    assert again["ETag"] == first["ETag"]
    following = urlsplit(first.json()["next"])
    assert admin.get(f"{following.path}?{following.query}").json()["next"] is None


@pytest.mark.parametrize("name", READ)
def test_a_page_for_people_has_no_etag_and_is_not_kept(admin, paths, name):
    etag = admin.get(paths[name])["ETag"]
    page = admin.get(f"/api{paths[name]}", headers={"Accept": "text/html", "If-None-Match": etag})
    assert page.status_code == 200
    assert "ETag" not in page.headers
    assert page["Cache-Control"] == NO_STORE


@pytest.mark.parametrize("name", READ)
def test_events_may_be_kept_by_their_caller_and_people_by_no_cache(admin, paths, name):
    wanted = REVALIDATE if "event" in paths[name] else NO_STORE
    assert admin.get(paths[name])["Cache-Control"] == wanted


# --- Writing ----------------------------------------------------------------------------


def version_of(path: str) -> int:
    event_id = path.rpartition("/")[2]
    if event_id != "me":
        return int(event_get(event_id).version)
    return int(known(_own()).version)


def _own():
    return subscription_by_email("ana@example.com")


@pytest.mark.parametrize("name", PATCHES)
def test_if_match_with_the_etag_of_now_among_others_lets_a_change_through(admin, paths, name):
    path, body = paths[name], PATCHES[name]
    etag = admin.get(path)["ETag"]
    reply = admin.patch(path, body, headers={"If-Match": f'"0", {etag}'})
    assert reply.status_code == 200
    assert reply["ETag"] not in ("", etag)
    assert admin.get(path)["ETag"] == reply["ETag"]
    assert admin.delete(path, headers={"If-Match": "*"}).status_code == 204


@pytest.mark.parametrize("name", PATCHES)
@pytest.mark.parametrize("method", ["put", "patch", "delete"])
@pytest.mark.parametrize("header", ['"0"', '"0", "99"', 'W/"1"'])
def test_if_match_that_fails_is_412_and_changes_nothing(admin, paths, name, method, header):
    if (name, method) == ("me", "put"):
        return
    path = paths[name]
    before = admin.get(path).json()
    # The condition comes before the content: the body need not be right.
    body = None if method == "delete" else {"no such field": 1}
    refused = getattr(admin, method)(path, body, headers={"If-Match": header})
    assert (refused.status_code, errors(refused)) == (412, [("If-Match", "precondition_failed")])
    assert admin.get(path).json() == before


@pytest.mark.parametrize("name", PATCHES)
def test_if_match_that_is_no_list_of_etags_is_400(admin, paths, name):
    for header in ("1", '"1', "W/1", ""):
        refused = admin.patch(paths[name], PATCHES[name], headers={"If-Match": header})
        assert (refused.status_code, errors(refused)) == (400, [("If-Match", "invalid")])
    assert version_of(paths[name]) == 1


@pytest.mark.parametrize("name", PATCHES)
def test_if_none_match_of_a_write_protects_what_is_there(admin, paths, name):
    refused = admin.patch(paths[name], PATCHES[name], headers={"If-None-Match": "*"})
    assert (refused.status_code, errors(refused)) == (
        412,
        [("If-None-Match", "precondition_failed")],
    )


@pytest.mark.parametrize("name", PATCHES)
def test_what_is_not_there_is_404_whatever_the_condition(admin, paths, name):
    path = f"{paths['event'][:-1]}0" if name == "event" else "/subscriptions/me"
    admin.force_authenticate(Identity(sub="2", username="x", groups=frozenset({"admins"})))
    for header in ("*", '"1"'):
        assert admin.patch(path, {}, headers={"If-Match": header}).status_code == 404


def test_a_change_between_the_comparison_and_the_write_is_412(admin, paths, monkeypatch):
    """Somebody else's write slips in right behind the read."""
    row = known(_own())
    original = subscription_update

    def late(**given: Any) -> Any:
        original(subscription_id=row.id, locale="es")
        return original(**given)

    monkeypatch.setattr("subscriptions.views.subscription_update", late)
    refused = admin.patch("/subscriptions/me", {"locale": "de"}, headers={"If-Match": '"1"'})
    assert (refused.status_code, errors(refused)) == (412, [("If-Match", "precondition_failed")])
    assert known(subscription_get(row.id)).locale == "es"
    # Without a condition both changes are made.
    assert admin.patch("/subscriptions/me", {"locale": "de"}).json()["locale"] == "de"


def test_an_event_that_is_changed_between_the_comparison_and_the_write_is_412(
    admin, paths, monkeypatch
):
    original = event_update

    def late(**given: Any) -> Any:
        original(**{**given, "note": ""})
        return original(**given)

    monkeypatch.setattr("events.views.event_update", late)
    refused = admin.patch(paths["event"], {"title": "New"}, headers={"If-Match": '"1"'})
    assert (refused.status_code, errors(refused)) == (412, [("If-Match", "precondition_failed")])


# --- Query parameters -------------------------------------------------------------------


def operations() -> Iterator[tuple[str, str, Any]]:
    yield from (("get", name, None) for name in READ)
    yield "post", "events", {"title": "Fair", "date": "2038-08-01"}
    yield "put", "event", {"title": "Fair", "date": "2038-08-01"}
    yield "patch", "event", {"title": "Fair"}
    yield "delete", "event", None
    yield "post", "subscriptions", {"email": "bob@example.com"}
    yield "patch", "me", {"locale": "de"}
    yield "delete", "me", None
    yield "head", "events", None


@pytest.mark.parametrize(("method", "name", "body"), [*operations()])
def test_an_unknown_parameter_is_refused_by_its_name(admin, paths, method, name, body):
    call, path = getattr(admin, method), paths[name]
    refused = call(f"{path}?limi=5&x%5B%5D=1&%ff=", body)
    assert refused.status_code == 400
    if method != "head":
        assert errors(refused) == [
            ("limi", "unknown_parameter"),
            ("x[]", "unknown_parameter"),
            ("\ufffd", "unknown_parameter"),
        ]
    assert refused["Cache-Control"] == NO_STORE
    assert known(_own()).version == 1
    [event] = admin.get("/events").json()["results"]
    assert (event["version"], event["status"]) == (1, EventStatus.PUBLISHED)


@pytest.mark.parametrize(
    ("name", "query", "field"),
    [
        ("events", "limit=5&limit=5", "limit"),
        ("events", "status=draft&status=published", "status"),
        ("events", "cursor=a&cursor=b", "cursor"),
        ("subscriptions", "search=ana&search=bob", "search"),
        ("event", "format=json&format=json", "format"),
    ],
)
def test_a_parameter_given_twice_is_refused_by_its_name(admin, paths, name, query, field):
    refused = admin.get(f"{paths[name]}?{query}")
    assert (refused.status_code, errors(refused)) == (400, [(field, "repeated_parameter")])


def test_a_reason_given_twice_cancels_nothing(admin, paths):
    refused = admin.delete(f"{paths['event']}?reason=rain&reason=snow")
    assert errors(refused) == [("reason", "repeated_parameter")]
    assert admin.get(paths["event"]).json()["status"] == "published"


def test_the_reply_says_which_parameters_there_are(admin, paths):
    [error] = admin.get("/events?q=fair").json()["errors"]
    names = "status, topic, from, to, ends_after, cursor, limit"
    assert error["message"].endswith(f"There are {names}.")


def test_of_many_unknown_parameters_some_are_named(admin):
    query = "&".join(f"x{number}=1" for number in range(500))
    assert len(admin.get(f"/events?{query}").json()["errors"]) == 20


def test_a_caller_without_rights_learns_nothing_of_parameters(paths):
    assert APIClient().get("/subscriptions?x=1").status_code == 401


def test_a_method_that_is_not_there_stays_405(admin):
    assert admin.delete("/events?x=1").status_code == 405


def test_the_format_and_the_options_of_an_endpoint_may_be_asked_for(admin, paths):
    assert admin.get(f"{paths['event']}?format=json").status_code == 200
    assert admin.options(f"{paths['event']}?x=1").status_code == 200


def test_nothing_was_queued_by_what_was_refused(admin):
    admin.post("/subscriptions?x=1", {"email": "bob@example.com"})
    found = sqs().receive_message(QueueUrl=settings.REQUESTS_QUEUE_URL)
    assert "Messages" not in found
