from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from events.enums import EventStatus
from events.snapshot import EventSnapshot
from events.times import day_start
from ivent_site.ids import uuid7
from notifications import mails
from notifications.confirmation_letters import confirmation_mail
from notifications.dates import known_timezone, when
from notifications.mails import in_order_of_letters
from notifications.mime import UnmailableError
from notifications.phrases import LANGUAGES
from notifications.rendering import Letters
from subscriptions.enums import Frequency, MailKind
from subscriptions.selectors import Recipient
from subscriptions.services import ConfirmationMail
from tests.factories import make_data, make_topic


def make_snapshot(status=EventStatus.PUBLISHED, **values):
    return EventSnapshot(
        **make_data(**values).as_dict(),
        id=uuid7(),
        version=3,
        status=status,
        updated_at=datetime(2026, 11, 1, tzinfo=UTC),
    )


def make_recipient(**values):
    plain = Recipient(
        id=uuid7(),
        email="ann@example.com",
        locale="en",
        timezone="",
        topics=(),
        frequency=Frequency.AT_ONCE,
    )
    return replace(plain, **values)


def render(snapshot, *, kind="published", changes=(), note="", subject="", **recipient):
    letters = Letters(
        announcement_id=f"{snapshot.id}.000003.{kind}",
        kind=kind,
        event=snapshot.to_json(),
        changes=[*changes],
        note=note,
        subject=subject,
    )
    return letters.mail(make_recipient(**recipient), tags={})


@pytest.mark.parametrize(
    ("locale", "subject", "date"),
    [
        ("en", "New event: Summer fair", "Sunday, August 1, 2038, 7:00 PM – 9:00 PM"),
        ("de", "Neue Veranstaltung: Summer fair", "Sonntag, 1. August 2038, 19:00 – 21:00"),
        ("fr", "Nouvel événement : Summer fair", "dimanche 1 août 2038, 19:00 – 21:00"),
        ("es", "Nuevo evento: Summer fair", "domingo, 1 de agosto de 2038, 19:00 – 21:00"),
        ("de-AT", "Neue Veranstaltung: Summer fair", "Sonntag, 1. August 2038, 19:00 – 21:00"),
        ("tlh", "New event: Summer fair", "Sunday, August 1, 2038, 7:00 PM – 9:00 PM"),
    ],
)
def test_a_mail_speaks_the_readers_language(locale, subject, date):
    mail = render(make_snapshot(), locale=locale)
    assert mail.letter.subject == subject
    for body in (mail.text, mail.html):
        assert f"{date}, Europe/Berlin (UTC+02:00)" in body


def test_a_reader_elsewhere_sees_both_clocks():
    snapshot = make_snapshot()
    assert when(snapshot, language="en", timezone="America/New_York") == (
        "Sunday, August 1, 2038, 1:00 PM – 3:00 PM, America/New York (UTC−04:00)",
        "Sunday, August 1, 2038, 7:00 PM – 9:00 PM, Europe/Berlin (UTC+02:00)",
    )
    mail = render(snapshot, timezone="America/New_York")
    for line in ("1:00 PM – 3:00 PM, America/New York", "Local time there: Sunday, August 1"):
        assert line in mail.text
        assert line in mail.html


@pytest.mark.parametrize("timezone", ["", "Europe/Berlin", "Europe/Paris"])
def test_a_reader_with_the_same_clock_sees_one(timezone):
    assert when(make_snapshot(), language="en", timezone=timezone)[1] == ""


def test_an_event_over_midnight_names_both_days():
    snapshot = make_snapshot(ends_at=datetime(2038, 8, 2, 0, tzinfo=UTC), timezone="UTC")
    assert when(snapshot, language="en")[0] == (
        "Sunday, August 1, 2038, 5:00 PM – Monday, August 2, 2038, 12:00 AM, UTC"
    )


