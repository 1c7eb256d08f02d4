"""No input is ever a 500, and each error names its field."""

import json
from typing import Any

import pytest

from events.enums import EventStatus
from events.selectors import event_get, events_page
from tests.factories import api_client, errors, make_event

pytestmark = pytest.mark.usefixtures("aws")

NESTED: object = 0
for _ in range(30):
    NESTED = [NESTED]

BODIES = [
    (b"null", None, "not_an_object"),
    (b"[]", None, "not_an_object"),
    (b'"text"', None, "not_an_object"),
    (b"1", None, "not_an_object"),
    (b"true", None, "not_an_object"),
    (b"{", None, "parse_error"),
    (b"\xff\xfe", None, "parse_error"),
    (b'{"title": NaN}', None, "parse_error"),
    (b'{"version": 1e999}', None, "parse_error"),
    (b'{"version": ' + b"9" * 5000 + b"}", None, "parse_error"),
    (b"[" * 100_000, None, "parse_error"),
    (json.dumps({"title": NESTED}).encode(), None, "parse_error"),
    (b'{"title": "a", "title": "b"}', "title", "duplicate"),
    (b'{"title": "\\ud800"}', "title", "surrogate"),
    (b'{"\\ud800": 1}', "\\ud800", "surrogate"),
    (b'{"status": ["\\udfff"]}', "status", "surrogate"),
    (b'["\\udfff"]', None, "surrogate"),
]

FIELDS = [
    ("title", None, "null"),
    ("title", "", "blank"),
    ("title", "  ", "blank"),
    ("title", "\u200b", "blank"),
    ("title", 5, "invalid"),
    ("title", True, "invalid"),
    ("title", ["x"], "invalid"),
    ("title", {"x": 1}, "invalid"),
    ("title", "x" * 201, "max_length"),
    ("title", "a\r\nBcc: x@y.example", "line_break"),
    ("title", "a\nb", "line_break"),
    ("title", "a\tb", "invisible_character"),
    ("title", "a\u2028b", "line_break"),
    ("title", "a\x1bb", "control_character"),
    ("title", "a\x00b", "null_characters_not_allowed"),
    ("title", "=?utf-8?q?=0aBcc:?=", "encoded_word"),
    ("description", None, "null"),
    ("description", 5, "invalid"),
    ("description", "x" * 300_000, "max_length"),
    ("description", "a\x07b", "control_character"),
    ("date", 20261201, "invalid"),
    ("date", "20261201", "invalid"),
    ("date", "2026-02-30", "invalid"),
    ("date", "tomorrow", "invalid"),
    ("date", "", "invalid"),
    ("date", True, "invalid"),
    ("date", [], "invalid"),
    ("date", "2038-W01-1", "invalid"),
    ("date", "2038-08-01T10:00:00Z", "invalid"),
    ("date", "२०२७-०८-०१", "invalid"),
    ("date", "9999-12-31", "year"),
    ("date", "0001-01-01", "year"),
    ("timezone", "Mars/Olympus", "unknown_timezone"),
    ("timezone", "../../etc/passwd", "unknown_timezone"),
    ("timezone", "Factory", "unknown_timezone"),
    ("timezone", "", "blank"),
    ("timezone", None, "null"),
    ("timezone", 1, "invalid"),
    ("timezone", "x" * 1000, "max_length"),
    ("all_day", "yes", "invalid"),
    ("all_day", 1, "invalid"),
    ("all_day", None, "null"),
    ("all_day", False, "date_and_time"),
    ("location", None, "null"),
    ("location", "x" * 301, "max_length"),
    ("location", "a\nb", "line_break"),
    ("url", "javascript:alert(1)", "invalid"),
    ("url", "ftp://ivent.example", "invalid"),
    ("url", "https://", "invalid"),
    ("url", "https://ivent.example/a b", "invalid"),
    ("url", "https://ivent.example/\nx", "line_break"),
    ("url", "https://ivent.example/" + "x" * 2000, "max_length"),
    ("url", 1, "invalid"),
    ("topics", None, "null"),
    ("topics", "music", "not_a_list"),
    ("topics", {"music": 1}, "not_a_list"),
    ("topics", [1], "invalid"),
    ("topics", [None], "null"),
    ("topics", [["music"]], "invalid"),
    ("topics", ["nothing-known"], "unknown_topic"),
    ("topics", ["a", "a"], "duplicate"),
    ("topics", [str(number) for number in range(21)], "max_length"),
    ("status", "gone", "invalid_choice"),
    ("status", 1, "invalid_choice"),
    ("status", None, "null"),
    ("status", ["draft"], "invalid_choice"),
    ("status", "x" * 300_000, "invalid_choice"),
    ("version", "1", "invalid"),
    ("version", True, "invalid"),
    ("version", 1.5, "invalid"),
    ("version", 0, "min_value"),
    ("version", 10**400, "max_value"),
    ("version", None, "null"),
    ("colour", "red", "unknown_field"),
    ("", 1, "unknown_field"),
]

