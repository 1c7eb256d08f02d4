"""The receiving end: counts every mail that arrives, and plays SES's events about it."""

import heapq
import json
import logging
import random
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from ivent_site.local.mailbox.ses_events import events
from tests.chaos.options import Options

logger = logging.getLogger(__name__)
logging.getLogger("mail.log").setLevel(logging.WARNING)

# SNS takes ten messages in one call.
PUBLISH_AT_ONCE = 10
LOOK_EVERY_S = 0.1
SENT_BY = "eu-central-1:000000000000"


class Inbox:
    """An SMTP server; each mail's Send event is told once, late or never, as the seed decides."""

    def __init__(self, options: Options, *, port: int, sns: Any, topic_arn: str) -> None:
        self.arrived: Counter[str] = Counter()
        self.untold: set[str] = set()
        self._options = options
        self._sns = sns
        self._topic_arn = topic_arn
        self._due: list[tuple[float, int, str]] = []
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._server = Controller(
            self, hostname="127.0.0.1", port=port, server_hostname="localhost"
        )

    @contextmanager
    def running(self) -> Iterator[None]:
        """Within the block it receives and tells."""
        teller = threading.Thread(target=self._tell, name="ses-events", daemon=True)
        self._server.start()
        teller.start()
        try:
            yield
        finally:
            self._server.stop()
            self._stopping.set()
            teller.join()

    @property
    def total(self) -> int:
        """How many mails have arrived."""
        return self.arrived.total()

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        """Count a mail."""
        content = envelope.content
        raw = content if isinstance(content, bytes) else b""
        for address in envelope.rcpt_tos:
            self.arrived[address] += 1
            self._plan(address, raw)
        return "250 OK"

    def _plan(self, address: str, raw: bytes) -> None:
        copy = self.arrived[address]
        chance = random.Random(f"{self._options.seed} {address} {copy}")
        if chance.random() < self._options.missing_events:
            self.untold.add(address)
            return
        at = time.monotonic() + chance.uniform(0, self._options.late_events_s)
        told = events(
            raw,
            recipients=[address],
            accepted_at=datetime.now(UTC),
            sent_by="eu-central-1:000000000000",
        )
        with self._lock:
            heapq.heappush(self._due, (at, self.total, json.dumps(told[0])))

    def _tell(self) -> None:
        while not self._stopping.wait(LOOK_EVERY_S):
            while batch := self._take():
                self._publish(batch)

    def _take(self) -> list[str]:
        batch: list[str] = []
        with self._lock:
            while self._due and len(batch) < PUBLISH_AT_ONCE:
                if self._due[0][0] > time.monotonic():
                    break
                batch.append(heapq.heappop(self._due)[2])
        return batch

    def _publish(self, batch: list[str]) -> None:
        entries = [{"Id": str(number), "Message": text} for number, text in enumerate(batch)]
        self._sns.publish_batch(TopicArn=self._topic_arn, PublishBatchRequestEntries=entries)
