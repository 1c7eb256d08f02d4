"""A mail as bytes that go to SES, read back and compared before anybody sends them.

“=?” and control characters are refused in every value: what a mail program decodes into a header
could become a header of its own. So is what does not read back as it was meant.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Final

from django.conf import settings

from ivent_site.header_text import UNSAFE
from notifications.headers import decoded, encoded, folded, mailbox
from notifications.mails import Calendar, Mail

# Headers that people read and write; the others are for machines, in one line of ASCII.
_TEXT: Final = frozenset({"Subject"})
_BY_LIBRARY: Final = frozenset(
    {"date", "mime-version", "content-type", "content-transfer-encoding"}
)
_LINE_CHARS: Final = 998
CALENDAR_FILE: Final = "event.ics"


class UnmailableError(ValueError):
    """This mail cannot be sent to anybody safely; a retry does not help."""


# Every header is written by `headers`; the library writes the parts.
_POLICY: Final = policy.SMTP.clone(cte_type="7bit")


def mail_bytes(mail: Mail, *, extra: dict[str, str] | None = None) -> bytes:
    """The mail as an RFC 5322 message in 7-bit ASCII; `extra` are a transport's own headers.

    Raises UnmailableError for values that do not belong in a header.
    """
    headers = {
        "Subject": mail.letter.subject,
        **mail.letter.headers,
        **mail.headers,
        **(extra or {}),
        "Content-Language": mail.letter.language,
    }
    check_headers({"From": mail.letter.sender_name, **headers})
    try:
        raw = _head(mail, headers) + _body(mail).as_bytes()
    except (ValueError, LookupError, MessageError) as err:
        raise UnmailableError(f"The mail cannot be built: {err}") from err
    _compare(raw, mail, headers)
    return raw


def check_headers(headers: Mapping[str, str]) -> None:
    """Raise UnmailableError if a value holds what no header may."""
    for name, value in headers.items():
        if UNSAFE.search(value):
            raise UnmailableError(f"The header {name} holds what no header may.")


def _head(mail: Mail, headers: Mapping[str, str]) -> bytes:
    fields = [
        folded("From", mailbox(mail.letter.sender_name, settings.SENDER_EMAIL)),
        _line("To", str(Address(addr_spec=mail.to))),
        _line("Date", format_datetime(datetime.now(UTC))),
    ]
    for name, value in headers.items():
        is_text = name in _TEXT
        fields.append(folded(name, encoded(value, name=name)) if is_text else _line(name, value))
    return "".join(fields).encode("ascii")


def _line(name: str, value: str) -> str:
    """A header for machines: many programs do not follow encoded words and folds there."""
    line = f"{name}: {value}"
    if len(line) > _LINE_CHARS or not line.isascii():
        raise UnmailableError(f"The header {name} cannot be written in one line.")
    return f"{line}\r\n"


def _body(mail: Mail) -> EmailMessage:
    message = EmailMessage(policy=_POLICY)
    message.set_content(mail.text, cte="quoted-printable")
    message.add_alternative(mail.html, subtype="html", cte="quoted-printable")
    if mail.letter.calendar:
        _attach(message, mail.letter.calendar)
    return message


def _attach(message: EmailMessage, calendar: Calendar) -> None:
    message.add_attachment(
        calendar.content,
        maintype="text",
        subtype="calendar",
        filename=CALENDAR_FILE,
        params={"method": calendar.method, "charset": "utf-8"},
    )


def _compare(raw: bytes, mail: Mail, headers: Mapping[str, str]) -> None:
    parsed = message_from_bytes(raw)
    sender = mailbox(mail.letter.sender_name, settings.SENDER_EMAIL)
    expected = {**headers, "From": decoded(sender), "To": mail.to}
    for name, value in expected.items():
        if [decoded(str(found)) for found in parsed.get_all(name, [])] != [value]:
            raise UnmailableError(f"The header {name} did not survive being written.")
    known = {*(name.lower() for name in expected), *_BY_LIBRARY}
    if not {name.lower() for name in parsed} <= known:
        raise UnmailableError("A header appeared that nobody wrote.")
