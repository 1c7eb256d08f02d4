"""Many at once."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from .people import each_has_got, publish, told
from .system import System, eventually

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e"), pytest.mark.timeout(300)]


def test_twenty_at_once_with_one_address_make_one_row_and_one_mail(system: System) -> None:
    member, admin = system.token("member"), system.token("admin")
    email = "crowd@example.com"

    def ask(_: int) -> tuple[int, str]:
        reply = system.call("POST", "/subscriptions", {"email": email}, token=member)
        return reply.status, reply.text

    with ThreadPoolExecutor(20) as crowd:
        replies = set(crowd.map(ask, range(20)))

    assert {status for status, _ in replies} == {202}
    assert len(replies) == 1
    eventually(lambda: system.mails(to=email))
    # Asked last, answered last: when this one has its mail, the queue has nothing of the others.
    system.call("POST", "/subscriptions", {"email": "after-the-crowd@example.com"}, token=member)
    eventually(lambda: system.mails(to="after-the-crowd@example.com"))
    assert len(system.mails(to=email)) == 1
    rows = system.call("GET", "/subscriptions?status=pending", token=admin).json["results"]
    assert [row["email"] for row in rows].count(email) == 1


def test_a_thousand_creates_from_eight_threads_are_a_thousand_events(system: System) -> None:
    editor = system.token("editor")

    def create(number: int) -> str:
        event = publish(system, token=editor, title=f"One of many {number}", status="draft")
        return str(event["id"])

    with ThreadPoolExecutor(8) as crowd:
        ids = list(crowd.map(create, range(1000)))

    assert len(set(ids)) == 1000
    titles: list[str] = []
    path: str | None = "/events?status=draft"
    while path:
        page = system.call("GET", path, token=editor).json
        titles += [event["title"] for event in page["results"]]
        path = page["next"] and page["next"].replace("localhost", "127.0.0.1")
    assert sorted(title for title in titles if title.startswith("One of many ")) == sorted(
        f"One of many {number}" for number in range(1000)
    )


def test_the_same_idempotency_key_makes_one_event(system: System) -> None:
    editor = system.token("editor")
    body = {"title": "Only once", "description": "", "date": "2038-08-01"}

    def create(_: int) -> tuple[int, str]:
        reply = system.call(
            "POST", "/events", body, token=editor, headers={"Idempotency-Key": "only-once"}
        )
        return reply.status, reply.text

    first = create(0)
    assert first[0] == 201
    assert create(1) == first
    other = system.call(
        "POST",
        "/events",
        {**body, "title": "Another"},
        token=editor,
        headers={"Idempotency-Key": "only-once"},
    )
    assert other.status == 422
    event_id = system.call("GET", "/events?status=published", token=editor).json["results"]
    ids = [event["id"] for event in event_id if event["title"] == "Only once"]
    assert len(ids) == 1
    told(system, ids[0], "published", token=editor)
    each_has_got(system, 1, about="Only once")