@pytest.mark.parametrize(
    ("start", "minutes", "timezone", "text"),
    [
        # Two and a half hours, though the clock shows one and a half.
        (
            "2027-10-31T01:30:00+02:00",
            150,
            "Europe/Berlin",
            "1:30 AM (UTC+02:00) – 3:00 AM (UTC+01:00), Europe/Berlin",
        ),
        # Half an hour, from the first 2:45 to the second 2:15.
        (
            "2027-10-31T02:45:00+02:00",
            30,
            "Europe/Berlin",
            "2:45 AM (UTC+02:00) – 2:15 AM (UTC+01:00), Europe/Berlin",
        ),
        (
            "2027-10-31T02:30:00+02:00",
            15,
            "Europe/Berlin",
            "2:30 AM – 2:45 AM, Europe/Berlin (UTC+02:00)",
        ),
        (
            "2027-10-31T02:30:00+01:00",
            15,
            "Europe/Berlin",
            "2:30 AM – 2:45 AM, Europe/Berlin (UTC+01:00)",
        ),
        (
            "2027-03-28T01:30:00+01:00",
            60,
            "Europe/Berlin",
            "1:30 AM (UTC+01:00) – 3:30 AM (UTC+02:00), Europe/Berlin",
        ),
        (
            "2027-10-31T09:00:00+02:00",
            60,
            "Europe/Kiev",
            "9:00 AM – 10:00 AM, Europe/Kyiv (UTC+02:00)",
        ),
    ],
)
def test_over_a_change_of_the_clocks_both_offsets_are_shown(start, minutes, timezone, text):
    starts_at = datetime.fromisoformat(start).astimezone(UTC)
    ends_at = starts_at + timedelta(minutes=minutes)
    snapshot = make_snapshot(starts_at=starts_at, ends_at=ends_at, timezone=timezone)
    assert when(snapshot, language="en")[0].endswith(f", {text}")
    assert render(snapshot).text.count(text) >= 1


@pytest.mark.parametrize(
    ("days", "text"),
    [(1, "Sunday, August 1, 2038"), (2, "Sunday, August 1, 2038 – Monday, August 2, 2038")],
)
def test_an_all_day_event_has_days_and_no_times_wherever_the_reader_is(days, text):
    first = datetime(2038, 8, 1, tzinfo=UTC).date()
    snapshot = make_snapshot(
        all_day=True,
        starts_at=day_start(first, "Asia/Tokyo"),
        ends_at=day_start(first + timedelta(days=days), "Asia/Tokyo"),
        timezone="Asia/Tokyo",
    )
    assert when(snapshot, language="en", timezone="America/New_York") == (text, "")


def test_a_zone_that_is_none_is_not_used():
    assert known_timezone("Mars/Olympus") == ""
    assert known_timezone("Europe/Berlin") == "Europe/Berlin"
    assert "Mars" not in render(make_snapshot(), timezone="Mars/Olympus").text


def test_a_change_of_the_first_schema_is_shown_old_and_new():
    snapshot = make_snapshot(title="Winter fair", location="", description="New text.")
    changes = [
        {"field": "title", "old": "Summer fair", "new": "Winter fair"},
        {"field": "starts_at", "old": "2038-08-01T16:00:00+00:00", "new": "not used"},
        {"field": "location", "old": "Market square", "new": ""},
        {"field": "description", "old": "Old text.", "new": "New text."},
        {"field": "topics", "old": [], "new": ["music"]},
    ]
    snapshot = replace(snapshot, topics=("music",))
    mail = render(snapshot, kind="changed", changes=changes)
    assert mail.letter.subject == "Changed: Winter fair"
    assert mail.text.partition("What has changed:")[2].partition("\nWhen:")[0] == (
        "\n\n  Title\n    before: Summer fair\n    now: Winter fair\n"
        "\n  When\n"
        "    before: Sunday, August 1, 2038, 6:00 PM – 9:00 PM, Europe/Berlin (UTC+02:00)\n"
        "    now: Sunday, August 1, 2038, 7:00 PM – 9:00 PM, Europe/Berlin (UTC+02:00)\n"
        "\n  Where\n    before: Market square\n    now: nothing\n"
        "\n  Topics\n    now: music\n"
        "\n  Description\n    now: new text below\n"
    )
    for shown in ("Summer fair", "Winter fair", "6:00 PM – 9:00 PM", "new text below"):
        assert shown in mail.html


