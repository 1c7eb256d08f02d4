import json

import pytest
from rest_framework.exceptions import ParseError, ValidationError

from ivent_site.api.parsers import DEPTH_MAX, parse_json


@pytest.mark.parametrize(
    "value",
    [None, True, 1, 1.5, "text", [], {}, {"a": [1, {"b": None}]}, "ä☀️", [[]] * 3],
)
def test_json_is_parsed(value):
    assert parse_json(json.dumps(value).encode()) == value
    assert parse_json(json.dumps(value, ensure_ascii=False).encode()) == value


def nested(depth: int) -> bytes:
    return b'{"a":' * depth + b"1" + b"}" * depth


def test_nesting_has_a_bound():
    assert parse_json(nested(DEPTH_MAX - 2))
    for depth in (DEPTH_MAX, 500, 100_000):
        with pytest.raises(ParseError, match="nested too deeply"):
            parse_json(nested(depth))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"{'a': 1}",
        b'{"a": 1,}',
        b'{"a": 01}',
        b"NaN",
        b"[Infinity]",
        b"[-Infinity]",
        b"1e999",
        b"-1e999",
        b"9" * 5000,
        b'"\xff"',
        b'"\xed\xa0\x80"',
        b'\xef\xbb\xbf{"a": 1}',
        '{"a": 1}'.encode("utf-16"),
        b'"a\nb"',
        b"1 2",
    ],
)
def test_what_is_not_json_is_refused(body):
    with pytest.raises(ParseError):
        parse_json(body)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b'{"a": 1, "b": 2, "a": 3}', "a"),
        (b'{"x": {"a": 1, "a": 1}}', "a"),
        (b'{"a": "\\ud83d"}', "a"),
        (b'{"a": ["x", {"b": "\\udc00"}]}', "a"),
        (b'{"\\ud800": 1}', "\\ud800"),
        (b'["\\ud800"]', "non_field_errors"),
    ],
)
def test_what_is_doubtful_is_refused_by_name(body, field):
    with pytest.raises(ValidationError) as error:
        parse_json(body)
    assert set(error.value.detail) == {field}


def test_of_ever_so_many_names_the_one_that_repeats_is_found():
    # Compared each with each, they would take an hour.
    names = [*range(500_000), "twice", "twice"]
    body = "{" + ",".join(f'"{name}":1' for name in names) + "}"
    with pytest.raises(ValidationError) as error:
        parse_json(body.encode())
    assert set(error.value.detail) == {"twice"}


def test_what_is_said_of_a_long_number_is_for_its_sender():
    with pytest.raises(ParseError, match=r"^The body holds a number that is too large\.$"):
        parse_json(b'{"a": ' + b"9" * 5000 + b"}")


def test_a_pair_of_surrogates_is_a_character():
    assert parse_json(b'"\\ud83d\\ude00"') == "😀"
