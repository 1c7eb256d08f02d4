import json

import pytest

from subscriptions.requests import RequestError, request_body, request_parse
from tests.factories_subscriptions import make_request


def test_a_request_survives_the_queue():
    request = make_request("Ada@münchen.example", topics=["music"], frequency="weekly")
    assert request_parse(body=request_body(request), message_id=request.message_id) == request


def test_a_request_of_before_there_was_a_choice_asks_for_each_event_at_once():
    request = make_request()
    old = json.loads(request_body(request))
    del old["frequency"], old["chosen"]
    assert request_parse(body=json.dumps(old), message_id=request.message_id) == request


# The same at each collection: workers know a test by its name.
GOOD = json.loads(request_body(make_request("ada@example.com"))) | {"at": "2026-11-01T12:00:00Z"}


@pytest.mark.parametrize(
    "body",
    [
        "",
        "text",
        "null",
        "1",
        "[]",
        "{}",
        json.dumps(GOOD | {"email": None}),
        json.dumps(GOOD | {"email": "nobody"}),
        json.dumps(GOOD | {"topics": None}),
        json.dumps(GOOD | {"at": "yesterday"}),
        json.dumps(GOOD | {"at": None}),
        json.dumps(GOOD | {"frequency": "daily"}),
        json.dumps({name: value for name, value in GOOD.items() if name != "source"}),
    ],
)
def test_what_is_no_request_is_refused_without_telling_its_content(body):
    with pytest.raises(RequestError) as caught:
        request_parse(body=body, message_id="message-1")
    assert str(caught.value) == "Message message-1 is no request to subscribe."