TIMES = [
    ({"starts_at": None}, "starts_at", "null"),
    ({"starts_at": 1}, "starts_at", "invalid"),
    ({"starts_at": "tomorrow"}, "starts_at", "invalid"),
    ({"starts_at": "2038-02-30T10:00:00Z"}, "starts_at", "invalid"),
    ({"starts_at": "2038-08-01T25:00:00Z"}, "starts_at", "invalid"),
    ({"starts_at": "2038-08-01T10:00:00+99:00"}, "starts_at", "invalid"),
    ({"starts_at": "20380801T100000Z"}, "starts_at", "invalid"),
    ({"starts_at": "9999-12-31T23:59:59-12:00"}, "starts_at", "year"),
    ({"starts_at": "0001-01-01T00:00:00+12:00"}, "starts_at", "year"),
    ({"starts_at": "2200-12-31T23:59:59-12:00"}, "starts_at", "year"),
    ({"starts_at": "2038-08-01"}, "starts_at", "time_missing"),
    ({"starts_at": "2038-03-28T02:30", "timezone": "Europe/Berlin"}, "starts_at", "skipped_time"),
    ({"ends_at": "2038-08-01T10:00:00Z"}, "starts_at", "required"),
    ({}, "starts_at", "required"),
    (
        {"starts_at": "2038-08-01T10:00:00Z", "ends_at": "2038-08-01T10:00:00Z"},
        "ends_at",
        "end_before_start",
    ),
    (
        {"starts_at": "2038-08-02", "ends_at": "2038-08-01", "all_day": True},
        "ends_at",
        "end_before_start",
    ),
    ({"starts_at": "2038-08-01T10:00:00Z", "ends_at": "2038-08-01"}, "ends_at", "time_missing"),
    ({"starts_at": "2038-08-01T10:00:00Z", "ends_at": 5}, "ends_at", "invalid"),
    ({"date": "2038-08-01", "starts_at": "2038-08-01T10:00:00Z"}, "date", "date_and_time"),
    ({"date": "2038-08-01", "ends_at": "2038-08-01T10:00:00Z"}, "date", "date_and_time"),
    (
        {"date": "2038-08-02", "starts_at": "2038-08-01", "all_day": True},
        "date",
        "date_and_time",
    ),
]

QUERIES = [
    ("status=gone", "status", "invalid_choice"),
    ("status=", "status", "invalid_choice"),
    ("topic=%00", "topic", "invalid"),
    ("topic=" + "x" * 3000, "topic", "invalid"),
    ("from=tomorrow", "from", "invalid"),
    ("from=20380801", "from", "invalid"),
    ("to=0001-01-01", "to", "year"),
    ("to=9999-12-31", "to", "year"),
    ("limit=0", "limit", "invalid"),
    ("limit=101", "limit", "invalid"),
    ("limit=-1", "limit", "invalid"),
    ("limit=1e1", "limit", "invalid"),
    ("limit=" + "9" * 5000, "limit", "invalid"),
    ("limit=٣", "limit", "invalid"),
    ("cursor=", "cursor", "invalid_cursor"),
    ("cursor=x", "cursor", "invalid_cursor"),
    ("cursor=%00%ff", "cursor", "invalid_cursor"),
    ("cursor=" + "a:" * 3000, "cursor", "invalid_cursor"),
    ("cursor=IngiCg:1v:x", "cursor", "invalid_cursor"),
]


def nothing_stored() -> bool:
    return events_page(statuses=tuple(EventStatus), limit=1).events == []


@pytest.mark.parametrize(("body", "field", "code"), BODIES)
def test_a_body_that_is_no_good_json_object_is_refused(body, field, code):
    row = make_event()
    client: Any = api_client("admins")
    for method, path in (("POST", "/events"), ("PUT", f"/events/{row.id}")):
        response = client.generic(method, path, body, content_type="application/json")
        assert (response.status_code, errors(response)) == (400, [(field, code)])
    assert event_get(row.id).version == 1


@pytest.mark.parametrize(("field", "value", "code"), FIELDS)
def test_a_bad_value_is_refused_by_its_field(field, value, code):
    body = {"title": "Fair", "date": "2038-08-01", field: value}
    response = api_client("admins").post("/events", body)
    named = "date" if code == "date_and_time" else field
    assert (response.status_code, errors(response)) == (400, [(named, code)])
    assert nothing_stored()


@pytest.mark.parametrize(("times", "field", "code"), TIMES)
def test_bad_times_are_refused_by_their_field(times, field, code):
    response = api_client("admins").post("/events", {"title": "Fair", **times})
    assert (response.status_code, errors(response)) == (400, [(field, code)])
    assert nothing_stored()


@pytest.mark.parametrize(("query", "field", "code"), QUERIES)
def test_a_bad_query_is_refused_by_its_parameter(query, field, code):
    response = api_client("admins").get(f"/events?{query}")
    assert (response.status_code, errors(response)) == (400, [(field, code)])


