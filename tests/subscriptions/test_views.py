"""The API of subscriptions, as token holders and staff call it."""

import json
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from rest_framework.test import APIClient

from events.tables import TopicRow
from ivent_site.aws import sqs
from ivent_site.cognito.identity import Identity
from subscriptions.requests import request_parse
from subscriptions.selectors import address_id, subscription_get
from subscriptions.services import subscription_leave
from subscriptions.tables import SubscriptionRow
from subscriptions.tokens import keyed_hash
from tests.dynamodb_calls import dynamodb_calls
from tests.factories_subscriptions import known, make_confirmed, make_pending

pytestmark = pytest.mark.usefixtures("aws")


def client_of(*groups, email=""):
    client = APIClient()
    user: Any = Identity(sub="sub-1", username="someone", email=email, groups=frozenset(groups))
    client.force_authenticate(user)
    return client


@pytest.fixture
def member():
    return client_of(email="Ada@example.com")


@pytest.fixture
def viewer():
    return client_of("viewers")


@pytest.fixture
def topics(aws):
    for slug in ("music", "sports"):
        TopicRow(slug=slug, name=slug.title()).save()


def queued():
    messages = (
        sqs()
        .receive_message(QueueUrl=settings.REQUESTS_QUEUE_URL, MaxNumberOfMessages=10)
        .get("Messages", [])
    )
    return [request_parse(body=each["Body"], message_id=each["MessageId"]) for each in messages]


def fields_of(response):
    return [(each["field"], each["code"]) for each in response.json()["errors"]]


# --- POST /subscriptions ----------------------------------------------------------------


def test_an_address_alone_is_enough(member):
    response = member.post("/subscriptions", {"email": "Bob@example.com"})
    assert response.status_code == 202
    [request] = queued()
    assert (request.email, request.topics, request.locale) == ("Bob@example.com", [], "en")
    assert (request.timezone, request.frequency, request.source) == ("", "at_once", "api")
    assert request.ip_hash == keyed_hash("127.0.0.1")


def test_topics_language_zone_and_frequency_go_with_the_request(member, topics):
    wishes = {
        "topics": ["music"],
        "locale": "de",
        "timezone": "Asia/Tokyo",
        "frequency": "weekly",
    }
    assert member.post("/subscriptions", {"email": "b@example.com"} | wishes).status_code == 202
    [request] = queued()
    assert {name: getattr(request, name) for name in wishes} == wishes


def test_every_address_gets_the_same_reply_for_the_same_work(member):
    make_confirmed("confirmed@example.com")
    make_pending("pending@example.com")
    subscription_leave(subscription_id=make_confirmed("left@example.com").id)
    replies = []
    for name in ("confirmed", "pending", "left", "unknown"):
        with dynamodb_calls() as calls:
            response = member.post("/subscriptions", {"email": f"{name}@example.com"})
        replies.append((response.status_code, response.json(), dict(calls)))
    assert replies == [(202, replies[0][1], {})] * 4
    assert len(queued()) == 4


@pytest.mark.parametrize("body", ["null", "[]", '"text"', "1", "true", "{", '[{"email": 1}]'])
def test_a_body_that_is_no_object_is_refused(member, body):
    for call, path in [(member.post, "/subscriptions"), (member.patch, "/subscriptions/me")]:
        make_confirmed("ada@example.com")
        response = call(path, body, content_type="application/json")
        assert response.status_code == 400
        assert response.json()["errors"]
    assert queued() == []


@pytest.mark.parametrize(
    "email",
    [
        None,
        1,
        True,
        [],
        {},
        ["ada@example.com"],
        "",
        " ",
        "ada",
        "ada@",
        "@example.com",
        "ada@example",
        "Ada <ada@example.com>",
        "ada@example.com, bob@example.com",
        "a" * 200 + "@example.com",
        "a" * 300 + "@example.com",
        "ada@example.com\r\nBcc: bob@example.com",
        "ada\x00@example.com",
        "ada@exam\x00ple.com",
        "=?utf-8?q?ada?=@example.com",
        '"ada"@example.com',
        "ada@..com",
    ],
)
def test_what_is_no_address_is_refused_by_the_fields_name(member, email):
    response = member.post("/subscriptions", {"email": email})
    assert response.status_code == 400
    assert {field for field, _ in fields_of(response)} == {"email"}
    assert queued() == []


