"""Both transports give the reader the same mail."""

from email import message_from_bytes, policy

import pytest

from events.enums import EventStatus
from ivent_site.preferences.selectors import preferences_remember
from ivent_site.preferences.tables import PreferencesRow
from notifications.digest_letters import DigestLetters
from notifications.mime import mail_bytes
from notifications.transports.ses_bulk import SesBulk
from tests.notifications.test_digest_letters import make_listed
from tests.notifications.test_rendering import make_recipient, make_snapshot, render
from tests.notifications.transports.calls import Calls

NASTY = "{{name}} <b>Äpfel</b> & \\{{x}} 🎉 'quoted' \"twice\""
HEADERS = (
    *("Subject", "From", "To", "Reply-To", "Content-Language", "Auto-Submitted", "Precedence"),
    *("List-Id", "List-Unsubscribe", "List-Unsubscribe-Post"),
)
MOVED = [
    {"field": "title", "old": "Old {{title}}", "new": NASTY},
    {"field": "starts_at", "old": "2038-08-01T16:00:00+00:00", "new": "not used"},
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
        ("reminder", EventStatus.PUBLISHED, []),
        ("message", EventStatus.PUBLISHED, []),
    ],
)
def test_a_bulk_mail_is_the_single_mail_part_by_part(sink, locale, kind, status, changes):
    snapshot = make_snapshot(
        status, title=NASTY, location=NASTY, description=f"{NASTY}\n\n" + "Zeile ü. " * 300
    )
    said = {"note": f"{NASTY}\n\nMore.", "subject": NASTY}
    mails = [
        render(snapshot, kind=kind, changes=changes, locale=locale, timezone=timezone, **said)
        for timezone in ("", "America/New_York")
    ]
    SesBulk().send(mails, Calls())
    for mail, sent in zip(mails, sink.sent, strict=True):
        bulk = message_from_bytes(sent.message.as_bytes(), policy=policy.default)
        single = message_from_bytes(mail_bytes(mail), policy=policy.default)
        assert parts(bulk) == parts(single)
        assert [name for name in bulk if name not in single] == []


@pytest.mark.parametrize("locale", ["en", "de", "fr", "es"])
def test_so_is_a_digest_with_each_readers_own_list(sink, locale):
    events = [
        make_listed(title=f"{NASTY} {number}", location=NASTY, topics={"a": NASTY}, is_further=far)
        for number, far in enumerate([False, True])
    ]
    letters = DigestLetters(announcement_id="digest", slot=events[0].starts_at, events=events)
    mails = [
        letters.mail(make_recipient(locale=locale, timezone=zone, topics=topics), tags={})
        for zone, topics in (("", ()), ("America/New_York", ("a",)))
    ]
    SesBulk().send(mails, Calls())
    for mail, sent in zip(mails, sink.sent, strict=True):
        bulk = message_from_bytes(sent.message.as_bytes(), policy=policy.default)
        single = message_from_bytes(mail_bytes(mail), policy=policy.default)
        assert parts(bulk) == parts(single)
        assert parts(bulk)["shape"] == ["multipart/alternative", "text/plain", "text/html"]
        assert f"* {NASTY} 1" in mail.text
        assert "<b>Äpfel" not in mail.html


def test_what_admins_set_is_in_both_and_the_same(sink):
    preferences_remember(
        PreferencesRow(
            organisation="Verein <Grüße>",
            postal_address="1 {{Street}}",
            sender_name="Grüße, e.V.",
            reply_to="club@example.com",
            default_timezone="UTC",
            languages=["en"],
            undo_window_s=0,
            reminders=[],
            logo_url="https://example.com/logo.png?a={{b}}",
            colour="#0b5d1e",
            footer=f"{NASTY}\nSecond line",
        )
    )
    mail = render(make_snapshot())
    SesBulk().send([mail], Calls())
    [sent] = sink.sent
    bulk = message_from_bytes(sent.message.as_bytes(), policy=policy.default)
    single = message_from_bytes(mail_bytes(mail), policy=policy.default)
    assert parts(bulk) == parts(single)
    assert (single["From"].addresses[0].display_name, single["Reply-To"]) == (
        "Grüße, e.V.",
        "club@example.com",
    )
    assert f"{NASTY}\nSecond line\nVerein <Grüße>, 1 {{{{Street}}}}" in mail.text
    for each in ("https://example.com/logo.png?a={{b}}", "background:#0b5d1e", "Verein &lt;"):
        assert each in mail.html