def test_a_cancellation_says_so_and_cancels_the_calendar():
    mail = render(make_snapshot(EventStatus.CANCELLED), kind="cancelled")
    assert mail.letter.subject == "Cancelled: Summer fair"
    assert "This event will not take place." in mail.text
    assert "This event will not take place." in mail.html
    assert mail.letter.calendar.method == "CANCEL"
    assert b"METHOD:CANCEL" in mail.letter.calendar.content


def test_what_people_entered_is_escaped_in_html():
    nasty = "<script>alert('x')</script> & \"more\""
    snapshot = make_snapshot(title=nasty, location=nasty, description=nasty)
    changes = [{"field": "title", "old": "<b>old</b>", "new": nasty}]
    html = render(snapshot, kind="changed", changes=changes).html
    assert "<script" not in html
    assert "<b>old" not in html
    assert "&lt;script&gt;alert(&#x27;x&#x27;)&lt;/script&gt; &amp; &quot;more&quot;" in html


def test_a_description_is_markdown():
    mail = render(make_snapshot(description="Come **all**."))
    assert "<strong>all</strong>" in mail.html
    assert "Come all." in mail.text


def test_every_copy_has_its_readers_own_links(settings):
    letters = Letters(
        announcement_id="a.000001.published",
        kind="published",
        event=make_snapshot().to_json(),
        changes=[],
    )
    ann, bert = make_recipient(), make_recipient(email="bert@example.com")
    copies = [letters.mail(each, tags={}) for each in (ann, bert)]
    assert copies[0].letter is copies[1].letter
    for mail in copies:
        links = [mail.values[mails.LEAVE_URL], mail.values[mails.PREFERENCES_URL]]
        assert all(link.startswith("https://ivent.example/") for link in links)
        for link in links:
            assert link in mail.text
            assert f'href="{link}"' in mail.html
        assert mail.headers["List-Unsubscribe"].endswith(
            f"<mailto:{settings.UNSUBSCRIBE_EMAIL}?subject=unsubscribe>"
        )
        assert mail.headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert mail.headers["Message-ID"] == (
            f"<a.000001.published.{mail.subscriber_id}@ivent.example>"
        )
    for name in (mails.LEAVE_URL, mails.PREFERENCES_URL):
        assert copies[0].values[name] != copies[1].values[name]


def test_readers_of_one_language_share_a_letter_wherever_they_are():
    letters = Letters(
        announcement_id="a.000001.published",
        kind="published",
        event=make_snapshot().to_json(),
        changes=[],
    )
    zones = ("", "Europe/Paris", "America/New_York", "Asia/Tokyo")
    mails_ = [letters.mail(make_recipient(timezone=zone), tags={}) for zone in zones]
    assert all(mail.letter is mails_[0].letter for mail in mails_)
    assert "Asia/Tokyo" in mails_[3].text


def test_mails_of_one_letter_stand_together():
    letters = Letters(
        announcement_id="a.000001.published",
        kind="published",
        event=make_snapshot().to_json(),
        changes=[],
    )
    german, english, deutsch = (
        letters.mail(make_recipient(locale=locale), tags={}) for locale in ("de", "en", "de-AT")
    )
    assert in_order_of_letters([german, english, deutsch]) == [german, deutsch, english]


def test_the_foot_says_who_and_why(settings):
    settings.POSTAL_ADDRESS = "1 <Example> Street"
    mail = render(make_snapshot())
    assert "You get this mail because you subscribed to the events of Ivent Community." in mail.text
    assert "1 <Example> Street" in mail.text
    assert "1 &lt;Example&gt; Street" in mail.html


