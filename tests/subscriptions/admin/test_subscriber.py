"""Subscriptions in the admin, for those whom Cognito's groups let in."""

from functools import partial

import pytest
from django.conf import settings
from django.contrib.admin.models import LogEntry

from events.topic_names import topic_names_forget
from ivent_site.aws import sqs
from ivent_site.dynamodb.writes import ConflictError
from subscriptions.exports import export_part
from subscriptions.privacy import person_erase
from subscriptions.requests import request_parse
from subscriptions.selectors import subscription_get
from subscriptions.services import subscription_request
from tests.dynamodb_calls import dynamodb_calls
from tests.factories import make_topic
from tests.factories_subscriptions import confirm, known, make_confirmed, make_pending

pytestmark = pytest.mark.usefixtures("aws")

LIST = "/admin/subscriptions/subscription/"


def test_the_list_shows_filters_and_finds(sign_in):
    viewer = sign_in("viewers")
    make_confirmed("Ada@example.com", topics=["music"])
    make_pending("bob@example.com")
    page = viewer.get(LIST).content.decode()
    assert "Ada@example.com" in page
    assert "bob@example.com" in page
    page = viewer.get(f"{LIST}?status__exact=pending").content.decode()
    assert "Ada@example.com" not in page
    assert "bob@example.com" in page
    page = viewer.get(f"{LIST}?q=ADA").content.decode()
    assert "Ada@example.com" in page
    assert "bob@example.com" not in page


def test_the_list_is_filtered_by_topic_and_language(sign_in):
    make_topic("music")
    make_confirmed("ada@example.com", topics=["sport", "music"], locale="de")
    make_confirmed("bob@example.com", topics=["sport"])
    make_confirmed("eve@example.com")
    viewer = sign_in("viewers")

    def shown(query):
        page = viewer.get(f"{LIST}?{query}").content.decode()
        return [name for name in ("ada", "bob", "eve") if f"{name}@example.com" in page]

    assert shown("topic=music") == ["ada"]
    assert shown("topic=*") == ["eve"]
    assert shown("locale__exact=en") == ["bob", "eve"]
    assert shown("locale__exact=de&topic=music&status__exact=confirmed") == ["ada"]
    assert shown("topic=music&q=bo") == []


def test_a_subscription_is_shown_with_its_consent_and_editors_do_not_change_it(sign_in):
    row = make_confirmed("Ada@example.com")
    editor = sign_in("editors")
    page = editor.get(f"{LIST}{row.id}/change/").content.decode()
    assert f"from “{row.consent['source']}”" in page
    assert editor.post(f"{LIST}{row.id}/change/", {"email": "x@example.com"}).status_code == 403
    assert editor.post(f"{LIST}{row.id}/delete/", {"post": "yes"}).status_code == 403
    assert editor.get(f"{LIST}add/").status_code == 403


def test_an_editor_unsubscribes_after_a_question(sign_in):
    row = make_confirmed()
    editor = sign_in("editors")
    url = f"{LIST}{row.id}/unsubscribe/"
    assert editor.get(url).status_code == 200
    assert known(subscription_get(row.id)).status == "confirmed"
    assert editor.post(url, {"_form_submitted": "on"})["HX-Redirect"] == f"{LIST}{row.id}/change/"
    assert known(subscription_get(row.id)).status == "left"
    [entry] = LogEntry.objects.filter(user_id="sub-editors")
    assert entry.object_id == row.id


def test_an_editor_who_loses_a_race_is_told(sign_in, monkeypatch):
    def lost(**_):
        raise ConflictError("Somebody else was first.")

    row = make_confirmed()
    editor = sign_in("editors")
    monkeypatch.setattr("subscriptions.admin.person.subscription_leave", lost)
    editor.post(f"{LIST}{row.id}/unsubscribe/", {"_form_submitted": "on"})
    assert "please try again" in editor.get(LIST).content.decode()
    assert list(LogEntry.objects.filter(user_id="sub-editors")) == []


