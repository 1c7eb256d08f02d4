from datetime import UTC, datetime

from ivent_site.local.mailbox.ses_events import events, without_ses_headers

AT = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
RAW = (
    b"Message-ID: <0100-1@email.amazonses.com>\r\n"
    b"From: Ivent <events@ivent.example>\r\n"
    b"To: ann@example.com\r\n"
    b"X-SES-MESSAGE-TAGS: announcement=0190.000001.published,\r\n"
    b" chunk=03-0190, subscriber=abc\r\n"
    b"Subject: Hello\r\n"
    b"X-Ses-Configuration-Set: ivent-local\r\n"
    b"MIME-Version: 1.0\r\n"
    b"\r\n"
    b"X-SES-MESSAGE-TAGS: in the body\r\n"
)


def _events(raw: bytes = RAW, *recipients: str) -> list[dict]:
    return events(
        raw,
        recipients=list(recipients or ("ann@example.com",)),
        accepted_at=AT,
        sent_by="eu-central-1:000000000000",
    )


def test_the_headers_for_ses_do_not_reach_the_reader() -> None:
    assert without_ses_headers(RAW) == (
        b"Message-ID: <0100-1@email.amazonses.com>\r\n"
        b"From: Ivent <events@ivent.example>\r\n"
        b"To: ann@example.com\r\n"
        b"Subject: Hello\r\n"
        b"MIME-Version: 1.0\r\n"
        b"\r\n"
        b"X-SES-MESSAGE-TAGS: in the body\r\n"
    )


def test_a_mail_of_headers_alone_stays_whole() -> None:
    assert without_ses_headers(b"Subject: x\r\nTo: y") == b"Subject: x\r\nTo: y"


def test_a_mail_is_told_as_sent_and_as_delivered_in_the_words_of_ses() -> None:
    mail = {
        "timestamp": "2026-11-22T10:00:00.000Z",
        "source": "Ivent <events@ivent.example>",
        "sourceArn": "arn:aws:ses:eu-central-1:000000000000:identity/events@ivent.example",
        "sendingAccountId": "000000000000",
        "messageId": "0100-1@email.amazonses.com",
        "destination": ["ann@example.com"],
        "headersTruncated": False,
        "headers": [
            {"name": "Message-ID", "value": "<0100-1@email.amazonses.com>"},
            {"name": "From", "value": "Ivent <events@ivent.example>"},
            {"name": "To", "value": "ann@example.com"},
            {"name": "Subject", "value": "Hello"},
            {"name": "MIME-Version", "value": "1.0"},
        ],
        "commonHeaders": {
            "from": ["Ivent <events@ivent.example>"],
            "to": ["ann@example.com"],
            "messageId": "0100-1@email.amazonses.com",
            "subject": "Hello",
        },
        "tags": {
            "ses:operation": ["SendRawEmail"],
            "ses:configuration-set": ["ivent-local"],
            "ses:source-ip": ["127.0.0.1"],
            "ses:from-domain": ["ivent.example"],
            "ses:caller-identity": ["ivent"],
            "announcement": ["0190.000001.published"],
            "chunk": ["03-0190"],
            "subscriber": ["abc"],
        },
    }

    assert _events() == [
        {"eventType": "Send", "mail": mail, "send": {}},
        {
            "eventType": "Delivery",
            "mail": mail,
            "delivery": {
                "timestamp": "2026-11-22T10:00:00.000Z",
                "processingTimeMillis": 1,
                "recipients": ["ann@example.com"],
                "smtpResponse": "250 2.6.0 Message received",
                "reportingMTA": "a0-0.smtp-out.amazonses.com",
            },
        },
    ]


def test_each_recipient_has_events_of_their_own() -> None:
    told = _events(RAW, "ann@example.com", "bob@example.com")

    assert [(event["eventType"], event["mail"]["destination"]) for event in told] == [
        ("Send", ["ann@example.com"]),
        ("Delivery", ["ann@example.com"]),
        ("Send", ["bob@example.com"]),
        ("Delivery", ["bob@example.com"]),
    ]


def test_what_the_simulator_bounces_is_not_told_as_delivered() -> None:
    told = _events(
        RAW,
        "bounce+7@simulator.amazonses.com",
        "suppressionlist@Simulator.amazonses.com",
        "complaint@simulator.amazonses.com",
    )

    assert [event["eventType"] for event in told] == ["Send", "Send", "Send", "Delivery"]


def test_without_a_configuration_set_nothing_is_told() -> None:
    assert _events(b"From: a@example.com\r\n\r\nHello") == []