def test_headers_say_that_a_machine_wrote_to_a_list(settings):
    assert render(make_snapshot()).letter.headers == {
        "Reply-To": settings.REPLY_TO_EMAIL,
        "Auto-Submitted": "auto-generated",
        "Precedence": "bulk",
        "List-Id": "<events.ivent.example>",
    }


@pytest.mark.parametrize("title", ["A\r\nBcc: eve@example.com", "=?utf-8?q?=0ABcc:?= x", "A\x00"])
def test_a_title_that_no_header_may_hold_is_refused_before_anybody_is_mailed(title):
    with pytest.raises(UnmailableError):
        render(make_snapshot(title=title))


@pytest.mark.parametrize(
    ("locale", "subject"),
    [
        ("en", "Confirm your subscription to Ivent Community"),
        ("de", "Bestätigen Sie Ihr Abonnement von Ivent Community"),
        ("fr", "Confirmez votre abonnement à Ivent Community"),
        ("es", "Confirme su suscripción a Ivent Community"),
    ],
)
def test_a_confirmation_mail_asks_for_one_thing(locale, subject):
    link = "https://ivent.example/confirm/token"
    due = ConfirmationMail(
        kind=MailKind.CONFIRM, recipient=make_recipient(locale=locale), confirm_url=link
    )
    mail = confirmation_mail(due)
    assert mail.letter.subject == subject
    assert link in mail.text
    assert f'href="{link}"' in mail.html
    assert "/leave/" not in mail.text + mail.html


@pytest.mark.usefixtures("aws")
@pytest.mark.parametrize(
    ("locale", "subject", "lines"),
    [
        (
            "en",
            "Change your subscription to Ivent Community?",
            ["Topics: Live & loud", "How often: Once a week, in a digest", "Language: Français"],
        ),
        (
            "de",
            "Ihr Abonnement von Ivent Community ändern?",
            [
                "Themen: Live & loud",
                "Wie oft: Einmal pro Woche, als Übersicht",
                "Sprache: Français",
            ],
        ),
        (
            "fr",
            "Modifier votre abonnement à Ivent Community ?",
            [
                "Thèmes\u00a0: Live & loud",
                "À quelle fréquence\u00a0: Une fois par semaine, en résumé",
                "Langue\u00a0: Français",
            ],
        ),
        (
            "es",
            "¿Cambiar su suscripción a Ivent Community?",
            [
                "Temas: Live & loud",
                "Con qué frecuencia: Una vez por semana, en un resumen",
                "Idioma: Français",
            ],
        ),
    ],
)
def test_the_mail_that_asks_about_a_change_says_what_would_change(locale, subject, lines):
    make_topic("music", "Live & loud")
    link = "https://ivent.example/change/token"
    due = ConfirmationMail(
        kind=MailKind.CHANGE,
        recipient=make_recipient(locale=locale),
        confirm_url=link,
        changes={
            "topics": ["music"],
            "frequency": "weekly",
            "locale": "fr",
            "timezone": "Asia/Tokyo",
        },
    )
    mail = confirmation_mail(due)
    assert mail.letter.subject == subject
    for line in lines:
        assert f"- {line}\n" in mail.text
        label, _, value = line.partition(": ")
        label = label.rstrip()
        assert f">{label}</td>" in mail.html
        assert f">{value.replace('&', '&amp;')}</td>" in mail.html
    assert f'href="{link}"' in mail.html
    assert link in mail.text
    assert "https://ivent.example/leave/" in mail.text
    assert "https://ivent.example/preferences/" in mail.html


