import base64
from datetime import UTC, datetime
from email.message import EmailMessage

from ivent_site.local.mailbox.message import message_as_json

AT = datetime(2026, 11, 22, 10, 0, 0, 123456, tzinfo=UTC)
CALENDAR = "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"


def _mail() -> EmailMessage:
    mail = EmailMessage()
    mail["From"] = "Ivent <events@ivent.example>"
    mail["To"] = "Ann <Ann@example.com>"
    mail["Subject"] = "Größe ✓"
    mail["List-Id"] = "<events.ivent.example>"
    mail.set_content("Hello\n")
    mail.add_alternative("<p>Hello</p>\n", subtype="html")
    mail.add_attachment(CALENDAR.encode(), "text", "calendar", filename="event.ics")
    return mail


def test_a_mail_reads_as_its_reader_sees_it() -> None:
    message = message_as_json(
        bytes(_mail()), message_id="id", recipients=["Ann@example.com"], sent_at=AT
    )

    headers = message.pop("headers")
    assert message == {
        "id": "id",
        "from": "Ivent <events@ivent.example>",
        "to": ["Ann@example.com"],
        "subject": "Größe ✓",
        "sent_at": "2026-11-22T10:00:00.123Z",
        "text": "Hello\n",
        "html": "<p>Hello</p>\n",
        "attachments": [
            {
                "filename": "event.ics",
                "content_type": "text/calendar",
                "base64": base64.b64encode(CALENDAR.encode()).decode(),
            }
        ],
    }
    assert headers["List-Id"] == "<events.ivent.example>"
    assert headers["Subject"] == "Größe ✓"


def test_a_hidden_recipient_shows() -> None:
    message = message_as_json(
        bytes(_mail()), message_id="id", recipients=["a@example.com", "b@example.com"], sent_at=AT
    )

    assert message["to"] == ["a@example.com", "b@example.com"]


def test_a_calendar_beside_the_text_is_an_attachment_with_a_name() -> None:
    mail = EmailMessage()
    mail.set_content("Hello\n")
    mail.add_alternative(CALENDAR, subtype="calendar")

    (attachment,) = message_as_json(bytes(mail), message_id="id", recipients=[], sent_at=AT)[
        "attachments"
    ]

    assert attachment["content_type"] == "text/calendar"
    assert attachment["filename"] == "calendar.ics"


def test_bytes_that_are_no_text_and_unknown_charsets_are_still_shown() -> None:
    raw = (
        b"From: a@example.com\r\nSubject: caf\xe9\r\nX-Twice: 1\r\nX-Twice: 2\r\n"
        b"Content-Type: text/plain; charset=klingon\r\n\r\nnuq\xff neH\r\n"
    )

    message = message_as_json(raw, message_id="id", recipients=[], sent_at=AT)

    assert message["subject"].startswith("caf")
    message["subject"].encode()
    assert message["text"] == "nuq\ufffd neH\r\n"
    assert message["headers"]["X-Twice"] == "1, 2"
