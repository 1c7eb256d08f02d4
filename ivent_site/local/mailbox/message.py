"""A stored mail as JSON: `{"id", "from", "to", "subject", "sent_at", "text", "html", "headers",
"attachments": [{"filename", "content_type", "base64"}]}`.
"""

import base64
import mimetypes
from collections.abc import Iterator
from datetime import datetime
from email import message_from_bytes, policy
from email.headerregistry import HeaderRegistry
from email.message import EmailMessage, MIMEPart
from functools import lru_cache
from typing import Any

# The library parses a header anew at every look; mails of one announcement share most of them.
_POLICY = policy.default.clone(header_factory=lru_cache(1024)(HeaderRegistry()))


def message_as_json(
    raw: bytes, *, message_id: str, recipients: list[str], sent_at: datetime
) -> dict[str, Any]:
    """The mail as its reader sees it.

    `to` is whom it was really sent to, whatever its headers say: a hidden recipient shows.
    """
    mail = message_from_bytes(raw, policy=_POLICY)
    text, html = mail.get_body(("plain",)), mail.get_body(("html",))
    return {
        "id": message_id,
        "from": _clean(str(mail.get("From", ""))),
        "to": recipients,
        "subject": _clean(str(mail.get("Subject", ""))),
        "sent_at": sent_at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "text": _content(text),
        "html": _content(html),
        "headers": _headers(mail),
        "attachments": [
            _attachment(part) for part in _leaves(mail) if part is not text and part is not html
        ],
    }


def _leaves(mail: EmailMessage) -> Iterator[EmailMessage]:
    for part in mail.walk():
        if not part.is_multipart() and isinstance(part, EmailMessage):
            yield part


def _content(part: MIMEPart | None) -> str:
    if part is None:
        return ""
    try:
        return _clean(str(part.get_content()).replace("\r\n", "\n"))
    except LookupError:  # a charset that nobody knows
        payload = part.get_payload(decode=True)
        return payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""


def _headers(mail: EmailMessage) -> dict[str, str]:
    headers: dict[str, str] = {}
    for name, value in mail.items():
        clean = _clean(str(value))
        headers[name] = f"{headers[name]}, {clean}" if name in headers else clean
    return headers


def _attachment(part: EmailMessage) -> dict[str, str]:
    content_type = part.get_content_type()
    payload = part.get_payload(decode=True)
    suffix = mimetypes.guess_extension(content_type) or ""
    return {
        "filename": _clean(part.get_filename() or f"{part.get_content_subtype()}{suffix}"),
        "content_type": content_type,
        "base64": base64.b64encode(payload if isinstance(payload, bytes) else b"").decode(),
    }


def _clean(text: str) -> str:
    # Undecodable bytes arrive as lone surrogates, which no response can carry.
    return text.encode("utf-8", "replace").decode()
