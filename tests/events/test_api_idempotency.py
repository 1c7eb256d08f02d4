from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from unittest import mock

import pytest
from django.db import connection

from events.enums import EventStatus
from events.selectors import events_page
from ivent_site.api import idempotency
from tests.dynamodb_calls import dynamodb_calls
from tests.factories import api_client, errors

pytestmark = pytest.mark.usefixtures("aws")
BODY = {"title": "Fair", "date": "2038-08-01"}


def titles() -> list[str]:
    return [row.title for row in events_page(statuses=tuple(EventStatus), limit=50).events]


def post(body=BODY, key="key-1", path="/events", **caller):
    return api_client("editors", **caller).post(path, body, headers={"Idempotency-Key": key})


def test_the_same_request_gets_the_same_reply_and_makes_one_event():
    first, again = post(), post()
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    assert [again[name] for name in ("Location", "ETag")] == [first["Location"], first["ETag"]]
    assert titles() == ["Fair"]


def test_the_reply_comes_with_the_event_in_one_transaction():
    with dynamodb_calls() as calls:
        post()
    assert calls == {"GetItem": 1, "TransactWriteItems": 1}
    with dynamodb_calls() as calls:
        post()
    assert calls == {"GetItem": 1}


def test_the_order_of_the_names_does_not_matter_but_the_values_do():
    first = post()
    assert post(dict(reversed(BODY.items()))).json() == first.json()
    other = post({**BODY, "title": "Other"})
    assert (other.status_code, errors(other)) == (422, [("Idempotency-Key", "key_reused")])
    assert titles() == ["Fair"]


def test_a_key_belongs_to_its_caller_and_path():
    ids = {
        post(sub="a").json()["id"],
        post(sub="b").json()["id"],
        post(sub="a", path="/api/events").json()["id"],
        post(sub="a", key="key-2").json()["id"],
    }
    assert len(ids) == 4


def test_of_requests_at_once_one_makes_the_event_and_all_get_its_reply():
    def request(_: int):
        try:
            return post()
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        replies = list(pool.map(request, range(8)))
    assert {reply.status_code for reply in replies} == {201}
    assert len({reply.json()["id"] for reply in replies}) == 1
    assert titles() == ["Fair"]


def test_a_request_that_died_before_its_end_is_done_by_the_next():
    dies = mock.patch.object(idempotency, "_keep", side_effect=ZeroDivisionError)
    with dies, pytest.raises(ZeroDivisionError):
        post()
    assert titles() == []
    assert post().status_code == 201
    assert titles() == ["Fair"]


def test_an_error_is_not_kept():
    assert post({"title": "Fair"}).status_code == 400
    assert post().status_code == 201


@pytest.mark.parametrize(
    ("key", "says"),
    [
        ("", "1 to 255 characters"),
        (" ", "1 to 255 characters"),
        ('""', "1 to 255 characters"),
        ("x" * 256, "1 to 255 characters"),
        (f'"{"x" * 256}"', "1 to 255 characters"),
        ("ä", "not U+00E4 at position 1"),
        ("a\tb", "not U+0009 at position 2"),
        ('"a\tb"', "not U+0009 at position 3"),
        ("a\x7f", "not U+007F at position 2"),
        ('"a', "must end with one"),
        ('"', "must end with one"),
        ('"a\\"', "must end with one"),
        ('"a\\b"', "must end with one"),
        ('"a"b"', "must end with one"),
        ('"a" "b"', "must end with one"),
    ],
)
def test_a_bad_key_is_refused_and_the_reply_says_why(key, says):
    refused = post(key=key)
    assert (refused.status_code, errors(refused)) == (400, [("Idempotency-Key", "invalid")])
    assert says in refused.json()["errors"][0]["message"]
    assert titles() == []


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("order 7, second try", "order 7, second try"),
        ("8e03978e", '"8e03978e"'),
        ("a b", '"a b"'),
        ("a b", "  a b  "),
        ('say "hi"', r'"say \"hi\""'),
        ("back\\slash", r'"back\\slash"'),
        ("key", '"key";version=1'),
        ("x" * 255, f'"{"x" * 255}"'),
        ("!~[]{}<>@,;:=?/", '"!~[]{}<>@,;:=?/"'),
    ],
)
def test_a_key_is_the_same_with_and_without_the_quotes_of_a_structured_header(first, second):
    made = post(key=first)
    assert made.status_code == 201
    assert post(key=second).json() == made.json()
    assert titles() == ["Fair"]


@pytest.mark.parametrize("other", ["A b", "a  b", "a b.", '"a b "'])
def test_another_key_is_another_request(other):
    assert post(key="a b").json()["id"] != post(key=other).json()["id"]


def test_after_a_day_the_key_is_free_again():
    first = post()
    now = datetime.now(UTC) + timedelta(hours=25)

    class Tomorrow(datetime):
        @classmethod
        def now(cls, tz=None):
            return now

    with mock.patch("ivent_site.api.idempotency.datetime", Tomorrow):
        second = post({**BODY, "title": "Next"})
    assert second.status_code == 201
    assert second.json()["id"] != first.json()["id"]
