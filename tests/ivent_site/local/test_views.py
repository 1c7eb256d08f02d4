import json
from email.message import EmailMessage
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings

from ivent_site.local.mailbox.store import Mailbox

JSON, PAGE = "/local/mailbox.json", "/local/mailbox/"


@pytest.fixture
def mailbox(tmp_path: Path, settings: Settings) -> Mailbox:
    settings.LOCAL_DIR = tmp_path
    return Mailbox(tmp_path / "mailbox")


def _deliver(mailbox: Mailbox, subject: str, to: str = "ann@example.com") -> str:
    mail = EmailMessage()
    mail["Subject"], mail["From"], mail["To"] = subject, "events@ivent.example", to
    mail.set_content("Hello <b>you</b>\n")
    mail.add_alternative("<p>Hello</p><script>alert(1)</script>", subtype="html")
    mail.add_attachment(b"BEGIN:VCALENDAR", "text", "calendar", filename='ev"ent\u00e9.ics')
    message_id = mailbox.accept(bytes(mail), recipients=[to])
    for incoming in mailbox.accepted():
        mailbox.store(incoming, incoming.raw)
        mailbox.done(incoming)
    return message_id


def _messages(client: Client, query: str = "") -> list[dict]:
    reply = client.get(JSON + query)
    assert reply["Content-Type"] == "application/json"
    messages: list[dict] = json.loads(reply.getvalue())["messages"]
    return messages


class Links(HTMLParser):
    """The addresses that a page leads to."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value for name, value in attrs if name in {"href", "src"} and value]


def test_an_empty_mailbox_is_an_empty_list_and_a_page_that_says_how_to_begin(
    client: Client, mailbox: Mailbox
) -> None:
    assert _messages(client) == []
    assert "No mail yet." in client.get(PAGE).text


def test_the_json_holds_each_mail_whole(client: Client, mailbox: Mailbox) -> None:
    message_id = _deliver(mailbox, "Hello")

    (message,) = _messages(client)

    assert set(message) == {
        "id",
        "from",
        "to",
        "subject",
        "sent_at",
        "text",
        "html",
        "headers",
        "attachments",
    }
    assert message["id"] == message_id
    assert message["attachments"][0]["filename"] == 'ev"ent\u00e9.ics'


@pytest.mark.parametrize("query", ["?to=ANN%2B1@example.com", "?to=ann+1@example.com"])
def test_one_address_finds_its_mails(client: Client, mailbox: Mailbox, query: str) -> None:
    _deliver(mailbox, "to ann", "Ann+1@example.com")
    _deliver(mailbox, "to bob", "bob@example.com")

    assert [message["subject"] for message in _messages(client, query)] == ["to ann"]
    assert len(_messages(client, "?to=")) == 2


def test_delete_and_the_button_empty_it(mailbox: Mailbox) -> None:
    client = Client(enforce_csrf_checks=True)
    _deliver(mailbox, "one")
    assert client.delete(JSON).status_code == 204
    assert _messages(client) == []

    _deliver(mailbox, "two")
    assert client.post("/local/mailbox/empty").status_code == 403
    token = client.get(PAGE).context["csrf_token"]
    reply = client.post("/local/mailbox/empty", {"csrfmiddlewaretoken": str(token)})
    assert (reply.status_code, reply["Location"]) == (302, PAGE)
    assert _messages(client) == []


def test_the_list_shows_a_page_at_a_time(
    client: Client, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ivent_site.local.views.PAGE_SIZE", 2)
    for number in range(5):
        monkeypatch.setattr(
            "ivent_site.local.mailbox.store.uuid7",
            lambda number=number: f"0190b0a0-0000-7000-8000-00000000000{number}",
        )
        _deliver(mailbox, f"mail {number}")

    shown, url = [], PAGE
    while url:
        context = client.get(url).context
        shown.append([message["subject"] for message in context["messages"]])
        url = f"{PAGE}?before={context['next']}" if context["next"] else ""

    assert shown == [["mail 4", "mail 3"], ["mail 2", "mail 1"], ["mail 0"]]


def test_the_list_of_an_address_without_mail_says_so(client: Client, mailbox: Mailbox) -> None:
    assert "No mail to" in client.get(f"{PAGE}?to=<b>").text
    assert "<b>" not in client.get(f"{PAGE}?to=<b>").text


def test_a_page_of_many_mails_opens_few(
    client: Client, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(60):
        _deliver(mailbox, f"mail {number}")
    opened: list[Path] = []
    read_text = Path.read_text

    def counted(self: Path, *args, **kwargs) -> str:
        if self.suffix == ".json":
            opened.append(self)
        return read_text(self, *args, **kwargs)

    monkeypatch.setattr(Path, "read_text", counted)
    client.get(PAGE)

    assert len(opened) == 50


def test_a_mail_is_shown_with_all_its_parts_and_every_link_leads_somewhere(
    client: Client, mailbox: Mailbox
) -> None:
    message_id = _deliver(mailbox, "Hello <i>you</i>")

    page = client.get(f"{PAGE}{message_id}").text

    assert "Hello &lt;i&gt;you&lt;/i&gt;" in page
    assert "Hello &lt;b&gt;you&lt;/b&gt;" in page
    links = [link for link in Links(page).found if link.startswith("/")]
    assert len(links) == 5
    assert {client.get(link).status_code for link in links} == {200}


def test_the_html_of_a_mail_can_run_nothing_and_load_nothing(
    client: Client, mailbox: Mailbox
) -> None:
    message_id = _deliver(mailbox, "Hello")

    reply = client.get(f"{PAGE}{message_id}/html")

    policy = reply["Content-Security-Policy"]
    assert policy.startswith("sandbox allow-popups allow-popups-to-escape-sandbox; default-src")
    assert "allow-scripts" not in policy
    assert "allow-same-origin" not in policy
    assert reply["X-Frame-Options"] == "SAMEORIGIN"
    assert "<p>Hello</p>" in reply.text


def test_an_attachment_is_for_keeping(client: Client, mailbox: Mailbox) -> None:
    message_id = _deliver(mailbox, "Hello")

    reply = client.get(f"{PAGE}{message_id}/attachments/0")

    assert reply.content == b"BEGIN:VCALENDAR"
    assert reply["Content-Type"] == "text/calendar"
    assert reply["Content-Disposition"].startswith("attachment; filename")


def test_the_source_is_the_mail_as_it_was_sent(client: Client, mailbox: Mailbox) -> None:
    message_id = _deliver(mailbox, "Hello")

    reply = client.get(f"{PAGE}{message_id}/source")

    assert reply.content == mailbox.raw(message_id)
    assert reply["Content-Type"] == "text/plain; charset=utf-8"


@pytest.mark.parametrize(
    "path", ["", "/html", "/source", "/attachments/0"], ids=["page", "html", "source", "attachment"]
)
def test_what_is_not_there_is_not_found(client: Client, mailbox: Mailbox, path: str) -> None:
    unknown = "0190b0a0-0000-7000-8000-000000000000"
    assert client.get(f"{PAGE}{unknown}{path}").status_code == 404
    assert client.get(f"{PAGE}{_deliver(mailbox, 'Hello')}/attachments/1").status_code == 404


@pytest.mark.parametrize("path", [JSON, PAGE, f"{PAGE}0190b0a0-0000-7000-8000-000000000000"])
def test_the_views_refuse_outside_the_laptop(
    client: Client, mailbox: Mailbox, settings: Settings, path: str
) -> None:
    settings.LOCAL = False

    assert client.get(path).status_code == 404
    assert client.delete(path).status_code == 404
