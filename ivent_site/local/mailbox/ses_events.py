"""What SES tells about a mail through its configuration set, and the headers it obeys.

https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html
https://docs.aws.amazon.com/ses/latest/dg/event-publishing-send-email.html
"""

from datetime import datetime
from email import message_from_bytes, policy
from email.headerregistry import Address
from email.utils import parseaddr
from typing import Any

TAGS_HEADER = "X-SES-MESSAGE-TAGS"
CONFIGURATION_SET_HEADER = "X-SES-CONFIGURATION-SET"
SIMULATOR_DOMAIN = "simulator.amazonses.com"
# What becomes of mail to the simulator's addresses; elsewhere all is delivered.
_UNDELIVERED = frozenset({"bounce", "suppressionlist"})


def without_ses_headers(raw: bytes) -> bytes:
    """The mail as SES passes it on: without the headers that were meant for SES."""
    head, separator, body = _split(raw)
    kept: list[bytes] = []
    dropping = False
    for line in head.splitlines(keepends=True):
        if not line.startswith((b" ", b"\t")):
            name = line.partition(b":")[0].decode("ascii", "replace").upper()
            dropping = name in {TAGS_HEADER, CONFIGURATION_SET_HEADER}
        if not dropping:
            kept.append(line)
    return b"".join(kept) + separator + body


def events(
    raw: bytes, *, recipients: list[str], accepted_at: datetime, sent_by: str
) -> list[dict[str, Any]]:
    """The Send and Delivery events of a mail, in SES's words; none without a configuration set."""
    mail = message_from_bytes(_split(raw)[0] + b"\r\n\r\n", policy=policy.default)
    configuration_set = str(mail.get(CONFIGURATION_SET_HEADER, "")).strip()
    if not configuration_set:
        return []
    timestamp = accepted_at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    source = str(mail.get("From", ""))
    sender = parseaddr(source)[1]
    headers = [
        {"name": name, "value": str(value)}
        for name, value in mail.items()
        if name.upper() not in {TAGS_HEADER, CONFIGURATION_SET_HEADER}
    ]
    about: dict[str, Any] = {
        "timestamp": timestamp,
        "source": source,
        "sourceArn": f"arn:aws:ses:{sent_by}:identity/{sender}",
        "sendingAccountId": sent_by.partition(":")[2],
        "messageId": str(mail.get("Message-ID", "")).strip("<> "),
        "headersTruncated": False,
        "headers": headers,
        "commonHeaders": _common_headers(mail),
        "tags": {
            "ses:operation": ["SendRawEmail"],
            "ses:configuration-set": [configuration_set],
            "ses:source-ip": ["127.0.0.1"],
            "ses:from-domain": [sender.rpartition("@")[2]],
            "ses:caller-identity": ["ivent"],
            **_tags(str(mail.get(TAGS_HEADER, ""))),
        },
    }
    found: list[dict[str, Any]] = []
    for recipient in recipients:
        told = {**about, "destination": [recipient]}
        found.append({"eventType": "Send", "mail": told, "send": {}})
        if _is_delivered(recipient):
            found.append(
                {"eventType": "Delivery", "mail": told, "delivery": _delivery(recipient, timestamp)}
            )
    return found


def _split(raw: bytes) -> tuple[bytes, bytes, bytes]:
    """The header block with its last line's end, the blank line, and the body."""
    for end in (b"\r\n", b"\n"):
        head, blank, body = raw.partition(end + end)
        if blank:
            return head + end, end, body
    return raw, b"", b""


def _tags(header: str) -> dict[str, list[str]]:
    pairs = (pair.partition("=") for pair in header.split(",") if "=" in pair)
    return {name.strip(): [value.strip()] for name, _, value in pairs}


def _common_headers(mail: Any) -> dict[str, Any]:
    common: dict[str, Any] = {}
    for name in ("from", "to", "cc", "reply-to"):
        if mail.get(name) is not None:
            key = "replyTo" if name == "reply-to" else name
            addresses: tuple[Address, ...] = mail[name].addresses
            common[key] = [str(address) for address in addresses]
    for name, key in (("Message-ID", "messageId"), ("Date", "date"), ("Subject", "subject")):
        if mail.get(name) is not None:
            common[key] = str(mail[name]).strip("<> ")
    return common


def _is_delivered(recipient: str) -> bool:
    local, _, domain = recipient.rpartition("@")
    if domain.lower() != SIMULATOR_DOMAIN:
        return True
    return local.lower().partition("+")[0] not in _UNDELIVERED


def _delivery(recipient: str, timestamp: str) -> dict[str, Any]:
    return {
        "timestamp": timestamp,
        "processingTimeMillis": 1,
        "recipients": [recipient],
        "smtpResponse": "250 2.6.0 Message received",
        "reportingMTA": "a0-0.smtp-out.amazonses.com",
    }