def test_an_editor_unsubscribes_those_ticked(sign_in):
    rows = [make_confirmed() for _ in range(3)]
    data = {"action": "unsubscribe_ticked", "_selected_action": [row.id for row in rows[:2]]}
    sign_in("editors").post(LIST, data)
    statuses = [known(subscription_get(row.id)).status for row in rows]
    assert statuses == ["left", "left", "confirmed"]


def test_an_editor_invites_and_the_person_confirms(sign_in):
    editor = sign_in("editors")
    url = f"{LIST}invite/"
    assert editor.post(url, {"_form_submitted": "on", "email": "nobody"}).status_code == 200
    refused = editor.post(url, {"_form_submitted": "on", "email": "ada\u200b@example.com"})
    assert "There is a zero-width space after “ada”." in refused.content.decode()
    pasted = "\u200b<ada@example.com>\xa0"
    answer = editor.post(url, {"_form_submitted": "on", "email": pasted})
    assert answer["HX-Redirect"] == LIST
    [message] = sqs().receive_message(QueueUrl=settings.REQUESTS_QUEUE_URL, MaxNumberOfMessages=10)[
        "Messages"
    ]
    request = request_parse(body=message["Body"], message_id=message["MessageId"])
    assert (request.email, request.source) == ("ada@example.com", "staff")


def test_a_viewer_only_looks(sign_in):
    row = make_confirmed()
    viewer = sign_in("viewers")
    page = viewer.get(f"{LIST}{row.id}/change/").content.decode()
    assert "unsubscribe/" not in page
    form = {"_form_submitted": "on", "email": "ada@example.com"}
    assert viewer.post(f"{LIST}{row.id}/unsubscribe/", form).status_code == 403
    assert viewer.post(f"{LIST}invite/", form).status_code == 403
    viewer.post(LIST, {"action": "unsubscribe_ticked", "_selected_action": [row.id]})
    assert known(subscription_get(row.id)).status == "confirmed"


def test_an_admin_corrects_what_a_person_wants(sign_in):
    make_topic("music")
    row = make_confirmed("ada@example.com", topics=["gone"])
    url = f"{LIST}{row.id}/change/"
    wishes = {"topics": ["music"], "locale": "de", "timezone": "Asia/Tokyo"}
    admin = sign_in("admins")
    assert 'name="seen_version"' in admin.get(url).content.decode()
    with dynamodb_calls() as calls:
        assert admin.post(url, {**wishes, "seen_version": 1}).status_code == 302
    # The person of the session, the topics to choose from, the row twice, and the write.
    assert calls == {"GetItem": 3, "Query": 1, "TransactWriteItems": 1}
    now = known(subscription_get(row.id))
    assert (now.topics, now.locale, now.timezone) == (["music"], "de", "Asia/Tokyo")
    [entry] = LogEntry.objects.filter(user_id="sub-admins")
    assert entry.change_message == (
        "Topics: “gone” → “music”. Language: “en” → “de”. Time zone: none → “Asia/Tokyo”."
    )
    admin.post(url, {**wishes, "locale": "fr", "seen_version": 1})
    assert known(subscription_get(row.id)).locale == "de"
    assert "Someone else changed this" in admin.get(url).content.decode()


def test_an_admin_corrects_how_often_somebody_hears(sign_in, weekly_digest):
    row = make_confirmed("ada@example.com", frequency="weekly")
    make_confirmed("bob@example.com")
    url = f"{LIST}{row.id}/change/"
    assert "Once a week, in a digest" in sign_in("viewers").get(url).content.decode()
    admin = sign_in("admins")
    found = admin.get(f"{LIST}?frequency__exact=weekly").content.decode()
    assert ("ada@example.com" in found, "bob@example.com" in found) == (True, False)
    assert "every Thursday" in admin.get(url).content.decode()
    wishes = {"locale": "en", "timezone": "", "seen_version": 1}
    assert "errornote" in admin.post(url, wishes | {"frequency": "daily"}).content.decode()
    assert admin.post(url, wishes | {"frequency": "at_once"}).status_code == 302
    assert known(subscription_get(row.id)).frequency == "at_once"
    [entry] = LogEntry.objects.filter(user_id="sub-admins")
    assert entry.change_message == "How often: “weekly” → “at_once”."


