"""The public pages, as browsers, mail programs and scanners come to them."""

import logging
import re
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.test import Client
from django.urls import resolve
from freezegun import freeze_time

from events.tables import TopicRow
from ivent_site.aws import sqs
from ivent_site.preferences.services import preferences_update
from subscriptions import links, public_views
from subscriptions.enums import StopCause
from subscriptions.requests import request_parse
from subscriptions.selectors import subscription_get
from subscriptions.services import (
    subscription_leave,
    subscription_record_feedback,
    subscription_request,
)
from subscriptions.tokens import change_token, confirm_token, leave_token
from tests.dynamodb_calls import dynamodb_calls
from tests.factories_subscriptions import known, make_confirmed, make_pending, make_request

pytestmark = pytest.mark.usefixtures("aws")

GONE = "0190a000-0000-7000-8000-000000000001"


@pytest.fixture
def client():
    """Neither cookie nor CSRF token: as strict as a real server."""
    return Client(enforce_csrf_checks=True)


@pytest.fixture
def topics(aws):
    for slug in ("music", "sports"):
        TopicRow(slug=slug, name=slug.title()).save()


def queued():
    messages = (
        sqs()
        .receive_message(QueueUrl=settings.REQUESTS_QUEUE_URL, MaxNumberOfMessages=10)
        .get("Messages", [])
    )
    return [request_parse(body=each["Body"], message_id=each["MessageId"]) for each in messages]


def status_of(row):
    return known(subscription_get(row.id)).status


def subscribe(client, **data):
    page = client.get("/subscribe")
    token = page.cookies["csrftoken"].value
    return client.post(
        "/subscribe", {"csrfmiddlewaretoken": token, "locale": "en", "timezone": ""} | data
    )


# --- Subscribe --------------------------------------------------------------------------


def test_the_form_offers_topics_and_says_what_is_agreed_to(client, topics):
    page = client.get("/subscribe").content.decode()
    assert "Sports" in page
    assert "unsubscribe at any time" in page
    assert settings.ORGANISATION in page
    assert settings.POSTAL_ADDRESS in page


def test_a_filled_in_form_is_queued(client, topics):
    page = subscribe(
        client,
        email="Ada@münchen.example",
        topics=["music"],
        locale="de",
        timezone="America/Argentina/Buenos_Aires",
    )
    assert page.status_code == 200
    [request] = queued()
    assert (request.email, request.topics) == ("Ada@münchen.example", ["music"])
    assert (request.locale, request.timezone) == ("de", "America/Argentina/Buenos_Aires")
    assert request.source == "web"


def test_a_pasted_address_is_taken_and_an_invisible_character_inside_is_named(client):
    assert subscribe(client, email="\ufeff\u200bada@example.com\xa0").status_code == 200
    [request] = queued()
    assert request.email == "ada@example.com"
    refused = subscribe(client, email="ada@exam\u200bple.com")
    assert refused.status_code == 400
    assert "There is a zero-width space after “ada@exam”." in refused.content.decode()
    assert queued() == []


def test_no_browser_is_asked_to_check_the_address(client):
    page = client.get("/subscribe").content.decode()
    [field] = re.findall(r'<input[^>]*name="email"[^>]*>', page)
    assert 'type="text"' in field
    assert 'inputmode="email"' in field
    assert "novalidate" in page


@pytest.mark.parametrize("frequency", ["at_once", "weekly"])
def test_who_has_the_choice_hears_at_once_or_once_a_week(client, weekly_digest, frequency):
    page = client.get("/subscribe").content.decode()
    assert page.count('type="radio"') == 2
    assert re.search(r'value="at_once"[^>]* checked', page)
    assert "every Thursday" in page
    subscribe(client, email="ada@example.com", frequency=frequency)
    [request] = queued()
    assert request.frequency == frequency


def test_without_a_digest_there_is_no_choice_to_make(client):
    assert b'type="radio"' not in client.get("/subscribe").content
    subscribe(client, email="ada@example.com", frequency="weekly")
    [request] = queued()
    assert request.frequency == "at_once"


