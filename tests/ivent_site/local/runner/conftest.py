import sys
from types import ModuleType
from typing import Any

import pytest


class Handler:
    """A handler that remembers its events, and answers or raises what it is told to."""

    name = "recorded_handlers.handler"

    def __init__(self) -> None:
        self.events: list[dict[str, Any]] = []
        self.replies: list[Any] = []

    def __call__(self, event: dict[str, Any], context: Any) -> Any:
        self.events.append(event)
        assert context.get_remaining_time_in_millis() > 0
        reply = self.replies.pop(0) if self.replies else None
        if isinstance(reply, Exception):
            raise reply
        return reply(event) if callable(reply) else reply


@pytest.fixture
def handler(monkeypatch: pytest.MonkeyPatch) -> Handler:
    """What `Handler.name` leads to."""
    handler = Handler()
    module = ModuleType("recorded_handlers")
    module.handler = handler  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "recorded_handlers", module)
    return handler
