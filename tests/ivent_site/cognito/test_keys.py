"""The pool's keys: fetched rarely, rotated without a restart."""

import http.server
import json
import threading

import pytest

from ivent_site.cognito.errors import CognitoUnavailableError
from ivent_site.cognito.keys import MAX_AGE_S, REFETCH_AFTER_S, KeySet, fetch_json
from tests.ivent_site.cognito import forge


class Cognito:
    """The keys that the pool serves, and how often it was asked."""

    def __init__(self, *names):
        self.names = names
        self.calls = 0
        self.now = 1000.0
        self.down = False
        self.keys = KeySet("https://keys.example", fetch=self.fetch, clock=lambda: self.now)

    def fetch(self, url):
        assert url == "https://keys.example"
        self.calls += 1
        if self.down:
            raise CognitoUnavailableError
        return forge.jwks(*self.names)

    def knows(self, kid):
        return self.keys.get(kid) is not None


def test_the_keys_are_fetched_once():
    cognito = Cognito("one", "two")

    assert [cognito.knows(kid) for kid in ("one", "two", "one")] == [True, True, True]
    assert cognito.calls == 1


def test_a_rotated_key_is_found_without_a_restart():
    cognito = Cognito("one")
    assert cognito.knows("one")

    cognito.names = ("one", "two")
    cognito.now += REFETCH_AFTER_S + 1

    assert cognito.knows("two")
    assert cognito.calls == 2


def test_a_flood_of_unknown_keys_does_not_reach_cognito():
    cognito = Cognito("one")

    assert not any(cognito.knows(f"random-{number}") for number in range(1000))
    assert cognito.knows("one")
    assert cognito.calls == 1


def test_a_withdrawn_key_is_forgotten_within_the_hour():
    cognito = Cognito("one", "two")
    assert cognito.knows("two")

    cognito.names = ("one",)
    cognito.now += MAX_AGE_S + 1

    assert not cognito.knows("two")
    assert cognito.knows("one")


def test_known_keys_outlive_an_outage():
    cognito = Cognito("one")
    assert cognito.knows("one")

    cognito.down = True
    cognito.now += MAX_AGE_S + 1

    assert cognito.knows("one")
    assert cognito.knows("one")
    assert cognito.calls == 2
    cognito.now += REFETCH_AFTER_S + 1
    with pytest.raises(CognitoUnavailableError):
        cognito.keys.get("two")


def test_an_outage_at_the_start_is_told_and_not_hammered():
    cognito = Cognito("one")
    cognito.down = True

    for _ in range(100):
        with pytest.raises(CognitoUnavailableError):
            cognito.keys.get("one")

    assert cognito.calls == 1
    cognito.down = False
    cognito.now += REFETCH_AFTER_S + 1
    assert cognito.knows("one")


@pytest.mark.parametrize(
    "changes", [{"kty": "EC"}, {"kty": "oct"}, {"use": "enc"}, {"alg": "RS512"}]
)
def test_a_key_for_anything_else_is_left_out(changes):
    document = forge.jwks("one", "two")
    document["keys"][1].update(changes)

    keys = KeySet("https://keys.example", fetch=lambda _: document)

    assert keys.get("one")
    assert keys.get("two") is None


@pytest.mark.parametrize(
    "document",
    [
        None,
        [],
        {},
        {"keys": None},
        {"keys": ["x"]},
        {"keys": [{"kty": "RSA"}]},
        {"keys": [{"kty": "RSA", "kid": "one", "n": "?", "e": []}]},
        "x",
    ],
)
def test_a_reply_that_is_no_key_set_is_an_outage(document):
    with pytest.raises(CognitoUnavailableError):
        KeySet("https://keys.example", fetch=lambda _: document).get("one")


class WebServer(http.server.HTTPServer):
    """Answers with the status and body it is told to."""

    status = 200
    body = b""

    class Handler(http.server.BaseHTTPRequestHandler):
        server: "WebServer"

        def do_GET(self):
            self.send_response(self.server.status)
            self.end_headers()
            self.wfile.write(self.server.body)

        def log_message(self, *_):
            pass

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}/jwks.json"


@pytest.fixture
def server():
    with WebServer(("127.0.0.1", 0), WebServer.Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_the_keys_are_read_over_http(server):
    server.status, server.body = 200, json.dumps(forge.jwks()).encode()

    assert fetch_json(server.url) == forge.jwks()


@pytest.mark.parametrize(
    ("status", "body"), [(500, b"{}"), (404, b"{}"), (200, b"{"), (200, b"\xff"), (200, b"")]
)
def test_a_bad_reply_is_an_outage(server, status, body):
    server.status, server.body = status, body

    with pytest.raises(CognitoUnavailableError):
        fetch_json(server.url)


def test_nobody_listening_is_an_outage():
    with pytest.raises(CognitoUnavailableError):
        fetch_json("http://127.0.0.1:9/jwks.json")