def test_without_any_topics_there_the_form_asks_for_none(client):
    assert b"Topics" not in client.get("/subscribe").content
    subscribe(client, email="ada@example.com")
    [request] = queued()
    assert request.topics == []


def test_every_address_gets_the_same_page_for_the_same_work(client):
    make_confirmed("confirmed@example.com")
    make_pending("pending@example.com")
    row = make_confirmed("left@example.com")
    subscription_leave(subscription_id=row.id)
    answers = []
    for name in ("confirmed", "pending", "left", "unknown"):
        with dynamodb_calls() as calls:
            page = subscribe(client, email=f"{name}@example.com")
        # It shows the address, and is the same otherwise.
        assert page.content.count(f"{name}@example.com".encode()) == 1
        same = page.content.replace(f"{name}@example.com".encode(), b"")
        answers.append((page.status_code, same, dict(calls)))
    # The topics, for the form and for its check.
    assert answers == [(200, answers[0][1], {"Query": 2})] * 4
    assert len(queued()) == 4


def test_a_program_that_fills_in_the_hidden_field_is_thanked_and_forgotten(client):
    page = subscribe(client, email="ada@example.com", website="https://spam.example")
    assert page.content == subscribe(client, email="ada@example.com").content
    assert len(queued()) == 1


def test_a_frequency_that_there_is_not_is_refused(client, weekly_digest):
    page = subscribe(client, email="ada@example.com", frequency="daily")
    assert (page.status_code, queued()) == (400, [])
    assert b'id="id_frequency_error"' in page.content
    assert b'aria-describedby="id_frequency_helptext id_frequency_error"' in page.content


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"email": ""},
        {"email": "ada"},
        {"email": "Ada <ada@example.com>"},
        {"email": "ada@example.com\r\nBcc: bob@example.com"},
        {"email": "ada\x00@example.com"},
        {"email": "a" * 300 + "@example.com"},
        {"email": "ada@example.com", "topics": ["nonsense"]},
        {"email": "ada@example.com", "locale": "xx"},
        {"email": "ada@example.com", "timezone": "Mars/Olympus"},
    ],
)
def test_a_form_that_is_wrong_says_where_and_queues_nothing(client, topics, data):
    page = subscribe(client, **data)
    assert page.status_code == 400
    assert b"errorlist" in page.content
    assert queued() == []


def test_the_form_is_safe_from_other_sites(client):
    assert client.post("/subscribe", {"email": "ada@example.com"}).status_code == 403
    assert queued() == []


# --- Confirm ----------------------------------------------------------------------------


def test_looking_at_the_confirm_page_changes_nothing(client):
    row, token = make_pending()
    page = client.get(f"/confirm/{token}")
    assert page.status_code == 200
    assert b"<button" in page.content
    assert client.head(f"/confirm/{token}").status_code == 200
    assert status_of(row) == "pending"


def test_the_button_confirms_without_cookies_and_may_be_pressed_twice(client):
    row, token = make_pending()
    # What browsers send from a page with the policy `no-referrer`.
    pages = [client.post(f"/confirm/{token}", headers={"origin": "null"}) for _ in range(2)]
    assert [page.status_code for page in pages] == [200, 200]
    assert f"/preferences/{leave_token(row.id)}" in pages[0].content.decode()
    assert status_of(row) == "confirmed"


def test_a_used_link_asks_no_more_and_says_so(client):
    row, token = make_pending()
    client.post(f"/confirm/{token}")
    page = client.get(f"/confirm/{token}")
    assert page.status_code == 200
    assert "Already confirmed" in page.content.decode()
    assert b"<form" not in page.content
    assert f"/preferences/{leave_token(row.id)}" in page.content.decode()
    subscription_leave(subscription_id=row.id)
    assert client.get(f"/confirm/{token}").status_code == 404


