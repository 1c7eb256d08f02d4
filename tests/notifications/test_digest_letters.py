"""What the readers of a digest see."""

import json
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from typing import Any

import pytest

from events.wall_clock import TIME_FIELDS
from ivent_site.ids import uuid7
from notifications.digest_events import DigestEvent
from notifications.digest_letters import LIST_CHARS_MAX, SHOWN_MAX, DigestLetters
from notifications.transports.bulk_call import entry
from tests.factories import make_data
from tests.notifications.test_rendering import make_recipient

SLOT = datetime(2038, 6, 7, 7, tzinfo=UTC)
START = datetime(2038, 8, 1, 17, tzinfo=UTC)


def make_listed(**values):
    event: dict[str, Any] = {
        "id": uuid7(),
        "title": "Summer fair",
        "location": "Market square",
        "topics": {"music": "Live music"},
        "is_new": False,
        "is_further": False,
    }
    times = {"starts_at": START, "ends_at": START + timedelta(hours=2), "timezone": "Europe/Berlin"}
    data = make_data(**times | {name: values.pop(name) for name in times if name in values})
    clocks = {name: getattr(data, name) for name in TIME_FIELDS}
    return DigestEvent(**event | clocks | values)


def digest(*events, **recipient):
    letters = DigestLetters(announcement_id="digest", slot=SLOT, events=events)
    return letters.mail(make_recipient(**recipient), tags={})


class Shown(HTMLParser):
    """The words of a page, and where its links lead."""

    def __init__(self, html):
        super().__init__()
        self.words, self.links, self._hidden = [], [], False
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self._hidden = tag in {"style", "title"}
        self.links += [value for name, value in attrs if tag == "a" and name == "href"]

    def handle_data(self, data):
        if not self._hidden:
            self.words += data.split()


@pytest.mark.parametrize(
    ("locale", "subject", "count"),
    [
        ("en", "Coming events: week of June 7", "2 events, 1 new"),
        ("de", "Kommende Veranstaltungen: Woche ab 7. Juni", "2 Veranstaltungen, davon 1 neu"),
        ("fr", "Événements à venir : semaine du 7 juin", "2 événements, dont 1 nouveau"),
        ("es", "Próximos eventos: semana del 7 de junio", "2 eventos, 1 nuevo"),
    ],
)
def test_a_digest_speaks_the_readers_language(locale, subject, count):
    mail = digest(make_listed(), make_listed(is_new=True), locale=locale)
    assert mail.letter.subject == subject
    assert count in mail.text
    assert count in mail.html


def test_text_and_html_say_the_same_of_each_event():
    event = make_listed(title="Tom & <Jerry>", is_new=True)
    mail = digest(event, make_listed(title="Far", is_further=True), timezone="America/New_York")
    times = "Sunday, August 1, 2038, 1:00 PM – 3:00 PM, America/New York (UTC−04:00)"
    there = "Sunday, August 1, 2038, 7:00 PM – 9:00 PM, Europe/Berlin (UTC+02:00)"
    shown = Shown(mail.html)
    for told in (event.title, times, there, "Market square", "Live music", "Further ahead", "New"):
        assert told in mail.text
        assert told in " ".join(shown.words)
    for link in (event.page_url, mail.values["leave_url"], mail.values["preferences_url"]):
        assert link in mail.text
        assert link in shown.links


def test_the_foot_and_the_headers_are_those_of_a_mail_to_the_readers():
    mail = digest(make_listed())
    assert "once a week" in mail.text
    assert mail.letter.calendar is None
    assert mail.headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "mailto:" in mail.headers["List-Unsubscribe"]


def test_an_event_without_topics_is_for_everybody():
    events = [make_listed(title="All", topics={}), make_listed(title="Music")]
    assert "Music" not in digest(*events, topics=("chess",)).text
    assert "* All" in digest(*events, topics=("chess",)).text


def test_readers_with_the_same_events_share_one_list():
    letters = DigestLetters(announcement_id="digest", slot=SLOT, events=[make_listed()])
    one, other = (
        letters.mail(make_recipient(topics=topics), tags={})
        for topics in (("music",), ("chess", "music"))
    )
    assert one.values["events"] is other.values["events"]
    assert one.letter is other.letter


def test_a_long_list_is_cut_with_a_link_to_the_rest_and_new_ones_stay():
    events = [make_listed(title=f"Old {number}") for number in range(SHOWN_MAX + 5)]
    mail = digest(*events, make_listed(title="Fresh", is_new=True, is_further=True))
    assert mail.text.count("\n* ") == SHOWN_MAX
    assert "Fresh (New)" in mail.text
    assert "31 events, 1 new" in mail.text
    assert "and 6 more: http" in mail.text
    assert "and 6 more</a>" in mail.html


def test_fifty_lists_of_the_longest_texts_stay_far_below_what_ses_takes():
    events = [
        make_listed(title="ü" * 200, location="ö" * 300, topics={"a": "ä" * 100})
        for _ in range(SHOWN_MAX)
    ]
    mail = digest(*events)
    assert len(mail.values["events"] + mail.markup["events"]) <= LIST_CHARS_MAX
    data = entry(mail)["ReplacementEmailContent"]["ReplacementTemplate"]["ReplacementTemplateData"]
    assert len(data) < 262_144 / 2
    plain = digest(*[make_listed() for _ in range(SHOWN_MAX)])
    size = len(json.dumps({**plain.values, **plain.markup}))
    assert size < 20_000
