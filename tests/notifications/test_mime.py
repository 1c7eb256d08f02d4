from dataclasses import replace
from email import message_from_bytes, policy

import pytest
from icalendar import Calendar as Ics

from notifications.mime import UnmailableError, mail_bytes
from tests.factories_subscriptions import known
from tests.notifications.test_rendering import make_snapshot, render


def parsed(mail, **kwargs):
    return message_from_bytes(mail_bytes(mail, **kwargs), policy=policy.default)


def test_a_mail_reads_back_as_it_was_meant(settings):
    mail = render(make_snapshot(title="Sommerfest mit Grüßen 🎉", description="Zeile\n" * 200))
    raw = mail_bytes(mail)
    assert raw.isascii()
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    assert b"\n" not in raw.replace(b"\r\n", b"")
    message = message_from_bytes(raw, policy=policy.default)
    assert message["Subject"] == "New event: Sommerfest mit Grüßen 🎉"
    assert message["To"] == "ann@example.com"
    assert message["From"] == f"{settings.ORGANISATION} <{settings.SENDER_EMAIL}>"
    assert message["Reply-To"] == settings.REPLY_TO_EMAIL
    assert message["List-Unsubscribe"] == mail.headers["List-Unsubscribe"]
    assert message["Message-ID"] == mail.headers["Message-ID"]
    assert message["Content-Language"] == "en"
    assert known(message.get_body(("plain",))).get_content().splitlines() == mail.text.splitlines()
    assert known(message.get_body(("html",))).get_content().splitlines() == mail.html.splitlines()


def test_the_calendar_comes_as_a_file():
    mail = render(make_snapshot())
    message = parsed(mail)
    assert message.get_content_type() == "multipart/mixed"
    alternatives = next(iter(message.iter_parts()))
    assert [part.get_content_type() for part in alternatives.iter_parts()] == [
        "text/plain",
        "text/html",
    ]
    (attached,) = message.iter_attachments()
    assert attached.get_content_type() == "text/calendar"
    assert attached.get_param("method") == "PUBLISH"
    assert attached.get_filename() == "event.ics"
    content = attached.get_payload(decode=True)
    assert content == mail.letter.calendar.content
    assert Ics.from_ical(content).walk("VEVENT")[0]["SEQUENCE"] == 3


def test_headers_of_machines_stay_on_one_line():
    tags = "announcement=" + "a" * 60 + ", chunk=" + "c" * 40 + ", subscriber=" + "s" * 36
    raw = mail_bytes(render(make_snapshot()), extra={"X-SES-MESSAGE-TAGS": tags})
    assert f"\r\nX-SES-MESSAGE-TAGS: {tags}\r\n".encode() in raw
    assert b"\r\nList-Unsubscribe: <https://ivent.example/one-click/" in raw


@pytest.mark.parametrize(
    "value",
    [
        "A\r\nBcc: eve@example.com",
        "A\nB",
        "A\x00",
        "A\x85B",
        "A\u2028B",
        "\ud800",
        "=?utf-8?q?A=0D=0ABcc:_eve=40example.com?=",
        "x =?utf-8?b?QQ==?=",
    ],
)
def test_no_value_makes_a_header_of_its_own(value):
    mail = render(make_snapshot())
    with pytest.raises(UnmailableError):
        mail_bytes(replace(mail, letter=replace(mail.letter, subject=value)))
    with pytest.raises(UnmailableError):
        mail_bytes(mail, extra={"X-Note": value})


@pytest.mark.parametrize(
    "address",
    [
        "ann@example.com, eve@example.com",
        "ann@example.com\r\nBcc: eve@example.com",
        "Ann <ann@example.com>",
        "ann",
        "",
        "änn@example.com",
        "=?utf-8?q?ann?=@example.com",
    ],
)
def test_what_is_no_single_plain_address_is_not_mailed(address):
    with pytest.raises(UnmailableError):
        mail_bytes(replace(render(make_snapshot()), to=address))


def test_a_quoted_address_survives():
    assert parsed(replace(render(make_snapshot()), to='"a b"@example.com'))["To"] == (
        '"a b"@example.com'
    )


def test_an_organisation_with_any_name_is_a_sender(settings):
    settings.ORGANISATION = "Verein für Grüße, e.V."
    (sender,) = parsed(render(make_snapshot()))["From"].addresses
    assert (sender.display_name, sender.addr_spec) == (
        "Verein für Grüße, e.V.",
        settings.SENDER_EMAIL,
    )


def test_a_mark_without_a_value_is_never_sent():
    with pytest.raises(UnmailableError):
        mail_bytes(replace(render(make_snapshot()), values={}))


def test_a_header_that_does_not_fit_one_line_is_refused():
    with pytest.raises(UnmailableError):
        mail_bytes(render(make_snapshot()), extra={"X-SES-MESSAGE-TAGS": "a" * 1000})
