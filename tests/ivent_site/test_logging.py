"""Log lines: JSON, one each, and nobody's address or token in them."""

import json
import logging

import pytest
from django.urls import reverse

from ivent_site.logging import JsonFormatter, mask
from subscriptions.urls import public_urlpatterns


def line(message="hello", *args, exc_info=None, **extra):
    record = logging.makeLogRecord(
        {
            "name": "events.services",
            "levelno": logging.INFO,
            "levelname": "INFO",
            "msg": message,
            "args": args,
            "created": 1785542400.25,
            "exc_info": exc_info,
            **extra,
        }
    )
    return JsonFormatter().format(record)


def test_a_line_is_one_json_object_in_utc():
    assert json.loads(line("%s published", "Fête")) == {
        "time": "2026-08-01T00:00:00.250+00:00",
        "level": "INFO",
        "logger": "events.services",
        "message": "Fête published",
    }


def test_what_is_given_as_extra_is_there():
    entry = json.loads(line(event_id="e1", counts={"sent": 2}, shards=(1, 2), odd=object))

    assert entry["extra"] == {
        "event_id": "e1",
        "counts": {"sent": 2},
        "shards": [1, 2],
        "odd": "<class 'object'>",
    }


def test_an_exception_comes_with_its_traceback_on_the_same_line():
    with pytest.raises(ValueError, match="gone") as raised:
        int("kim@example.com\nis gone")
    text = line("failed", exc_info=(raised.type, raised.value, raised.tb))

    assert "\n" not in text
    exception = json.loads(text)["exception"]
    assert exception.startswith("Traceback")
    assert exception.endswith(r"with base 10: [e-mail]\nis gone'")


@pytest.mark.parametrize("text", ["a\nb", "a\r\nb", "a\u2028b", "\x1b[31mred", "\ud800", "\0"])
def test_a_message_cannot_forge_a_second_line(text):
    written = line(text)

    assert written.isascii()
    assert written.isprintable()
    assert json.loads(written)["message"] == text


@pytest.mark.parametrize(
    "address",
    [
        "kim@example.com",
        "kim.o'neil+news@mail.example.co.uk",
        "KIM@EXAMPLE.COM",
        "kim%40example.com",
        "kim@localhost",
        "jürgen@müller.example",
        "kim@[192.0.2.1]",
        '"kim doe"@example.com'.partition(" ")[2],
    ],
)
def test_an_address_is_masked_wherever_it_stands(address):
    for text in (address, f"<{address}>", f"to={address},", f"/x?email={address}&y=1"):
        assert address not in mask(text)
        assert "[e-mail]" in mask(text)
    entry = json.loads(line(f"sent to {address}", who={address: [address]}))

    assert entry["message"] == "sent to [e-mail]"
    assert entry["extra"] == {"who": {"[e-mail]": ["[e-mail]"]}}


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("Authorization: Bearer abc.def-ghi_j", "Authorization: Bearer [token]"),
        ("authorization: bearer  abc==", "authorization: bearer  [token]"),
        ("got eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbg!", "got [token]!"),
        ("Not Found: /leave/AbC-1_x", "Not Found: /leave/[token]"),
        (
            "<WSGIRequest: POST '/one-click/AbC?x=1'>",
            "<WSGIRequest: POST '/one-click/[token]?x=1'>",
        ),
        ("half eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0", "half [token]"),
    ],
)
def test_a_token_is_masked(text, masked):
    assert mask(text) == masked


@pytest.mark.parametrize(
    "pattern", [each for each in public_urlpatterns if "token" in each.pattern.converters], ids=str
)
def test_the_token_of_each_link_in_an_email_is_masked(pattern):
    link = reverse(pattern.name, args=["AbC-1_x"])
    assert mask(f"Not Found: {link}") == f"Not Found: {link.replace('AbC-1_x', '[token]')}"


def test_what_is_neither_stays_as_it_is():
    text = "Event 0191-7c, 12:30 @ noon, 5% of 3.5, https://ivent.example/events/1?a=b"

    assert mask(text) == text