def test_without_a_digest_only_who_chose_it_can_be_corrected(sign_in):
    admin = sign_in("admins")
    assert "frequency" not in admin.get(LIST).content.decode()
    url = f"{LIST}{make_confirmed().id}/change/"
    assert "frequency" not in admin.get(url).content.decode()
    row = make_confirmed(frequency="weekly")
    wishes = {"locale": "en", "timezone": "", "seen_version": 1, "frequency": "at_once"}
    assert admin.post(f"{LIST}{row.id}/change/", wishes).status_code == 302
    assert known(subscription_get(row.id)).frequency == "at_once"


def test_an_admin_stops_mails_and_only_the_person_brings_them_back(sign_in):
    row = make_confirmed("ada@example.com", topics=["music"])
    admin = sign_in("admins")
    reason = {"_form_submitted": "on", "reason": "Asked by phone"}
    assert admin.post(f"{LIST}{row.id}/suppress/", {**reason, "reason": ""}).status_code == 200
    admin.post(f"{LIST}{row.id}/suppress/", reason)
    assert known(subscription_get(row.id)).status == "suppressed"
    page = admin.get(f"{LIST}{row.id}/change/").content.decode()
    assert "“Asked by phone”" in page
    assert "/suppress/" not in page
    admin.post(f"{LIST}{row.id}/ask-again/", {**reason, "reason": "Came to the office"})
    assert known(subscription_get(row.id)).status == "suppressed"
    mail = known(subscription_request(request=queued_request()))
    confirmed = confirm(mail.confirm_url.rpartition("/")[2])
    assert (confirmed.status, confirmed.topics, confirmed.suppression) == (
        "confirmed",
        ["music"],
        None,
    )
    assert confirmed.consent["note"] == "Came to the office"
    messages = {entry.change_message for entry in LogEntry.objects.filter(user_id="sub-admins")}
    assert messages == {
        "Status: confirmed → suppressed. Reason: Asked by phone.",
        "Status: suppressed; asked to confirm again. Reason: Came to the office",
    }


def test_an_admin_exports_and_erases_a_person_and_the_history_keeps_who_did(sign_in):
    row = make_confirmed("ada@example.com")
    admin = sign_in("admins")
    answer = admin.get(f"{LIST}{row.id}/export/")
    assert answer.json()["subscription"]["email"] == "ada@example.com"
    assert answer["Content-Disposition"] == f'attachment; filename="subscriber-{row.id}.json"'
    url = f"{LIST}{row.id}/erase/"
    sure = {"_form_submitted": "on", "email": "bob@example.com"}
    assert "not the person" in admin.post(url, sure).content.decode()
    assert admin.post(url, {**sure, "email": " ADA@example.com"})["HX-Redirect"] == LIST
    assert subscription_get(row.id) is None
    entries = LogEntry.objects.filter(user_id="sub-admins")
    assert [(entry.object_repr, entry.change_message) for entry in entries] == [
        ("(erased)", "Erased on request."),
        ("(erased)", "Exported."),
    ]


@pytest.mark.parametrize("step", ["suppress", "ask-again", "erase", "export"])
def test_only_admins_manage_people(sign_in, step):
    row = make_confirmed("ada@example.com")
    form = {"_form_submitted": "on", "reason": "x", "email": "ada@example.com"}
    editor = sign_in("editors")
    assert editor.post(f"{LIST}{row.id}/{step}/", form).status_code == 403
    assert f"/{step}/" not in editor.get(f"{LIST}{row.id}/change/").content.decode()
    assert known(subscription_get(row.id)).status == "confirmed"


def queued_request():
    url = settings.REQUESTS_QUEUE_URL
    [message] = sqs().receive_message(QueueUrl=url)["Messages"]
    return request_parse(body=message["Body"], message_id=message["MessageId"])