def test_pages_of_links_speak_the_language_that_the_subscriber_chose(client):
    row, token = make_pending(locale="fr")
    page = client.get(f"/confirm/{token}", headers={"accept-language": "es"})
    assert '<html lang="fr">' in page.content.decode()
    assert page["Content-Language"] == "fr"
    assert '<html lang="fr">' in client.post(f"/confirm/{token}").content.decode()
    for path in ("preferences", "leave"):
        page = client.get(f"/{path}/{leave_token(row.id)}").content.decode()
        assert '<html lang="fr">' in page
    page = client.post(f"/leave/{leave_token(row.id)}").content.decode()
    assert '<html lang="fr">' in page


def test_a_link_that_is_over_offers_to_ask_again(client):
    row, _ = make_pending()
    with freeze_time(datetime.now(UTC) - timedelta(days=8)):
        over = confirm_token(row.id, round=0)
    left = make_confirmed()
    of_an_old_round = confirm_token(left.id, round=0)
    subscription_leave(subscription_id=left.id)
    for token in (over, of_an_old_round, leave_token(row.id), "nonsense", "é"):
        page = client.post(f"/confirm/{token}")
        assert page.status_code == 404
        assert b'href="/subscribe"' in page.content
    assert client.get(f"/confirm/{over}").status_code == 404
    assert status_of(row) == "pending"
    assert status_of(left) == "left"


def test_a_link_that_was_used_does_not_ask_again(client):
    row, token = make_pending()
    client.post(f"/confirm/{token}")
    page = client.get(f"/confirm/{token}")
    assert page.status_code == 200
    assert b"You are subscribed" in page.content
    assert b"<button" not in page.content
    subscription_leave(subscription_id=row.id)
    assert client.get(f"/confirm/{token}").status_code == 404


# --- Change -----------------------------------------------------------------------------


def asked_change(**wishes):
    row = make_confirmed("ada@example.com", topics=["music"])
    wishes = {"topics": ["sports"], "locale": "de", "frequency": "weekly"} | wishes
    mail = known(subscription_request(request=make_request(row.email, **wishes)))
    return row, urlsplit(mail.confirm_url).path


def test_the_link_shows_what_it_would_change_and_changes_nothing(client, topics):
    row, path = asked_change()
    page = client.get(path)
    text = page.content.decode()
    assert page.status_code == 200
    for shown in ("Sports", "Deutsch", "Once a week, in a digest"):
        assert f"<dd>{shown}</dd>" in text
    assert "Time zone" not in text
    assert known(subscription_get(row.id)).topics == ["music"]


def test_the_button_applies_the_change_without_cookies_and_may_be_pressed_twice(client, topics):
    row, path = asked_change()
    pages = [client.post(path, headers={"origin": "null"}) for _ in range(2)]
    assert [page.status_code for page in pages] == [200, 200]
    assert f"/preferences/{leave_token(row.id)}" in pages[0].content.decode()
    row = known(subscription_get(row.id))
    assert (row.topics, row.locale, row.frequency) == (["sports"], "de", "weekly")
    looked_at = client.get(path)
    assert (looked_at.status_code, b"<button" in looked_at.content) == (200, False)


def test_no_topics_are_shown_as_every_topic_and_no_zone_as_the_events(client, topics):
    row = make_confirmed("ada@example.com", topics=["music"], timezone="Asia/Tokyo")
    mail = known(subscription_request(request=make_request(row.email)))
    text = client.get(urlsplit(mail.confirm_url).path).content.decode()
    assert "<dd>Every topic</dd>" in text
    assert "<dd>That of each event</dd>" in text


def test_a_change_that_no_link_leads_to_any_more_offers_to_ask_again(client):
    row, path = asked_change()
    subscription_leave(subscription_id=row.id)
    for dead in (path, f"/change/{leave_token(row.id)}", "/change/nonsense", "/change/é"):
        for page in (client.get(dead), client.post(dead)):
            assert page.status_code == 404
            assert b'href="/subscribe"' in page.content


# --- Leave ------------------------------------------------------------------------------


def test_looking_at_the_leave_page_changes_nothing(client):
    row = make_confirmed()
    page = client.get(f"/leave/{leave_token(row.id)}")
    assert page.status_code == 200
    assert b"<button" in page.content
    assert status_of(row) == "confirmed"


def test_whoever_is_about_to_leave_hears_of_the_digest(client, weekly_digest):
    page = client.get(f"/leave/{leave_token(make_confirmed().id)}").content.decode()
    assert "once a week" in page


