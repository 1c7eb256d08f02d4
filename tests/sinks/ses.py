"""A strict SES version 2 on loopback, as boto3 speaks it: SendBulkEmail, GetAccount and the
suppression list.

It refuses what AWS refuses, and keeps the mails that AWS would send. Faults are scripted per
call: "throttle", "paused", "quota", "suspended", "error" (500), "bad" (refused for its
content), "cut" (accepted, then no reply), or a list of statuses, one per entry.
"""

import json
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NoReturn
from urllib.parse import unquote

from tests.sinks.ses_rules import (
    CallRefusedError,
    RenderingError,
    check_call,
    check_entry,
    mail_of,
)

LIST_PATH = "/v2/email/suppression/addresses/"
FAULTS = {
    "throttle": ("TooManyRequestsException", "Maximum sending rate exceeded.", 429),
    "daily": ("TooManyRequestsException", "Daily message quota exceeded.", 429),
    "quota": ("LimitExceededException", "Sending quota exceeded.", 400),
    "paused": ("SendingPausedException", "Sending is paused for this account.", 400),
    "suspended": ("AccountSuspendedException", "The account is suspended.", 400),
    "bad": ("BadRequestException", "Something in it is wrong.", 400),
    "error": ("InternalServiceErrorException", "", 500),
}


@dataclass(frozen=True)
class Sent:
    """A mail that SES would send."""

    message: EmailMessage
    to: str
    tags: Mapping[str, str]
    configuration_set: str


class SesSink:
    """The sink's account, and what came in."""

    def __init__(self) -> None:
        self.url = ""
        self.reset(sender="", configuration_set="")

    def reset(self, *, sender: str, configuration_set: str) -> None:
        """Make it a new account, in production, that has not sent anything."""
        self.senders = {sender}
        self.configuration_sets = {configuration_set}
        self.sandbox = False
        self.verified: set[str] = set()
        self.sending_enabled = True
        self.enforcement = "HEALTHY"
        self.rate, self.quota = 200.0, 50_000.0
        self.script: list[str | list[str]] = []
        self.sent: list[Sent] = []
        # Accepted, and dropped for a variable without a value.
        self.dropped: list[str] = []
        # The entries of each call, taken or not.
        self.calls: list[int] = []
        self.last_call: Mapping[str, Any] = {}
        self.account_calls = 0
        self.account_fault = ""
        # The account's suppression list: reasons by address, compared as they are.
        self.suppressed: dict[str, str] = {}
        self.suppression_calls: list[str] = []
        self.suppression_script: list[str] = []

    @property
    def counts(self) -> Counter[str]:
        """How many mails each subscriber would get."""
        return Counter(each.tags["subscriber"] for each in self.sent)

    def account(self) -> dict[str, Any]:
        """GetAccount's reply.
        https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_GetAccount.html
        """
        self.account_calls += 1
        if self.account_fault:
            _raise(self.account_fault)
        return {
            "EnforcementStatus": self.enforcement,
            "ProductionAccessEnabled": not self.sandbox,
            "SendingEnabled": self.sending_enabled,
            "SendQuota": {
                "Max24HourSend": self.quota,
                "MaxSendRate": self.rate,
                "SentLast24Hours": float(len(self.sent)),
            },
        }

    def suppressed_destination(self, method: str, address: str) -> dict[str, Any]:
        """GetSuppressedDestination's or DeleteSuppressedDestination's reply.
        https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_DeleteSuppressedDestination.html
        """
        self.suppression_calls.append(f"{method} {address}")
        fault = self.suppression_script.pop(0) if self.suppression_script else ""
        if fault:
            _raise(fault)
        if address not in self.suppressed:
            message = f"Email address {address} does not exist on your suppression list."
            raise CallRefusedError("NotFoundException", message, status=404)
        if method == "DELETE":
            del self.suppressed[address]
            return {}
        reason = self.suppressed[address]
        since = 1_790_000_000.5
        entry = {"EmailAddress": address, "Reason": reason, "LastUpdateTime": since}
        return {"SuppressedDestination": entry}

    def send_bulk(self, call: Mapping[str, Any]) -> dict[str, Any]:
        """SendBulkEmail's reply; CallRefusedError if it is an error."""
        entries = call.get("BulkEmailEntries", [])
        self.last_call = call
        self.calls.append(len(entries))
        fault = self.script.pop(0) if self.script else ""
        if isinstance(fault, str) and fault in FAULTS:
            _raise(fault)
        if not any(f"<{each}>" in call["FromEmailAddress"] for each in self.senders):
            raise CallRefusedError("MessageRejected", "Email address is not verified.")
        if call.get("ConfigurationSetName") not in self.configuration_sets:
            raise CallRefusedError("NotFoundException", "No such configuration set.", status=404)
        check_call(call)
        statuses = fault if isinstance(fault, list) else [""] * len(entries)
        results = [
            self._take(call, entry, status) for entry, status in zip(entries, statuses, strict=True)
        ]
        if fault == "cut":
            raise ConnectionAbortedError
        return {"BulkEmailEntryResults": results}

    def _take(self, call: Mapping[str, Any], entry: Mapping[str, Any], status: str) -> Any:
        status = status or check_entry(entry)
        if status and status != "SUCCESS":
            return {"Status": status, "Error": "Refused."}
        (to,) = entry["Destination"]["ToAddresses"]
        if self.sandbox and to not in self.verified:
            return {"Status": "MESSAGE_REJECTED", "Error": "Email address is not verified."}
        tags = {each["Name"]: each["Value"] for each in entry.get("ReplacementTags", ())}
        try:
            message = self.render(call, entry)
        except RenderingError:
            self.dropped.append(to)
        else:
            self.accept(Sent(message, to, tags, call["ConfigurationSetName"]))
        return {"Status": "SUCCESS", "MessageId": f"{len(self.sent) + len(self.dropped):060}"}

    def render(self, call: Mapping[str, Any], entry: Mapping[str, Any]) -> EmailMessage:
        """The mail; RenderingError if a variable has no value."""
        return mail_of(call, entry)

    def accept(self, sent: Sent) -> None:
        """Take a mail that SES would send."""
        self.sent.append(sent)