@pytest.mark.parametrize(
    "query",
    ["", "?status__exact=confirmed", "?topic=music", "?frequency__exact=weekly", "?q=reader"],
)
def test_the_list_costs_the_same_however_many_there_are(sign_in, query):
    viewer = sign_in("viewers")
    costs = []
    for _ in range(2):
        topic_names_forget()
        make_confirmed()
        with dynamodb_calls() as calls:
            assert viewer.get(f"{LIST}{query}").status_code == 200
        costs.append(dict(calls))
        for _ in range(10):
            make_confirmed()
    # Who is signed in, the topics to filter by, the page; of a search, its rows.
    rows = {"BatchGetItem": 1} if query.startswith("?q") else {}
    assert costs == [{"GetItem": 1, "Query": 2, **rows}] * 2


def test_the_list_is_searched_by_parts_of_names_and_says_when_a_text_is_too_short(sign_in):
    make_confirmed("ms@example.com", name="Mariana Silva")
    make_confirmed("bob@example.org", name="Bob")
    viewer = sign_in("viewers")
    page = viewer.get(LIST, {"q": "silva ana"}).content.decode()
    assert "Mariana Silva" in page
    assert "bob@example.org" not in page
    page = viewer.get(LIST, {"q": "x"}).content.decode()
    assert "Search for two characters or more." in page
    assert "ms@example.com" not in page


def test_an_admin_corrects_a_name_and_the_history_keeps_both(sign_in):
    row = make_confirmed("ana@example.com", name="Ana Silva")
    admin = sign_in("admins")
    data = {"name": "  Ana   Souza ", "locale": "en", "timezone": "", "seen_version": "1"}
    admin.post(f"{LIST}{row.id}/change/", data)
    assert known(subscription_get(row.id)).name == "Ana Souza"
    [entry] = LogEntry.objects.filter(user_id="sub-admins")
    assert entry.change_message == "Name: “Ana Silva” → “Ana Souza”."
    assert entry.object_repr == "Ana Souza (ana@example.com)"
    person_erase(email="ana@example.com")
    [entry] = LogEntry.objects.filter(user_id="sub-admins")
    assert entry.change_message == "Name: “(erased)” → “(erased)”."
    assert entry.object_repr == "(erased)"


@pytest.mark.parametrize("name", ["a\nb", "a\x07b", "=?utf-8?q?x?=", "x" * 101, "a\u2028b"])
def test_a_name_is_a_line_of_clean_text(sign_in, name):
    row = make_confirmed("ana@example.com")
    data = {"name": name, "locale": "en", "timezone": "", "seen_version": "1"}
    assert sign_in("admins").post(f"{LIST}{row.id}/change/", data).status_code == 200
    assert known(subscription_get(row.id)).name == ""


def test_a_persons_page_costs_three_reads(sign_in):
    row = make_confirmed()
    viewer = sign_in("viewers")
    with dynamodb_calls() as calls:
        assert viewer.get(f"{LIST}{row.id}/change/").status_code == 200
    # The person of the session, the row, the topics to choose from.
    assert calls == {"GetItem": 2, "Query": 1}


def test_an_admin_exports_all_subscribers_part_by_part(sign_in, monkeypatch):
    monkeypatch.setattr("subscriptions.admin.subscriber.export_part", partial(export_part, rows=2))
    emails = [make_confirmed().email for _ in range(3)]
    make_pending("=bob@example.com")
    admin = sign_in("admins")
    assert "subscriptions/export.js" in admin.get(f"{LIST}export/").content.decode()
    text, url = "", f"{LIST}export/part/?status="
    while url:
        answer = admin.get(url)
        text += answer.content.decode()
        url = answer.get("X-Next", "")
    rows = [line.split(",")[0] for line in text.splitlines()]
    assert rows == ["email", "'=bob@example.com", *reversed(emails)]
    assert admin.get(f"{LIST}export/part/?after=x").status_code == 400
    assert admin.get(f"{LIST}export/part/?status=x").status_code == 400
    [entry] = LogEntry.objects.filter(user_id="sub-admins")
    assert entry.change_message == "Exported: all."