def test_the_button_unsubscribes_and_says_how_to_come_back(client):
    row = make_confirmed()
    for _ in range(2):
        page = client.post(f"/leave/{leave_token(row.id)}", headers={"origin": "null"})
        assert page.status_code == 200
        assert b'href="/subscribe"' in page.content
    assert status_of(row) == "left"


def test_leaving_what_is_gone_is_no_error(client):
    assert client.post(f"/leave/{leave_token(GONE)}").status_code == 200


# --- One click --------------------------------------------------------------------------


@pytest.mark.parametrize("content_type", ["urlencoded", "multipart"])
def test_one_click_unsubscribes_without_cookies(client, content_type):
    row = make_confirmed()
    url = f"/one-click/{leave_token(row.id)}"
    body = {"List-Unsubscribe": "One-Click"}
    for _ in range(2):
        if content_type == "multipart":
            answer = client.post(url, body)
        else:
            answer = client.post(
                url,
                "List-Unsubscribe=One-Click",
                content_type="application/x-www-form-urlencoded",
            )
        assert (answer.status_code, answer.content) == (200, b"Unsubscribed.\n")
        assert not answer.cookies
    assert status_of(row) == "left"


def test_one_click_reads_and_writes_once(client):
    url = f"/one-click/{leave_token(make_confirmed().id)}"
    with dynamodb_calls() as calls:
        client.post(url, {"List-Unsubscribe": "One-Click"})
    assert calls == {"GetItem": 1, "TransactWriteItems": 1}


def test_looking_at_the_one_click_link_leads_to_the_button(client):
    row = make_confirmed()
    answer = client.get(f"/one-click/{leave_token(row.id)}")
    assert (answer.status_code, answer["Location"]) == (303, f"/leave/{leave_token(row.id)}")
    assert status_of(row) == "confirmed"


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        ("", "application/x-www-form-urlencoded"),
        ("List-Unsubscribe=Two-Clicks", "application/x-www-form-urlencoded"),
        ("One-Click", "text/plain"),
        ('{"List-Unsubscribe": "One-Click"}', "application/json"),
        (b"\xff\x00", "application/octet-stream"),
    ],
)
def test_another_body_than_one_clicks_leads_to_the_button(client, body, content_type):
    row = make_confirmed()
    url = f"/one-click/{leave_token(row.id)}"
    assert client.post(url, body, content_type=content_type).status_code == 303
    assert status_of(row) == "confirmed"


def test_a_broken_multipart_body_is_refused(client):
    url = f"/one-click/{leave_token(GONE)}"
    answer = client.post(url, b"broken", content_type="multipart/form-data; boundary=")
    assert answer.status_code == 400


# --- Preferences ------------------------------------------------------------------------


def test_preferences_are_shown_and_saved(client, topics):
    row = make_confirmed(topics=["music"], locale="fr", timezone="Asia/Tokyo")
    url = f"/preferences/{leave_token(row.id)}"
    page = client.get(url).content.decode()
    assert '<option value="fr" selected>' in page
    assert '<option value="Asia/Tokyo" selected>' in page
    page = client.post(url, {"topics": ["sports"], "locale": "de", "timezone": ""})
    assert page.status_code == 200
    now = known(subscription_get(row.id))
    assert (now.topics, now.locale, now.timezone) == (["sports"], "de", "")
    assert now.status == "confirmed"


def test_the_language_of_the_page_changes_with_the_choice(client):
    row = make_confirmed("ana.silva@example.com", name="Ana")
    url = f"/preferences/{leave_token(row.id)}"
    for locale, words in {
        "fr": ("Enregistré", "Nom"),
        "en-gb": ("Saved.", "Name"),
        "de": ("Gespeichert", "Name"),
    }.items():
        page = client.post(url, {"name": "Ana", "locale": locale, "timezone": ""})
        assert page["Content-Language"] == locale
        text = page.content.decode()
        assert f'<html lang="{locale}">' in text
        assert all(word in text for word in words)
        assert f'<html lang="{locale}">' in client.get(url).content.decode()


