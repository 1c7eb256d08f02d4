"""What people do: subscribe, confirm, leave, publish."""

import base64
import re
from collections import Counter
from typing import Any

import icalendar

from .system import System, eventually


def subscribe(system: System, email: str, *, token: str) -> None:
    """Ask for a subscription, and confirm it as its mail says."""
    assert system.call("POST", "/subscriptions", {"email": email}, token=token).status == 202
    (mail,) = eventually(lambda: system.mails(to=email))
    link = confirmation_link(system, mail)
    page = system.call("GET", link)
    assert page.status == 200
    assert page.text.count("<button") == 1
    assert system.call("POST", link, b"").status == 200


def confirmation_link(system: System, mail: dict[str, Any]) -> str:
    """The link of a confirmation mail, on the address that the test can reach."""
    found = re.search(r"http://localhost:\d+(/confirm/\S+)", mail["text"])
    assert found, mail["text"]
    return f"{system.url}{found[1]}"


def one_click(system: System, mail: dict[str, Any]) -> None:
    """Leave as a mail program does (RFC 8058)."""
    assert mail["headers"]["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    found = re.search(r"<http://localhost:\d+(/[^>]+)>", mail["headers"]["List-Unsubscribe"])
    assert found, mail["headers"]
    reply = system.call("POST", f"{system.url}{found[1]}", b"List-Unsubscribe=One-Click")
    assert reply.status == 200


def calendar(mail: dict[str, Any]) -> tuple[str, Any]:
    """The METHOD and the one VEVENT of the calendar that comes with a mail."""
    (attached,) = (
        base64.b64decode(attachment["base64"])
        for attachment in mail["attachments"]
        if attachment["content_type"] == "text/calendar"
    )
    parsed = icalendar.Calendar.from_ical(attached)
    (event,) = parsed.walk("VEVENT")
    return str(parsed["METHOD"]), event


def publish(system: System, *, token: str, **content: Any) -> dict[str, Any]:
    """A new event, as the API gives it."""
    when = {} if "starts_at" in content else {"date": "2038-08-01"}
    body = {"title": "An event", "description": "", **when, **content}
    reply = system.call("POST", "/events", body, token=token)
    assert reply.status == 201, reply.text
    event: dict[str, Any] = reply.json
    return event


def everybody_once(system: System, *, about: str) -> None:
    """Every confirmed subscriber has got one such mail, and nobody else has."""
    admin = system.token("admin")
    confirmed: list[str] = []
    path: str | None = "/subscriptions?status=confirmed"
    while path:
        page = system.call("GET", path, token=admin).json
        confirmed += [row["email"] for row in page["results"]]
        path = page["next"] and page["next"].replace("localhost", "127.0.0.1")
    # A mail is in the mailbox a moment after SES has taken it.
    eventually(lambda: system.recipients(about=about) == Counter(confirmed))


def each_has_got(system: System, number: int, *, about: str) -> None:
    """Whoever has got such mails has got so many, now or in a moment."""
    eventually(lambda: set(system.recipients(about=about).values()) == {number})


def announcements(system: System, event_id: str, *, token: str) -> list[dict[str, Any]]:
    """What is known about the mails of an event."""
    found: list[dict[str, Any]] = system.call(
        "GET", f"/events/{event_id}/announcements", token=token
    ).json
    return found


def told(system: System, event_id: str, kind: str, *, token: str, within_s: float = 60) -> None:
    """Wait until an announcement is done; then the sum of its outcomes is its audience."""

    def done() -> list[dict[str, Any]]:
        return [
            row
            for row in announcements(system, event_id, token=token)
            if row["kind"] == kind and row["state"] == "done"
        ]

    (row,) = eventually(done, within_s=within_s)
    assert row["unknown"] == 0
    outcomes = ("sent", "refused", "suppressed", "parked")
    assert sum(row[outcome] for outcome in outcomes) == row["audience"]