def _raise(fault: str) -> NoReturn:
    code, message, status = FAULTS[fault]
    raise CallRefusedError(code, message, status=status)


@contextmanager
def ses_sink() -> Iterator[SesSink]:
    """A sink that is served on loopback within the block."""
    sink = SesSink()
    with served(sink):
        yield sink


@contextmanager
def served(sink: SesSink) -> Iterator[None]:
    """Within the block, the sink answers at its `url`."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(sink))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    sink.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _handler(sink: SesSink) -> type[BaseHTTPRequestHandler]:
    return type("Handler", (_Handler,), {"sink": sink})


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    sink: SesSink

    def do_GET(self) -> None:
        self._answer(self._listed() or self.sink.account)

    def do_DELETE(self) -> None:
        self._answer(self._listed() or (lambda: _raise("bad")))

    def _listed(self) -> Callable[[], object] | None:
        head, found, address = self.path.partition(LIST_PATH)
        if head or not found:
            return None
        return partial(self.sink.suppressed_destination, self.command, unquote(address))

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self._answer(lambda: self.sink.send_bulk(json.loads(body)))

    def _answer(self, answer: Callable[[], object]) -> None:
        try:
            self._reply(200, answer())
        except CallRefusedError as err:
            self._reply(err.status, {"message": err.message}, error=err.code)
        except ConnectionError:
            # Cut by the script, or by a caller that is gone.
            self.close_connection = True

    def _reply(self, status: int, reply: object, *, error: str = "") -> None:
        content = json.dumps(reply).encode()
        self.send_response(status)
        if error:
            self.send_header("x-amzn-ErrorType", error)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Nothing: a test's output is its own."""
