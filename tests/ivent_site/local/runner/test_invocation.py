import contextlib
import logging
import re

import pytest

from ivent_site.local.runner.invocation import HandlerError, Invoker

from .conftest import Handler

EVENT = {"Records": [{"body": "ann@example.com"}]}


@pytest.fixture
def invoke() -> Invoker:
    return Invoker(region="eu-central-1", account="000000000000")


def test_a_handler_gets_a_copy_and_its_reply_comes_back(invoke: Invoker, handler: Handler) -> None:
    handler.replies = [lambda event: event.pop("Records")]

    assert invoke(Handler.name, EVENT) == [{"body": "ann@example.com"}]
    assert EVENT == {"Records": [{"body": "ann@example.com"}]}


@pytest.mark.parametrize("reply", [ValueError("bad"), TypeError("worse"), {1, 2}])
def test_what_a_handler_raises_and_what_is_no_json_is_its_error(
    invoke: Invoker, handler: Handler, reply: object
) -> None:
    handler.replies = [reply]

    with pytest.raises(HandlerError):
        invoke(Handler.name, EVENT)


def test_a_handler_that_is_not_there_is_an_error(invoke: Invoker) -> None:
    with pytest.raises(HandlerError):
        invoke("nowhere.at_all", EVENT)


@pytest.mark.parametrize(
    ("reply", "outcome"),
    [
        (None, "ok"),
        ({"batchItemFailures": [{"itemIdentifier": "1"}]}, "1 failed"),
        (ValueError("bad"), "error"),
    ],
)
def test_the_log_tells_the_outcome_and_nobodys_address(
    invoke: Invoker,
    handler: Handler,
    caplog: pytest.LogCaptureFixture,
    reply: object,
    outcome: str,
) -> None:
    handler.replies = [reply]

    with caplog.at_level(logging.INFO), contextlib.suppress(HandlerError):
        invoke(Handler.name, EVENT)

    told = re.sub(r"\d+ ms", "0 ms", caplog.messages[-1])
    assert told == f"recorded_handlers.handler: 1 records, 0 ms, {outcome}"
    assert "ann@example.com" not in caplog.text
