from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import pytest
from freezegun import freeze_time
from icalendar import Calendar

from events.enums import EventStatus
from events.services import event_cancel
from events.topic_services import topic_create
from ivent_site.ids import uuid7
from tests.dynamodb_calls import dynamodb_calls
from tests.factories import make_event

pytestmark = pytest.mark.usefixtures("aws")
DRAFT, PUBLISHED, CANCELLED = EventStatus
NOW = datetime.now(UTC).replace(microsecond=0)


def page(client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200
    return unescape(str(response.content.decode()))


def soon(hours: float, **values):
    starts_at = NOW + timedelta(hours=hours)
    return make_event(**{"starts_at": starts_at, "ends_at": None, **values})


def test_the_first_page_shows_what_is_coming_or_under_way(client):
    soon(2, title="Later on")
    soon(1, title="Coming soon")
    soon(-5, title="Under way", ends_at=NOW + timedelta(hours=3))
    soon(-5, title="Over now")
    soon(3, title="Secret draft", status=DRAFT)
    cancelled = soon(4, title="Called off")
    event_cancel(event_id=cancelled.id, version=1)
    shown = page(client, "/")
    titles = ("Under way", "Coming soon", "Later on")
    assert sorted(titles, key=shown.index) == list(titles)
    assert not any(title in shown for title in ("Over now", "Secret draft", "Called off"))
    assert '/subscribe"' in shown


def test_nothing_planned_is_said(client):
    assert "Nothing is planned yet." in page(client, "/")


def test_pages_follow_one_another(client, monkeypatch):
    monkeypatch.setattr("events.public_views.PAGE_SIZE", 2)
    for number in range(1, 6):
        soon(number, title=f"Event {number}")
    seen: list[int] = []
    path: str | None = "/"
    while path:
        shown = page(client, path)
        seen += [number for number in range(1, 6) if f"Event {number}" in shown]
        path = shown.split('rel="next" href="')[1].split('"')[0] if 'rel="next"' in shown else None
    assert seen == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("cursor", ["", "x", "%00", "a:b:c"])
def test_a_cursor_that_is_not_ours_leads_nowhere(client, cursor):
    assert client.get(f"/?cursor={cursor}").status_code == 404


def test_the_page_of_an_event_shows_it_safely_on_its_own_clock(client):
    row = make_event(
        title="<script>alert(1)</script>",
        description="**Bold** <script>alert(2)</script> [x](javascript:alert(3))",
        url="https://ivent.example/?a=1&b=2",
    )
    response = client.get(f"/e/{row.id}")
    html = response.content.decode()
    assert "&lt;script&gt;alert(1)" in html
    assert "<strong>Bold</strong>" in html
    assert "<script" not in html
    assert 'href="javascript' not in html
    assert '<time datetime="2038-08-01T19:00:00+02:00">' in html
    assert '<time datetime="2038-08-01T21:00:00+02:00">9:00 PM</time>' in html
    assert "Europe/Berlin (CEST)" in html
    assert f'href="/e/{row.id}.ics"' in html


def test_whole_days_are_shown_without_times(client):
    values: dict[str, Any] = {"all_day": True, "starts_at": datetime(2038, 7, 31, 22, tzinfo=UTC)}
    one = make_event(ends_at=datetime(2038, 8, 1, 22, tzinfo=UTC), **values)
    two = make_event(ends_at=datetime(2038, 8, 2, 22, tzinfo=UTC), **values)
    assert '<p><time datetime="2038-08-01">Sunday, August 1, 2038</time></p>' in page(
        client, f"/e/{one.id}"
    )
    assert (
        '<time datetime="2038-08-01">Sunday, August 1, 2038</time> – '
        '<time datetime="2038-08-02">Monday, August 2, 2038</time>'
    ) in page(client, f"/e/{two.id}")


@pytest.mark.parametrize(
    ("language", "starts"),
    [("de", "Sonntag, 1. August 2038, 19:00"), ("fr", "dimanche 1 août 2038, 19:00")],
)
def test_the_reader_s_language_is_spoken(client, language, starts):
    row = make_event()
    response = client.get(f"/e/{row.id}", headers={"Accept-Language": language})
    assert starts in response.content.decode()


def test_a_cancelled_event_says_so(client):
    row = event_cancel(event_id=make_event().id, version=1)
    assert "this event will not take place" in page(client, f"/e/{row.id}")
    ics = client.get(f"/e/{row.id}.ics").content
    assert (b"METHOD:CANCEL" in ics, b"STATUS:CANCELLED" in ics) == (True, True)


def test_drafts_and_what_is_not_there_are_not_found(client):
    draft = make_event(DRAFT)
    for path in (f"/e/{draft.id}", f"/e/{draft.id}.ics", f"/e/{uuid7()}", "/e/x", "/e/x.ics"):
        assert client.get(path).status_code == 404


def test_an_event_can_be_put_into_a_calendar(client):
    row = make_event()
    response = client.get(f"/e/{row.id}.ics")
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    assert response["Content-Disposition"] == f'attachment; filename="{row.id}.ics"'
    [event] = Calendar.from_ical(response.content).walk("VEVENT")
    assert (event["SUMMARY"], event["UID"]) == ("Summer fair", f"{row.id}@ivent.example")


def feed(client) -> list[tuple[str, str]]:
    events = Calendar.from_ical(client.get("/calendar.ics").content).walk("VEVENT")
    return [(str(event["SUMMARY"]), str(event["STATUS"])) for event in events]


def test_the_feed_has_what_is_coming_what_was_lately_and_what_is_cancelled(client):
    soon(-24 * 30, title="Last month")
    soon(-24 * 120, title="Long over")
    soon(-24 * 20, title="Exhibition", ends_at=NOW + timedelta(days=20))
    soon(1, title="Coming")
    soon(2, title="Draft", status=DRAFT)
    event_cancel(event_id=soon(3, title="Called off").id, version=1)
    assert feed(client) == [
        ("Last month", "CONFIRMED"),
        ("Exhibition", "CONFIRMED"),
        ("Coming", "CONFIRMED"),
        ("Called off", "CANCELLED"),
    ]


def test_an_exhibition_that_began_weeks_ago_is_on_the_first_page(client):
    soon(-24 * 20, title="Exhibition", ends_at=NOW + timedelta(days=20))
    assert "Exhibition" in page(client, "/")


def test_a_feed_that_is_asked_for_by_head_has_the_same_etag_and_no_body(client):
    soon(1)
    full, head = client.get("/calendar.ics"), client.head("/calendar.ics")
    assert (head.content, head["ETag"]) == (b"", full["ETag"])
    assert head["Content-Length"] == str(len(full.content))
    soon(2)
    assert client.get("/calendar.ics", headers={"If-None-Match": full["ETag"]}).status_code == 200


@pytest.mark.parametrize(
    ("start", "minutes", "shown"),
    [
        # Clocks are put back in between: the half hour by the clock takes two and a half.
        ("2027-10-31T01:30:00+02:00", 150, ["1:30 AM (CEST)", "3:00 AM (CET)", ">Europe/Berlin<"]),
        ("2027-10-31T02:30:00+02:00", 15, ["2:30 AM", "2:45 AM", ">Europe/Berlin (CEST)<"]),
        ("2027-10-31T02:30:00+01:00", 15, ["2:30 AM", "2:45 AM", ">Europe/Berlin (CET)<"]),
    ],
)
def test_over_a_change_of_the_clocks_the_page_says_which_is_meant(client, start, minutes, shown):
    starts_at = datetime.fromisoformat(start).astimezone(UTC)
    row = make_event(starts_at=starts_at, ends_at=starts_at + timedelta(minutes=minutes))
    html = page(client, f"/e/{row.id}")
    assert [text for text in shown if text not in html] == []


def test_a_zone_is_shown_by_its_canonical_name_and_one_without_a_short_name_by_its_offset(client):
    assert "Europe/Kyiv (EEST)" in page(client, f"/e/{make_event(timezone='Europe/Kiev').id}")
    html = page(client, f"/e/{make_event(timezone='America/Sao_Paulo').id}")
    assert "America/Sao Paulo (UTC−03:00)" in html


def test_pages_may_be_kept_a_minute_and_are_not_sent_twice(client):
    row = make_event()
    for path in ("/", "/calendar", f"/e/{row.id}", f"/e/{row.id}.ics", "/calendar.ics"):
        first = client.get(path)
        assert first["Cache-Control"] == "public, max-age=60"
        # A page is in the reader's language, which a cookie keeps; a file is the same to all.
        assert ("Cookie" in first.get("Vary", "")) is (not path.endswith(".ics"))
        assert not first.cookies
        again = client.get(path, headers={"If-None-Match": first["ETag"]})
        assert (again.status_code, again.content) == (304, b"")
        assert client.head(path).status_code == 200
        assert client.post(path).status_code == 405


@pytest.mark.parametrize("rows", [1, 40])
def test_a_page_costs_the_same_however_many_events_there_are(client, rows):
    event, *_ = [soon(number) for number in range(1, rows + 1)]
    for path, cost in (
        ("/", {"Query": 2}),
        (f"/e/{event.id}", {"GetItem": 1, "Query": 1}),
        (f"/e/{event.id}.ics", {"GetItem": 1}),
        ("/calendar.ics", {"Query": 1}),
    ):
        with dynamodb_calls() as calls:
            assert client.get(path).status_code == 200
        assert dict(calls) == cost


def test_topics_are_shown_in_their_colour_with_text_that_can_be_read(client):
    topic_create(slug="music", name="Live <music>", colour="#ffee00")
    topic_create(slug="art", name="Art", colour="#4338ca")
    event = make_event(topics=("music", "gone", "art"))
    for path in ("/", f"/e/{event.id}"):
        page = client.get(path).content.decode()
        assert 'style="background:#ffee00;color:#000000">Live &lt;music&gt;<' in page
        assert 'style="background:#4338ca;color:#ffffff">Art<' in page
        assert "gone" not in page


def test_a_page_with_later_events_is_not_sent_twice_a_minute_later(client):
    for number in range(1, 30):
        soon(number)
    now = datetime.now(UTC)
    with freeze_time(now):
        first = client.get("/")
    assert b"cursor=" in first.content
    with freeze_time(now + timedelta(seconds=90)):
        again = client.get("/", headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 304


def test_the_calendar_is_offered_for_subscribing_and_as_a_file(client):
    page = client.get("/calendar").content.decode()
    assert 'href="webcal://ivent.example/calendar.ics"' in page
    assert "<code>https://ivent.example/calendar.ics</code>" in page
    assert 'href="/calendar.ics"' in page
    assert 'href="/calendar"' in client.get("/").content.decode()