def test_everything_wrong_is_told_at_once():
    response = api_client("admins").post("/events", {"title": 1, "colour": 2, "all_day": 3})
    assert sorted(errors(response)) == [
        ("all_day", "invalid"),
        ("colour", "unknown_field"),
        ("title", "invalid"),
    ]


@pytest.mark.parametrize("field", ["topics", "reminders"])
def test_a_list_that_is_too_long_is_one_error_whatever_is_in_it(field):
    body = {"title": "Fair", "date": "2038-08-01", field: [None] * 100_000}
    assert errors(api_client("admins").post("/events", body)) == [(field, "max_length")]


def test_of_ever_so_many_unknown_fields_the_first_are_named():
    body = {"title": "Fair", "date": "2038-08-01"} | {str(name): 1 for name in range(50_000)}
    told = [(str(name), "unknown_field") for name in range(20)]
    assert errors(api_client("admins").post("/events", body)) == told


def test_an_event_cannot_begin_cancelled():
    body = {"title": "Fair", "date": "2038-08-01", "status": "cancelled"}
    assert errors(api_client("admins").post("/events", body)) == [("status", "invalid_choice")]


@pytest.mark.parametrize("if_match", ["1", '"1', "'1'", '"1" "2"', '*, "1"'])
def test_a_bad_if_match_is_refused(if_match):
    row = make_event()
    for method in ("patch", "delete"):
        call = getattr(api_client("admins"), method)
        response = call(f"/events/{row.id}", {}, headers={"If-Match": if_match})
        assert (response.status_code, errors(response)) == (400, [("If-Match", "invalid")])


@pytest.mark.parametrize("if_match", ['"x"', '"' + "9" * 50 + '"', '""', '"2", "3"', '"01"'])
def test_an_etag_of_something_else_changes_nothing(if_match):
    row = make_event()
    for method in ("patch", "delete"):
        call = getattr(api_client("admins"), method)
        response = call(f"/events/{row.id}", {}, headers={"If-Match": if_match})
        found = [("If-Match", "precondition_failed")]
        assert (response.status_code, errors(response)) == (412, found)


def test_a_body_that_is_too_long_is_refused_unread():
    client: Any = api_client("admins")
    body = b'"' + b"x" * 2**20 + b'"'
    response = client.generic("POST", "/events", body, content_type="application/json")
    assert (response.status_code, errors(response)) == (413, [(None, "too_large")])


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""]
)
def test_only_json_is_taken(content_type):
    client: Any = api_client("admins")
    response = client.generic("POST", "/events", b"title=x", content_type=content_type)
    assert (response.status_code, errors(response)) == (415, [(None, "unsupported_media_type")])


def test_methods_and_types_that_are_not_offered_are_refused_in_the_same_shape():
    client = api_client("admins")
    response = client.patch("/events", {})
    assert (response.status_code, errors(response)) == (405, [(None, "method_not_allowed")])
    response = client.get("/events", headers={"Accept": "text/xml"})
    assert (response.status_code, errors(response)) == (406, [(None, "not_acceptable")])


BAD = {
    "title": "=?utf-8?q?x?=",
    "description": "a\x07b",
    "url": "ftp://x.example",
    "location": "a\nb",
    "timezone": "Mars/Base",
    "topics": ["nothing"],
    "starts_at": "12/06/2027",
    "reminders": [60, 60],
    "publish_at": "2001-01-01T00:00:00Z",
    "version": "x",
    "colour": "red",
}


@pytest.mark.parametrize("method", ["post", "put", "patch"])
def test_one_reply_names_every_bad_field(method):
    url = "/events" if method == "post" else f"/events/{make_event(EventStatus.DRAFT).id}"
    body = BAD | ({} if method == "post" else {"note": "a\x07b", "announce": 3})
    response = getattr(api_client("admins"), method)(url, body | {"status": "draft"})
    assert response.status_code == 400
    assert {field for field, _code in errors(response)} == set(body)


def test_one_reply_asks_for_one_of_two_equal_hours_and_names_everything_else():
    body = {
        "title": "=?utf-8?q?x?=",
        "timezone": "Europe/Berlin",
        "starts_at": "2038-10-31T02:30",
        "ends_at": "2039-03-27T02:30",
        "status": "draft",
        "publish_at": "2038-03-28T02:30",
    }
    assert sorted(errors(api_client("admins").post("/events", body))) == [
        ("ends_at", "skipped_time"),
        ("publish_at", "skipped_time"),
        ("starts_at", "ambiguous_time"),
        ("title", "encoded_word"),
    ]


def test_one_reply_names_a_bad_start_and_a_bad_end():
    body = {
        "title": "Fair",
        "timezone": "Europe/Berlin",
        "starts_at": "2038-03-28T02:15",
        "ends_at": "2038-03-28T02:45",
    }
    assert errors(api_client("admins").post("/events", body)) == [
        ("starts_at", "skipped_time"),
        ("ends_at", "skipped_time"),
    ]
