"""A mail as bytes that go to SES, read back and compared before anybody sends them.

Python's EmailMessage decodes an encoded word inside a header and may make of it a header of
its own (a title with "=?…?=" became a real Bcc), so "=?" and control characters are refused
in every value, and what was built is parsed again.
"""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Final

from django.conf import settings

from notifications.mails import Calendar, Mail

_UNSAFE: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]|=\?")
# Folding would turn their long words into encoded ones, which mail programs do not follow.
_UNFOLDED: Final = frozenset(
    {
        *("list-unsubscribe", "list-unsubscribe-post", "list-id", "message-id"),
        *("x-ses-message-tags", "x-ses-configuration-set"),
    }
)
_LINE_CHARS: Final = 998
CALENDAR_FILE: Final = "event.ics"


class UnmailableError(ValueError):
    """This mail cannot be sent to anybody safely; a retry does not help."""


class _Policy(policy.EmailPolicy):
    def fold_binary(self, name: str, value: str) -> bytes:
        if name.lower() not in _UNFOLDED:
            return super().fold_binary(name, value)
        line = f"{name}: {value}"
        if len(line) > _LINE_CHARS or not line.isascii():
            raise UnmailableError(f"The header {name} cannot be written in one line.")
        return f"{line}\r\n".encode("ascii")


_POLICY: Final = _Policy(linesep="\r\n", cte_type="7bit", raise_on_defect=False)


def mail_bytes(mail: Mail, *, extra: dict[str, str] | None = None) -> bytes:
    """The mail as an RFC 5322 message in 7-bit ASCII; `extra` are a transport's own headers.

    Raises UnmailableError for values that do not belong in a header.
    """
    headers = {
        "Subject": mail.letter.subject,
        **mail.letter.headers,
        **mail.headers,
        **(extra or {}),
    }
    check_headers(headers)
    try:
        message = _message(mail, headers)
        raw = message.as_bytes()
    except (ValueError, LookupError, MessageError) as err:
        raise UnmailableError(f"The mail cannot be built: {err}") from err
    _compare(raw, mail, headers)
    return raw


def check_headers(headers: Mapping[str, str]) -> None:
    """Raise UnmailableError if a value holds what no header may."""
    for name, value in headers.items():
        if _UNSAFE.search(value):
            raise UnmailableError(f"The header {name} holds what no header may.")


def _message(mail: Mail, headers: dict[str, str]) -> EmailMessage:
    message = EmailMessage(policy=_POLICY)
    message["From"] = Address(mail.letter.sender_name, addr_spec=settings.SENDER_EMAIL)
    message["To"] = Address(addr_spec=mail.to)
    message["Date"] = format_datetime(datetime.now(UTC))
    for name, value in headers.items():
        message[name] = value
    message.set_content(mail.text, cte="quoted-printable")
    message.add_alternative(mail.html, subtype="html", cte="quoted-printable")
    if mail.letter.calendar:
        _attach(message, mail.letter.calendar)
    # Last: set_content would take it away.
    message["Content-Language"] = mail.letter.language
    return message


def _attach(message: EmailMessage, calendar: Calendar) -> None:
    message.add_attachment(
        calendar.content,
        maintype="text",
        subtype="calendar",
        filename=CALENDAR_FILE,
        params={"method": calendar.method, "charset": "utf-8"},
    )


def _compare(raw: bytes, mail: Mail, headers: dict[str, str]) -> None:
    parsed = message_from_bytes(raw, policy=policy.default)
    expected: dict[str, Callable[[], bool]] = {
        "To": lambda: [each.addr_spec for each in parsed["To"].addresses] == [mail.to],
        "From": lambda: (
            [each.addr_spec for each in parsed["From"].addresses] == [settings.SENDER_EMAIL]
        ),
    }
    for name, is_right in expected.items():
        if len(parsed.get_all(name, [])) != 1 or not is_right():
            raise UnmailableError(f"The header {name} did not survive being written.")
    for name, value in headers.items():
        if [str(found) for found in parsed.get_all(name, [])] != [value]:
            raise UnmailableError(f"The header {name} did not survive being written.")
    known = {
        *(name.lower() for name in headers),
        *("from", "to", "date", "mime-version", "content-type", "content-language"),
        "content-transfer-encoding",
    }
    if not {name.lower() for name in parsed} <= known:
        raise UnmailableError("A header appeared that nobody wrote.")
