"""Both transports give the reader the same mail."""

from email import message_from_bytes, policy

import pytest

from events.enums import EventStatus
from notifications.mime import mail_bytes
from notifications.transports.ses_bulk import SesBulk
from tests.notifications.test_rendering import make_snapshot, render
from tests.notifications.transports.calls import Calls

NASTY = "{{name}} <b>Äpfel</b> & \\{{x}} 🎉 'quoted' \"twice\""
HEADERS = (
    *("Subject", "From", "To", "Reply-To", "Content-Language", "Auto-Submitted", "Precedence"),
    *("List-Id", "List-Unsubscribe", "List-Unsubscribe-Post"),
)
MOVED = [
    {"field": "title", "old": "Old {{title}}", "new": NASTY},
    {"field": "starts_at", "old": "2027-08-01T16:00:00+00:00", "new": "not used"},
]


def parts(message):
    """What a reader or a mail program sees of the mail."""
    return {
        "headers": {name: [str(each) for each in message.get_all(name, [])] for name in HEADERS},
        "shape": [part.get_content_type() for part in message.walk()],
        **{
            kind: message.get_body((kind,)).get_content().splitlines() for kind in ("plain", "html")
        },
        "files": [
            (
                file.get_content_type(),
                file.get_content_disposition(),
                file.get_filename(),
                file.get_param("method"),
                file.get_content_charset(),
                file.get_payload(decode=True),
            )
            for file in message.iter_attachments()
        ],
    }


@pytest.mark.parametrize("locale", ["en", "de", "fr", "es"])
@pytest.mark.parametrize(
    ("kind", "status", "changes"),
    [
        ("published", EventStatus.PUBLISHED, []),
        ("changed", EventStatus.PUBLISHED, MOVED),
        ("cancelled", EventStatus.CANCELLED, []),
    ],
)
def test_a_bulk_mail_is_the_single_mail_part_by_part(sink, locale, kind, status, changes):
    snapshot = make_snapshot(
        status, title=NASTY, location=NASTY, description=f"{NASTY}\n\n" + "Zeile ü. " * 300
    )
    mails = [
        render(snapshot, kind=kind, changes=changes, locale=locale, timezone=timezone)
        for timezone in ("", "America/New_York")
    ]
    SesBulk().send(mails, Calls())
    for mail, sent in zip(mails, sink.sent, strict=True):
        bulk = message_from_bytes(sent.message.as_bytes(), policy=policy.default)
        single = message_from_bytes(mail_bytes(mail), policy=policy.default)
        assert parts(bulk) == parts(single)
        assert [name for name in bulk if name not in single] == []
