"""From a token to silence: what the system is for, driven over HTTP alone."""

import pytest

from .people import calendar, each_has_got, everybody_once, one_click, publish, subscribe, told
from .system import System, eventually

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e"), pytest.mark.timeout(180)]
READER = "Journey.Reader@example.com"
TITLE = "A journey"


def test_from_a_token_to_silence(system: System) -> None:
    editor, member = system.token("editor"), system.token("member@example.com")
    subscribe(system, READER, token=member)

    event = publish(
        system,
        token=editor,
        title=TITLE,
        description="All *aboard*.",
        starts_at="2038-08-01T18:00:00",
        ends_at="2038-08-01T20:00:00",
        timezone="Europe/Berlin",
        location="Platform 1",
    )
    path = f"/events/{event['id']}"
    told(system, event["id"], "published", token=editor)
    everybody_once(system, about=TITLE)
    (first,) = system.mails(to=READER, about=TITLE)
    assert first["to"] == [READER]
    method, announced = calendar(first)
    assert method in {"REQUEST", "PUBLISH"}
    assert str(announced["SUMMARY"]) == TITLE
    assert announced["DTSTART"].dt.isoformat() == "2038-08-01T18:00:00+02:00"

    changed = system.call(
        "PATCH", path, {"version": event["version"], "location": "Platform 9¾"}, token=editor
    )
    assert changed.status == 200, changed.text
    told(system, event["id"], "changed", token=editor)
    each_has_got(system, 2, about=TITLE)
    second = system.mails(to=READER, about=TITLE)[0]
    for part in (second["text"], second["html"]):
        assert "Platform 1" in part
        assert "Platform 9¾" in part
    method, moved = calendar(second)
    assert moved["UID"] == announced["UID"]
    assert moved["SEQUENCE"] > announced["SEQUENCE"]

    assert system.call("DELETE", path, token=editor).status in {200, 204}
    told(system, event["id"], "cancelled", token=editor)
    each_has_got(system, 3, about=TITLE)
    third = system.mails(to=READER, about=TITLE)[0]
    method, cancelled = calendar(third)
    assert method == "CANCEL"
    assert cancelled["STATUS"] == "CANCELLED"
    assert cancelled["UID"] == announced["UID"]
    assert cancelled["SEQUENCE"] > moved["SEQUENCE"]

    one_click(system, third)
    after = publish(system, token=editor, title="Without the reader")
    told(system, after["id"], "published", token=editor)
    assert system.mails(to=READER, about="Without the reader") == []
    everybody_once(system, about="Without the reader")
    # The link carries the right to unsubscribe.
    assert "/one-click/" not in (system.directory / "logs" / "localweb.log").read_text()


def test_a_draft_is_silent_until_it_is_published(system: System) -> None:
    editor = system.token("editor")
    draft = publish(system, token=editor, title="A quiet draft", status="draft")

    shown = system.call("GET", f"/events/{draft['id']}/announcements", token=editor)
    assert shown.json == []
    published = system.call(
        "PATCH",
        f"/events/{draft['id']}",
        {"version": draft["version"], "status": "published"},
        token=editor,
    )
    assert published.status == 200, published.text
    told(system, draft["id"], "published", token=editor)
    each_has_got(system, 1, about="A quiet draft")


def test_who_bounces_gets_no_more_mail(system: System) -> None:
    editor, admin = system.token("editor"), system.token("admin")
    email = "bounces-soon@example.com"
    subscribe(system, email, token=editor)

    system.ses_tells(
        {
            "eventType": "Bounce",
            "bounce": {
                "bounceType": "Permanent",
                "bounceSubType": "General",
                "bouncedRecipients": [{"emailAddress": email, "status": "5.1.1"}],
                "timestamp": "2099-01-01T00:00:01.000Z",
                "feedbackId": "0100-1",
            },
            "mail": {
                "timestamp": "2099-01-01T00:00:00.000Z",
                "source": "events@ivent.example",
                "messageId": "0100-2",
                "destination": [email],
                "tags": {},
            },
        }
    )

    def has_bounced() -> bool:
        rows = system.call("GET", "/subscriptions?status=bounced", token=admin).json["results"]
        return email in [row["email"] for row in rows]

    eventually(has_bounced)
    event = publish(system, token=editor, title="After the bounce")
    told(system, event["id"], "published", token=editor)
    assert system.mails(to=email, about="After the bounce") == []
    everybody_once(system, about="After the bounce")


def test_access_tokens_work_and_readers_may_not_write(system: System) -> None:
    viewer, editor = system.token("viewer"), system.token("editor", "--access")

    assert system.call("GET", "/events", token=viewer).status == 200
    assert system.call("GET", "/events", token=editor).status == 200
    body = {"title": "No", "description": "", "date": "2038-08-01"}
    assert system.call("POST", "/events", body, token=viewer).status == 403
    assert system.call("POST", "/events", body).status == 401


def test_nobody_gets_a_token_who_is_not_there(system: System) -> None:
    refused = system.manage("local_token", "nobody")

    assert refused.returncode != 0
    assert refused.stdout == ""
    assert "nobody@example.com" in refused.stderr
    assert "Traceback" not in refused.stderr
