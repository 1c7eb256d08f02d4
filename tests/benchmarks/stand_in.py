"""What the benchmark asks nobody for: the readers, and SES, which takes every mail."""

import json
from collections.abc import Callable
from typing import Any, Final

from ivent_site.dynamodb.rows import table_name
from tests.benchmarks.readers import Readers

_MESSAGE_ID: Final = "0100019a5ca1ab1e-00000000-0000-4000-8000-000000000000-000000"


class StandIn:
    """Answers the subscriptions' Queries and every call to SES; time passes as mails are sent."""

    def __init__(self, readers: Readers, *, rate: float) -> None:
        self.accepted = 0
        self.now = 1_800_000_000.0
        self._readers = readers
        self._rate = rate
        self._answers: dict[str, Callable[[bytes], dict[str, Any] | None]] = {
            "dynamodb.Query": self._query,
            "sesv2.SendBulkEmail": self._send_bulk,
            "sesv2.SendEmail": self._send,
            "sesv2.GetAccount": self._account,
        }

    def clock(self) -> float:
        """Unix seconds, as the rate lets them pass."""
        return self.now

    def sleep(self, seconds: float) -> None:
        """Let them pass."""
        self.now += seconds

    def __call__(self, name: str, body: bytes) -> bytes | None:
        """The reply to a call; None if it is MiniStack's to answer."""
        answer = self._answers.get(name)
        reply = answer(body) if answer else None
        return None if reply is None else json.dumps(reply).encode()

    def _query(self, body: bytes) -> dict[str, Any] | None:
        query = json.loads(body)
        asked = query["TableName"] == table_name("subscriptions")
        return self._readers.query(query) if asked else None

    def _send_bulk(self, body: bytes) -> dict[str, Any]:
        entries = json.loads(body)["BulkEmailEntries"]
        self._take(len(entries))
        result = {"Status": "SUCCESS", "MessageId": _MESSAGE_ID}
        return {"BulkEmailEntryResults": [result] * len(entries)}

    def _send(self, body: bytes) -> dict[str, Any]:
        self._take(1)
        return {"MessageId": _MESSAGE_ID}

    def _take(self, mails: int) -> None:
        self.accepted += mails
        self.now += mails / self._rate

    def _account(self, body: bytes) -> dict[str, Any]:
        return {
            "SendingEnabled": True,
            "ProductionAccessEnabled": True,
            "EnforcementStatus": "HEALTHY",
            "SendQuota": {
                "Max24HourSend": 10_000_000.0,
                "MaxSendRate": self._rate,
                "SentLast24Hours": 0.0,
            },
        }
