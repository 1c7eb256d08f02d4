"""Both transports give the reader the same mail."""

from email import message_from_bytes, policy
from email.utils import parseaddr

import pytest
from django.conf import settings as project_settings
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from events.enums import EventStatus
from events.validators import title_problems
from ivent_site.preferences.selectors import preferences_remember
from notifications.digest_letters import DigestLetters
from notifications.headers import decoded
from notifications.mime import mail_bytes
from notifications.phrases import LANGUAGES
from notifications.transports.ses_bulk import SesBulk
from subscriptions.enums import MailKind
from tests.factories_subscriptions import known
from tests.notifications.every_kind import KINDS, mail_of, make_preferences
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
        bulk = sent.message
        single = message_from_bytes(mail_bytes(mail), policy=policy.default)
        assert parts(bulk) == parts(single)
        assert [name for name in bulk if name not in single] == []
        for message in (bulk, single):
            names = [*message]
            at = names.index("List-Unsubscribe")
            assert names[at + 1] == "List-Unsubscribe-Post"


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
        bulk = sent.message
        single = message_from_bytes(mail_bytes(mail), policy=policy.default)
        assert parts(bulk) == parts(single)
        assert parts(bulk)["shape"] == ["multipart/alternative", "text/plain", "text/html"]
        assert f"* {NASTY} 1" in mail.text
        assert "<b>Äpfel" not in mail.html


def test_what_admins_set_is_in_both_and_the_same(sink):
    preferences_remember(
        make_preferences(
            organisation="Verein <Grüße>",
            postal_address="1 {{Street}}",
            sender_name="Grüße, e.V.",
            logo_url="https://example.com/logo.png?a={{b}}",
            footer=f"{NASTY}\nSecond line",
        )
    )
    mail = render(make_snapshot())
    SesBulk().send([mail], Calls())
    [sent] = sink.sent
    bulk = sent.message
    single = message_from_bytes(mail_bytes(mail), policy=policy.default)
    assert parts(bulk) == parts(single)
    assert (single["From"].addresses[0].display_name, single["Reply-To"]) == (
        "Grüße, e.V.",
        "club@example.com",
    )
    assert f"{NASTY}\nSecond line\nVerein <Grüße>, 1 {{{{Street}}}}" in mail.text
    for each in ("https://example.com/logo.png?a={{b}}", "background:#0b5d1e", "Verein &lt;"):
        assert each in mail.html


TITLES = (
    st.one_of(
        st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=200),
        st.lists(
            st.sampled_from(
                ("Fête", "l’Été", "à", "Café,", "“Été” :", "{{x}}", '"a"', "\\", "<b>")
            ),
            min_size=1,
            max_size=25,
        ).map(" ".join),
    )
    .map(lambda text: text.strip()[:200].strip())
    .filter(lambda title: not [*title_problems(title)])
)
NAMES = TITLES.map(lambda title: title[:100].strip()).filter(bool)


def read_by(message):
    """Subject and sender by each of Python's two parsers; the name by the one that can."""
    old = message_from_bytes(message.as_bytes())
    new = message_from_bytes(message.as_bytes(), policy=policy.default)
    name, address = parseaddr(old["From"].replace("\r\n", "").replace("\n", ""))
    return {
        "subjects": {decoded(str(old["Subject"])), str(new["Subject"])},
        "sender": (decoded(name), address),
    }


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(kind=st.sampled_from(KINDS), locale=st.sampled_from([*LANGUAGES]), title=TITLES, name=NAMES)
def test_whatever_the_rules_accept_is_sent_by_both_byte_for_byte(sink, kind, locale, title, name):
    said_twice = f"{title}\u2028{title}\n\n\t{title}"
    mail = mail_of(
        kind,
        title=title,
        text=said_twice,
        locale=locale,
        organisation=name,
        sender_name=name,
        footer=title,
    )
    SesBulk().send([mail], Calls())
    bulk = sink.sent.pop().message
    raw = mail_bytes(mail)
    single = message_from_bytes(raw, policy=policy.default)
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    assert read_by(single) == {
        "subjects": {mail.letter.subject},
        "sender": (name, project_settings.SENDER_EMAIL),
    }
    assert str(bulk["Subject"]) == mail.letter.subject
    assert bulk["From"].addresses[0].display_name == name
    said, where = {
        "digest": (title, mail.text),
        MailKind.CONFIRM: (name, mail.letter.subject),
        MailKind.ALREADY_CONFIRMED: (name, mail.letter.subject),
        MailKind.CHANGE: (name, mail.letter.subject),
    }.get(kind, (title, mail.letter.subject))
    assert said in where
    for message in (bulk, single):
        for part, body in (("plain", mail.text), ("html", mail.html)):
            content = known(message.get_body((part,))).get_content()
            assert content.replace("\r\n", "\n") == body