def test_what_a_paste_brings_along_is_taken_off_and_what_is_inside_is_named(member):
    assert (
        member.post("/subscriptions", {"email": "\u200bana@example.com\xa0\n"}).status_code == 202
    )
    [request] = queued()
    assert request.email == "ana@example.com"
    refused = member.post("/subscriptions", {"email": "ana\u200b@example.com"})
    assert fields_of(refused) == [("email", "invalid_email")]
    [error] = refused.json()["errors"]
    assert error["message"] == "There is a zero-width space after “ana”."


def test_the_search_takes_pasted_addresses(viewer):
    row = make_confirmed("ana@example.com")
    for text in ("%E2%80%8Bana@example.com%C2%A0", "mailto:ana@example.com"):
        assert walk(viewer, f"/subscriptions?search={text}") == [[row.id]]


@pytest.mark.parametrize("email", [r"ada\ud800@example.com", r"ada@exam\udfff.com"])
def test_half_a_character_is_refused(member, email):
    body = f'{{"email": "{email}"}}'
    response = member.post("/subscriptions", body, content_type="application/json")
    assert (response.status_code, fields_of(response)) == (400, [("email", "surrogate")])


@pytest.mark.parametrize("email", ["ada@exa\u3002mple.com", "ada@münchen.example"])
def test_international_domains_and_their_dots_are_taken(member, email):
    assert member.post("/subscriptions", {"email": email}).status_code == 202
    [request] = queued()
    assert request.email == email


BAD_WISHES = [
    ("topics", None),
    ("topics", "music"),
    ("topics", {"music": 1}),
    ("topics", [1]),
    ("topics", [None]),
    ("topics", [["music"]]),
    ("topics", ["nonsense"]),
    ("topics", ["music", "music"]),
    ("topics", ["x" * 1000]),
    ("topics", ["music"] * 1000),
    ("locale", None),
    ("locale", 1),
    ("locale", []),
    ("locale", {}),
    ("locale", ""),
    ("locale", "xx"),
    ("locale", "de\x00"),
    ("timezone", None),
    ("timezone", 1),
    ("timezone", []),
    ("timezone", "Mars/Olympus"),
    ("timezone", "../../etc/passwd"),
    ("timezone", "europe/berlin\x00"),
    ("timezone", "x" * 1000),
    ("frequency", None),
    ("frequency", 1),
    ("frequency", []),
    ("frequency", ""),
    ("frequency", "daily"),
    ("frequency", "AT_ONCE"),
    ("nonsense", 1),
]


@pytest.mark.parametrize(("field", "value"), BAD_WISHES)
def test_a_wish_that_cannot_be_is_refused_by_the_fields_name(member, topics, field, value):
    row = make_confirmed("ada@example.com")
    asked = member.post("/subscriptions", {"email": "ada@example.com", field: value})
    changed = member.patch("/subscriptions/me", {field: value})
    for response in (asked, changed):
        assert response.status_code == 400
        assert {name for name, _ in fields_of(response)} == {field}
    assert queued() == []
    assert known(subscription_get(row.id)).version == 1


def test_without_a_token_there_is_no_way_in():
    for method, path in [
        ("get", "/subscriptions"),
        ("post", "/subscriptions"),
        ("get", "/subscriptions/me"),
        ("patch", "/subscriptions/me"),
        ("delete", "/subscriptions/me"),
        ("get", "/subscriptions/some-id"),
    ]:
        assert getattr(APIClient(), method)(path).status_code in (401, 403)


# --- /subscriptions/me ------------------------------------------------------------------


def test_the_owner_sees_changes_and_ends_the_subscription(member, topics):
    row = make_confirmed("ada@EXAMPLE.com")
    seen = member.get("/subscriptions/me").json()
    assert seen == {
        "name": "",
        "email": "ada@EXAMPLE.com",
        "status": "confirmed",
        "topics": [],
        "locale": "en",
        "timezone": "",
        "frequency": "at_once",
        "created_at": row.created_at.isoformat().replace("+00:00", "Z"),
        "confirmed_at": known(row.confirmed_at).isoformat().replace("+00:00", "Z"),
    }
    wishes = {
        "name": "Ada Lovelace",
        "topics": ["music"],
        "locale": "de",
        "timezone": "Asia/Tokyo",
        "frequency": "weekly",
    }
    response = member.patch("/subscriptions/me", wishes)
    assert (response.status_code, response.json()) == (200, seen | wishes)
    assert member.get("/subscriptions/me").json() == seen | wishes
    assert member.delete("/subscriptions/me").status_code == 204
    assert member.delete("/subscriptions/me").status_code == 204
    assert member.get("/subscriptions/me").json() == seen | wishes | {"status": "left"}