def test_preferences_say_whose_they_are_and_not_the_address(client):
    row = make_confirmed("ana.silva@example.com")
    page = client.get(f"/preferences/{leave_token(row.id)}").content.decode()
    assert "a…@example.com" in page
    assert "ana.silva" not in page


def test_a_name_is_given_and_changed_and_kept_by_a_page_that_did_not_ask(client):
    subscribe(client, email="ada@example.com", name="  Ada   Lovelace ")
    [request] = queued()
    assert request.name == "Ada Lovelace"
    row = make_confirmed("ana@example.com", name="Ana")
    url = f"/preferences/{leave_token(row.id)}"
    client.post(url, {"locale": "de", "timezone": ""})
    assert known(subscription_get(row.id)).name == "Ana"
    client.post(url, {"locale": "de", "timezone": "", "name": "Ána Šilva"})
    assert known(subscription_get(row.id)).name == "Ána Šilva"
    client.post(url, {"locale": "de", "timezone": "", "name": ""})
    assert known(subscription_get(row.id)).name == ""
    bad = client.post(url, {"locale": "de", "timezone": "", "name": "a\u2028b"})
    assert bad.status_code == 400


def test_without_topics_to_choose_from_those_chosen_are_kept(client):
    row = make_confirmed(topics=["music"])
    client.post(f"/preferences/{leave_token(row.id)}", {"locale": "de", "timezone": ""})
    assert known(subscription_get(row.id)).topics == ["music"]


def test_a_reader_changes_to_the_digest_and_back(client, weekly_digest):
    row = make_confirmed()
    url = f"/preferences/{leave_token(row.id)}"
    for frequency in ("weekly", "at_once"):
        data = {"locale": "en", "timezone": "", "frequency": frequency}
        page = client.post(url, data).content.decode()
        assert re.search(rf'value="{frequency}"[^>]* checked', page)
        assert known(subscription_get(row.id)).frequency == frequency
        assert ("One more digest is coming" in page) == (frequency == "at_once")


def test_who_chose_a_digest_that_is_no_more_is_told_and_may_change(client):
    row = make_confirmed(frequency="weekly")
    url = f"/preferences/{leave_token(row.id)}"
    assert "no digest at the moment" in client.get(url).content.decode()
    # A page that was opened before there was a choice says nothing of it.
    data = {"locale": "de", "timezone": ""}
    client.post(url, data)
    now = known(subscription_get(row.id))
    assert (now.frequency, now.locale) == ("weekly", "de")
    client.post(url, data | {"frequency": "at_once"})
    assert known(subscription_get(row.id)).frequency == "at_once"
    assert b'type="radio"' not in client.get(url).content


def test_a_language_that_is_no_longer_offered_stays_the_subscribers_own(client):
    row = make_confirmed(locale="es")
    preferences_update(version=0, languages=["en", "de"])
    url = f"/preferences/{leave_token(row.id)}"
    assert '<option value="es" selected>' in client.get(url).content.decode()
    assert client.post(url, {"locale": "es", "timezone": "Asia/Tokyo"}).status_code == 200
    now = known(subscription_get(row.id))
    assert (now.locale, now.timezone) == ("es", "Asia/Tokyo")
    assert client.post(url, {"locale": "fr", "timezone": ""}).status_code == 400


def test_who_subscribes_chooses_from_the_languages_offered_whatever_the_browser_says(client):
    preferences_update(version=0, languages=["en", "de"])
    page = client.get("/subscribe", headers={"accept-language": "es"}).content.decode()
    assert '<option value="es"' not in page


def test_preferences_that_are_wrong_are_not_saved(client):
    row = make_confirmed(locale="fr")
    url = f"/preferences/{leave_token(row.id)}"
    assert client.post(url, {"locale": "xx", "timezone": ""}).status_code == 400
    assert client.post(url).status_code == 400
    assert known(subscription_get(row.id)).version == 1


