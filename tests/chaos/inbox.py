"""The receiving end: counts every mail that arrives, and plays SES's events about it.

Single mails come by SMTP from the local SES; bulk calls are taken by a strict SESv2 of the
tests' own, since the local one loses their tags.
"""

import heapq
import json
import logging
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from ivent_site.local.mailbox.ses_events import events
from tests.chaos.options import Options
from tests.sinks.ses import Sent, SesSink, served
from tests.sinks.ses_rules import render, template_data

logger = logging.getLogger(__name__)
logging.getLogger("mail.log").setLevel(logging.WARNING)

# SNS takes ten messages in one call.
PUBLISH_AT_ONCE = 10
LOOK_EVERY_S = 0.1
SENT_BY = "eu-central-1:000000000000"


class BulkSes(SesSink):
    """Hands over what it accepts, and keeps nothing."""

    def __init__(self, hand_over: Callable[[Sent], None]) -> None:
        super().__init__()
        self._hand_over = hand_over

    def render(self, call: Mapping[str, Any], entry: Mapping[str, Any]) -> EmailMessage:
        """An empty mail, if every variable has a value: a whole one would take all the time."""
        template = call["DefaultContent"]["Template"]
        for body in template["TemplateContent"].values():
            render(body, json.loads(template_data(entry)))
        return EmailMessage()

    def accept(self, sent: Sent) -> None:
        """See SesSink."""
        self._hand_over(sent)


class Inbox:
    """An SMTP server, and a SESv2 at `ses_url`; each mail's Send event is told once, late or
    never, as the seed decides.
    """

    def __init__(
        self,
        options: Options,
        *,
        port: int,
        sender: str,
        configuration_set: str,
        sns: Any,
        topic_arn: str,
    ) -> None:
        # To each address: what came by SMTP, and what by bulk calls.
        self.relayed: Counter[str] = Counter()
        self.bulk: Counter[str] = Counter()
        self.untold: set[str] = set()
        self._options = options
        self._sns = sns
        self._topic_arn = topic_arn
        self._due: list[tuple[float, int, str]] = []
        self._planned = 0
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._server = Controller(
            self, hostname="127.0.0.1", port=port, server_hostname="localhost"
        )
        self._ses = BulkSes(self._take_bulk)
        self._ses.reset(sender=sender, configuration_set=configuration_set)
        self._sender = sender

    @contextmanager
    def running(self) -> Iterator[None]:
        """Within the block it receives and tells."""
        teller = threading.Thread(target=self._tell, name="ses-events", daemon=True)
        self._server.start()
        teller.start()
        try:
            with served(self._ses):
                yield
        finally:
            self._server.stop()
            self._stopping.set()
            teller.join()

    @property
    def ses_url(self) -> str:
        """Where bulk calls go."""
        return self._ses.url

    @property
    def total(self) -> int:
        """How many mails have arrived."""
        with self._lock:
            return self.relayed.total() + self.bulk.total()

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        """Count a mail."""
        content = envelope.content
        raw = content if isinstance(content, bytes) else b""
        for address in envelope.rcpt_tos:
            self._count(self.relayed, address, raw)
        return "250 OK"

    def _take_bulk(self, sent: Sent) -> None:
        tags = ", ".join(f"{name}={value}" for name, value in sent.tags.items())
        raw = (
            f"From: {self._sender}\r\nX-SES-CONFIGURATION-SET: {sent.configuration_set}\r\n"
            f"X-SES-MESSAGE-TAGS: {tags}\r\n\r\n"
        )
        self._count(self.bulk, sent.to, raw.encode())

    def _count(self, way: Counter[str], address: str, raw: bytes) -> None:
        with self._lock:
            way[address] += 1
            copy = self.relayed[address] + self.bulk[address]
        self._plan(address, copy, raw)

    def _plan(self, address: str, copy: int, raw: bytes) -> None:
        chance = random.Random(f"{self._options.seed} {address} {copy}")
        if chance.random() < self._options.missing_events:
            self.untold.add(address)
            return
        at = time.monotonic() + chance.uniform(0, self._options.late_events_s)
        told = events(
            raw,
            recipients=[address],
            accepted_at=datetime.now(UTC),
            sent_by=SENT_BY,
        )
        with self._lock:
            self._planned += 1
            heapq.heappush(self._due, (at, self._planned, json.dumps(told[0])))

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