def test_what_the_owner_may_not_change_stays(member):
    row = make_confirmed("ada@example.com")
    body = {"email": "bob@example.com", "status": "pending", "locale": "de"}
    response = member.patch("/subscriptions/me", body)
    assert response.json()["email"] == "ada@example.com"
    now = known(subscription_get(row.id))
    assert (now.email, now.status, now.locale) == ("ada@example.com", "confirmed", "de")


@pytest.mark.parametrize("email", ["", "ada@example.com", "no address"])
def test_who_has_no_subscription_gets_404(email):
    client = client_of("admins", email=email)
    make_confirmed("bob@example.com")
    for call in (client.get, client.delete, client.patch):
        assert call("/subscriptions/me").status_code == 404


def test_what_owners_do_costs_the_same_however_many_there_are(member):
    make_confirmed("ada@example.com")
    costs: list[dict[str, int]] = []
    for _ in range(2):
        with dynamodb_calls() as calls:
            member.get("/subscriptions/me")
            member.patch("/subscriptions/me", {"locale": "fr" if not costs else "de"})
        costs.append(dict(calls))
        for _ in range(5):
            make_confirmed()
    # Sentinel and row to see; sentinel, row, row again and the write to change.
    assert costs == [{"GetItem": 5, "TransactWriteItems": 1}] * 2


# --- The staff --------------------------------------------------------------------------


def test_only_the_staff_sees_who_is_subscribed(member):
    row = make_confirmed()
    for path in ("/subscriptions", f"/subscriptions/{row.id}"):
        assert member.get(path).status_code == 403


def test_the_staff_sees_a_subscription_with_its_consent(viewer):
    row = make_confirmed("Ada@example.com", topics=["music"])
    shown = viewer.get(f"/subscriptions/{row.id}").json()
    assert (shown["id"], shown["email"], shown["topics"]) == (row.id, row.email, ["music"])
    assert shown["frequency"] == "at_once"
    assert shown["consent"] == row.consent
    pending, _ = make_pending()
    assert viewer.get(f"/subscriptions/{pending.id}").json()["consent"] is None


@pytest.mark.parametrize(
    "path", ["nonsense", "%00", "é", "x" * 3000, "0190a000-0000-7000-8000-000000000001"]
)
def test_a_subscription_that_is_not_there_is_404(viewer, path):
    assert viewer.get(f"/subscriptions/{path}").status_code == 404


def test_a_sentinel_is_no_subscription(viewer):
    make_confirmed("ada@example.com")
    sentinel = address_id("ada@example.com").replace("#", "%23")
    assert viewer.get(f"/subscriptions/{sentinel}").status_code == 404


def walk(client, path):
    seen = []
    while path:
        page = client.get(path).json()
        seen.append([each["id"] for each in page["results"]])
        url = page["next"] and urlsplit(page["next"])
        path = url and f"{url.path}?{url.query}"
    return seen


def test_all_subscriptions_are_listed_the_newest_first(viewer):
    made = [make_confirmed().id if number % 2 else make_pending()[0].id for number in range(5)]
    ids = made[::-1]
    assert walk(viewer, "/subscriptions?limit=2") == [ids[:2], ids[2:4], ids[4:]]
    assert walk(viewer, "/subscriptions") == [ids]


def test_those_created_in_one_moment_are_listed_once_each(viewer):
    moment = datetime(2026, 11, 1, tzinfo=UTC)
    ids = set()
    for _ in range(5):
        row = make_confirmed()
        row.created_at = moment
        row.set_index_keys()
        row.save()
        ids.add(row.id)
    pages = walk(viewer, "/subscriptions?limit=2")
    assert [len(page) for page in pages] == [2, 2, 1]
    assert set().union(*pages) == ids


def test_a_status_filters_the_list(viewer):
    ids = [make_confirmed().id for _ in range(3)]
    make_pending()
    assert walk(viewer, "/subscriptions?status=confirmed&limit=2") == [
        [ids[2], ids[1]],
        [ids[0]],
    ]
    assert walk(viewer, "/subscriptions?status=bounced") == [[]]