@pytest.mark.usefixtures("aws")
def test_to_give_topics_and_zone_up_is_put_in_words():
    due = ConfirmationMail(
        kind=MailKind.CHANGE,
        recipient=make_recipient(),
        confirm_url="https://ivent.example/change/token",
        changes={"topics": [], "frequency": "at_once", "timezone": ""},
    )
    text = confirmation_mail(due).text
    for line in (
        "Topics: Every topic",
        "How often: Each event at once",
        "Time zone: That of each event",
    ):
        assert f"- {line}\n" in text


def test_who_is_subscribed_already_is_told_so_and_how_to_leave():
    due = ConfirmationMail(
        kind=MailKind.ALREADY_CONFIRMED, recipient=make_recipient(), confirm_url=""
    )
    mail = confirmation_mail(due)
    assert mail.letter.subject == "You are subscribed to Ivent Community"
    assert "/confirm/" not in mail.text + mail.html
    assert "https://ivent.example/leave/" in mail.text
    assert "https://ivent.example/leave/" in mail.html


@pytest.mark.parametrize(
    ("locale", "subject", "intro"),
    [
        ("en", "Reminder: Summer fair", "This event is coming up."),
        ("de", "Erinnerung: Summer fair", "Diese Veranstaltung steht bevor."),
        ("fr", "Rappel : Summer fair", "Cet événement approche."),
        ("es", "Recordatorio: Summer fair", "Este evento se acerca."),
    ],
)
def test_a_reminder_says_again_what_when_and_where(locale, subject, intro):
    mail = render(make_snapshot(), kind="reminder", locale=locale)
    assert mail.letter.subject == subject
    for body in (mail.text, mail.html):
        for said in (intro, "Summer fair", "2038", "Market square", "Come "):
            assert said in body


@pytest.mark.parametrize(
    ("locale", "heading"),
    [
        ("en", "Message about an event"),
        ("de", "Nachricht zu einer Veranstaltung"),
        ("fr", "Message à propos d’un événement"),
        ("es", "Mensaje sobre un evento"),
    ],
)
def test_a_message_has_its_own_subject_and_stands_above_the_event(locale, heading):
    mail = render(
        make_snapshot(),
        kind="message",
        subject="The {weather}",
        note="Bring a **coat** & <hat>.",
        locale=locale,
    )
    assert mail.letter.subject == "The {weather}"
    assert "Bring a coat & <hat>." in mail.text
    assert "Bring a <strong>coat</strong> &amp; &lt;hat&gt;." in mail.html
    for body in (mail.text, mail.html):
        assert heading in body
        assert body.index("Bring a") < body.index("Market square")
        # The description has been told.
        assert "Come " not in body


@pytest.mark.parametrize(
    ("locale", "note", "reason"),
    [
        ("en", "A note from the organizers", "The reason"),
        ("de", "Hinweis der Veranstalter", "Der Grund"),
        ("fr", "Un mot des organisateurs", "La raison"),
        ("es", "Nota de los organizadores", "El motivo"),
    ],
)
def test_a_note_and_a_reason_are_said_by_their_name(locale, note, reason):
    changes = [{"field": "title", "old": "Old fair", "new": "Summer fair"}]
    changed = render(
        make_snapshot(), kind="changed", changes=changes, note="It *rains*.", locale=locale
    )
    cancelled = render(
        make_snapshot(EventStatus.CANCELLED), kind="cancelled", note="It *rains*.", locale=locale
    )
    plain = render(make_snapshot(), kind="changed", changes=changes, locale=locale)
    for mail, label in ((changed, note), (cancelled, reason)):
        assert f"{label}{LANGUAGES[locale].colon}\nIt rains." in mail.text
        assert label in mail.html
        assert "It <em>rains</em>." in mail.html
    assert note not in plain.text + plain.html
    # The calendar is the event's own: it holds no note.
    assert b"rains" not in changed.letter.calendar.content + cancelled.letter.calendar.content


def test_a_subject_that_no_header_may_hold_is_refused():
    with pytest.raises(UnmailableError):
        render(make_snapshot(), kind="message", subject="=?utf-8?q?x?=", note="x")
