"""Where the local SES delivers: an SMTP server that fills the mailbox and plays SES's events.

A mail is on disk before it is accepted, so the sender never waits for what comes after:
storing it for its readers and telling the feedback topic. What a stop interrupts, the next
start goes on with, so an event may come twice, as SES's own may.
"""

import json
import logging
import threading
import time
from collections.abc import Iterator
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from ivent_site.local.mailbox.ses_events import events, without_ses_headers
from ivent_site.local.mailbox.store import Incoming, Mailbox

logger = logging.getLogger(__name__)
# aiosmtpd tells of every command, with the addresses.
logging.getLogger("mail.log").setLevel(logging.WARNING)

# SNS takes ten messages in one call.
_PUBLISH_AT_ONCE = 10
_RETRY_AFTER_S = 1


class MailSink:
    """An SMTP server on 127.0.0.1 with the worker that deals with what it accepted."""

    def __init__(self, mailbox: Mailbox, *, port: int, sns: Any, topic_arn: str) -> None:
        self._mailbox = mailbox
        self._sns = sns
        self._topic_arn = topic_arn
        self._arrived = threading.Event()
        self._stopping = threading.Event()
        self._last_arrival = 0.0
        self._worker = threading.Thread(target=self._work, name="mail-sink", daemon=True)
        self._server = Controller(
            self, hostname="127.0.0.1", port=port, server_hostname="localhost", ident="Ivent"
        )

    def start(self) -> None:
        """Listen, and go on with what was accepted before."""
        self._arrived.set()
        self._server.start()
        self._worker.start()

    def settle(self, *, quiet_s: float = 0.5, at_most_s: float = 15) -> None:
        """Return when no mail has come for a while and every one that came is dealt with."""
        deadline = time.monotonic() + at_most_s
        while time.monotonic() < deadline:
            quiet = time.monotonic() - self._last_arrival >= quiet_s
            if quiet and not self._mailbox.has_accepted():
                return
            time.sleep(0.05)

    def stop(self) -> None:
        """Stop listening, and let the worker finish the mail it is at."""
        self._server.stop()
        self._stopping.set()
        self._arrived.set()
        self._worker.join()

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        """Accept a mail, once it is on disk."""
        content = envelope.content
        raw = content if isinstance(content, bytes) else b""
        self._mailbox.accept(raw, recipients=list(envelope.rcpt_tos))
        self._last_arrival = time.monotonic()
        self._arrived.set()
        return "250 OK"

    def _work(self) -> None:
        while not self._stopping.is_set():
            self._arrived.wait()
            self._arrived.clear()
            try:
                self._deal_with(self._mailbox.accepted())
            except Exception:
                logger.exception("The mail sink tries again.")
                self._stopping.wait(_RETRY_AFTER_S)
                self._arrived.set()

    def _deal_with(self, mails: Iterator[Incoming]) -> None:
        told: list[dict[str, Any]] = []
        stored: list[Incoming] = []
        for mail in mails:
            if self._stopping.is_set():
                break
            try:
                told += self._store(mail)
            except Exception:
                logger.exception("A mail cannot be read and is set aside.")
                self._mailbox.set_aside(mail)
                continue
            stored.append(mail)
            if len(told) >= _PUBLISH_AT_ONCE:
                self._publish(told)
                self._done(stored)
                stored, told = [], []
        self._publish(told)
        self._done(stored)

    def _store(self, mail: Incoming) -> list[dict[str, Any]]:
        _, _, _, region, account, _ = self._topic_arn.split(":")
        told = events(
            mail.raw,
            recipients=mail.recipients,
            accepted_at=mail.accepted_at,
            sent_by=f"{region}:{account}",
        )
        self._mailbox.store(mail, without_ses_headers(mail.raw))
        return told

    def _publish(self, told: list[dict[str, Any]]) -> None:
        for start in range(0, len(told), _PUBLISH_AT_ONCE):
            entries = [
                {"Id": str(number), "Message": json.dumps(event)}
                for number, event in enumerate(told[start : start + _PUBLISH_AT_ONCE])
            ]
            self._sns.publish_batch(TopicArn=self._topic_arn, PublishBatchRequestEntries=entries)

    def _done(self, stored: list[Incoming]) -> None:
        for mail in stored:
            self._mailbox.done(mail)