def test_a_part_of_an_address_or_name_finds_it(viewer):
    names = ["ada@example.com", "ada@example.org", "Ada.b@example.com", "adam@münchen.example"]
    ids = {name: make_confirmed(name).id for name in names}
    bob = make_confirmed("bob@example.com", name="Bob Grenada").id
    by_key = [ids[name] for name in ("Ada.b@example.com", names[0], names[1], names[3])]
    assert walk(viewer, "/subscriptions?search=AD") == [[by_key[0], bob, *by_key[1:]]]
    assert walk(viewer, "/subscriptions?search=ad&limit=3") == [
        [by_key[0], bob, by_key[1]],
        by_key[2:],
    ]
    assert walk(viewer, "/subscriptions?search=ada%40example.co") == [[ids[names[0]]]]
    assert walk(viewer, "/subscriptions?search=Adam%40m%C3%BCnchen.example") == [[ids[names[3]]]]
    assert walk(viewer, "/subscriptions?search=example.org+ada") == [[ids[names[1]]]]
    assert walk(viewer, "/subscriptions?search=zz") == [[]]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("status=nonsense", "status"),
        ("status=", "status"),
        ("search=a", "search"),
        ("search=a+b+.-", "search"),
        ("search=", "search"),
        ("search=" + "a" * 300, "search"),
        ("search=ada&status=left", "search"),
        ("limit=0", "limit"),
        ("limit=x", "limit"),
        ("cursor=nonsense", "cursor"),
        ("cursor=", "cursor"),
    ],
)
def test_a_list_that_cannot_be_is_refused_by_the_parameters_name(viewer, query, field):
    response = viewer.get(f"/subscriptions?{query}")
    assert response.status_code == 400
    assert [name for name, _ in fields_of(response)] == [field]


@pytest.mark.parametrize("text", ["%00%00", "%ED%A0%80x", "%F0%9F%8E%89%F0%9F%8E%89", "%7F%7F"])
def test_odd_characters_find_no_subscriber(viewer, text):
    make_confirmed()
    assert walk(viewer, f"/subscriptions?search=zzz+{text}") == [[]]
    assert viewer.get(f"/subscriptions?search={text}").status_code == 400


def test_a_cursor_serves_its_own_list_only(viewer):
    for _ in range(3):
        make_confirmed()
    page = viewer.get("/subscriptions?limit=1").json()
    query = urlsplit(page["next"]).query
    response = viewer.get(f"/subscriptions?{query}&status=confirmed")
    assert fields_of(response) == [("cursor", "invalid_cursor")]


def test_a_list_costs_the_same_however_many_there_are(viewer):
    costs = []
    for _ in range(2):
        make_confirmed("ada@example.com")
        for path in (
            "/subscriptions",
            "/subscriptions?status=confirmed",
            "/subscriptions?search=ad",
        ):
            with dynamodb_calls() as calls:
                assert viewer.get(f"{path}").status_code == 200
            costs.append(dict(calls))
        for number in range(20):
            make_confirmed(f"ad{number}@example.com")
    search = {"Query": 1, "BatchGetItem": 1}
    assert costs == [{"Query": 1}, {"Query": 1}, search] * 2


def test_the_same_endpoints_stand_under_api_for_browsers():
    row = make_confirmed("ada@example.com")
    browser = client_of("admins", email="ada@example.com")
    for path in ("subscriptions", "subscriptions/me", f"subscriptions/{row.id}"):
        for method in (browser.get, browser.options):
            page = method(f"/api/{path}", HTTP_ACCEPT="text/html")
            assert page.status_code == 200
            assert page["Content-Type"] == "text/html; charset=utf-8"


def test_the_schema_describes_the_subscriptions(viewer):
    paths = json.loads(viewer.get("/schema?format=json").content)["paths"]
    assert set(paths["/subscriptions"]) == {"get", "post"}
    assert set(paths["/subscriptions/me"]) == {"get", "patch", "delete"}
    assert set(paths["/subscriptions/{subscription_id}"]) == {"get"}


def test_no_row_is_made_by_asking(member):
    member.post("/subscriptions", {"email": "ada@example.com"})
    assert list(SubscriptionRow.scan()) == []


@pytest.mark.parametrize(("method", "url"), [("post", ""), ("patch", "/me")])
def test_one_reply_names_every_bad_field(method, url, member, topics):
    body = {
        "topics": ["nothing"],
        "locale": "tlh",
        "timezone": "Mars/Base",
        "frequency": "hourly",
        "colour": "red",
    }
    if method == "post":
        body["email"] = "no address"
    else:
        known(make_confirmed("ada@example.com"))
    response = getattr(member, method)(f"/subscriptions{url}", body, format="json")
    assert response.status_code == 400
    assert {field for field, _code in fields_of(response)} == set(body)