def test_who_is_not_subscribed_has_no_preferences_to_change(client):
    row = make_confirmed()
    subscription_record_feedback(subscription_id=row.id, cause=StopCause.BOUNCE)
    url = f"/preferences/{leave_token(row.id)}"
    page = client.post(url, {"locale": "de", "timezone": ""})
    assert b'href="/subscribe"' in page.content
    assert known(subscription_get(row.id)).locale == "en"
    assert client.get(f"/preferences/{leave_token(GONE)}").status_code == 404


# --- All of them ------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["confirm", "change", "leave", "one-click", "preferences"])
def test_pages_with_a_token_are_kept_nowhere_and_told_nobody(client, path):
    row = make_confirmed()
    tokens = {
        "confirm": confirm_token(row.id, round=0),
        "change": change_token(row.id, request_id=str(row.request_id)),
    }
    token = tokens.get(path, leave_token(row.id))
    for text, method in [(token, client.get), (token, client.post), ("nonsense", client.get)]:
        page = method(f"/{path}/{text}")
        assert page["Cache-Control"] == "no-store"
        assert page["Referrer-Policy"] == "no-referrer"
        assert page["X-Robots-Tag"] == "noindex, nofollow"


@pytest.mark.parametrize("path", ["confirm", "change", "leave", "one-click", "preferences"])
@pytest.mark.parametrize(
    "token", ["A", "A" * 43, "A" * 5000, "é", "%00", "%ED%A0%80", "=", "a%2Fb", "a/b/"]
)
def test_a_token_that_is_not_ours_is_a_friendly_404(client, path, token):
    for method in (client.get, client.post):
        page = method(f"/{path}/{token}", {"List-Unsubscribe": "One-Click"})
        assert page.status_code == 404


@pytest.mark.parametrize("path", ["confirm", "change", "leave", "one-click", "preferences"])
def test_other_methods_are_refused(client, path):
    for method in (client.put, client.patch, client.delete):
        assert method(f"/{path}/{leave_token(GONE)}").status_code == 405


def test_the_links_in_mails_lead_to_their_pages():
    reader = links.reader_links(GONE)
    for url, view in [
        (links.confirm_url(GONE, round=0), public_views.confirm),
        (links.change_url(GONE, request_id="message-1"), public_views.change),
        (reader.leave, public_views.leave),
        (reader.one_click, public_views.one_click),
        (reader.preferences, public_views.preferences),
    ]:
        assert url.startswith(settings.PUBLIC_URL)
        assert resolve(url.removeprefix(settings.PUBLIC_URL)).func is view


def test_neither_addresses_nor_tokens_nor_hosts_are_logged(client, caplog, monkeypatch):
    caplog.set_level(logging.DEBUG)
    # The SDK's own debug lines are none that a process of ours writes.
    for name in ("botocore", "boto3", "urllib3", "pynamodb"):
        caplog.set_level(logging.INFO, logger=name)
    row, token = make_pending("ada@example.com")
    stale, leave = confirm_token(row.id, round=7), leave_token(row.id)
    subscribe(client, email="ada@example.com")
    subscribe(client, email="ada@example")
    client.post(f"/confirm/{token}")
    client.post(f"/confirm/{stale}")
    client.put(f"/leave/{leave}")
    client.get(f"/leave/{leave}/")
    client.post(f"/one-click/{leave}", {"List-Unsubscribe": "One-Click"})
    client.post(f"/one-click/{leave}", b"broken", content_type="multipart/form-data; boundary=")
    client.post(f"/preferences/{leave}", {"locale": "xx"})
    monkeypatch.setattr(public_views, "subscription_leave", lambda **_: 1 / 0)
    client.raise_request_exception = False
    assert client.post(f"/leave/{leave}").status_code == 500
    assert "Internal Server Error: /leave/***" in caplog.text
    secrets = ("ada@", "127.0.0.1", token, stale, leave)
    assert [secret for secret in secrets if secret in caplog.text] == []


@pytest.mark.parametrize("status", [400, 403, 404, 500, 503])
def test_error_pages_need_no_request(status):
    from django.template.loader import render_to_string

    page = render_to_string(f"{status}.html")
    assert settings.ORGANISATION in page
    assert settings.POSTAL_ADDRESS in page
