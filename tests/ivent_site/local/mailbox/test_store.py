from pathlib import Path

import pytest

from ivent_site.local.mailbox.store import Mailbox

MAIL = b"From: a@example.com\r\nSubject: %s\r\n\r\nHello\r\n"


@pytest.fixture
def mailbox(tmp_path: Path) -> Mailbox:
    return Mailbox(tmp_path / "mailbox")


def _deliver(mailbox: Mailbox, subject: str, *recipients: str) -> str:
    raw = MAIL % subject.encode()
    message_id = mailbox.accept(raw, recipients=list(recipients))
    for incoming in mailbox.accepted():
        mailbox.store(incoming, incoming.raw)
        mailbox.done(incoming)
    return message_id


def _subjects(mailbox: Mailbox, **query: str) -> list[str]:
    found = (mailbox.get(message_id) for message_id in mailbox.ids(**query))
    return [message["subject"] for message in found if message]


def test_an_unused_mailbox_is_empty(mailbox: Mailbox) -> None:
    assert mailbox.ids() == []
    assert mailbox.ids(to="ann@example.com") == []
    assert list(mailbox.accepted()) == []
    mailbox.clear()


def test_a_mail_is_safe_as_soon_as_it_is_accepted(mailbox: Mailbox) -> None:
    message_id = mailbox.accept(b"one\n\ntwo", recipients=["ann@example.com"])

    (incoming,) = mailbox.accepted()
    assert incoming.message_id == message_id
    assert incoming.recipients == ["ann@example.com"]
    assert incoming.raw == b"one\n\ntwo"
    assert mailbox.ids() == []


def test_each_address_finds_its_own_mails_in_any_case(mailbox: Mailbox) -> None:
    _deliver(mailbox, "to ann", "Ann@Example.com")
    _deliver(mailbox, "to both", "ann@example.com", "bob@example.com")
    _deliver(mailbox, "to bob", "bob@example.com")

    assert sorted(_subjects(mailbox, to="ANN@example.com")) == ["to ann", "to both"]
    assert sorted(_subjects(mailbox, to="bob@example.com")) == ["to bob", "to both"]
    assert _subjects(mailbox, to="../messages") == []


def test_the_newest_comes_first(mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = [f"0190b0a0-0000-7000-8000-00000000000{number}" for number in (1, 3, 2)]
    monkeypatch.setattr("ivent_site.local.mailbox.store.uuid7", iter(ids).__next__)
    for subject in ("first", "third", "second"):
        _deliver(mailbox, subject, "ann@example.com")

    assert _subjects(mailbox) == ["third", "second", "first"]
    assert _subjects(mailbox, to="ann@example.com") == ["third", "second", "first"]


def test_storing_a_mail_again_changes_nothing(mailbox: Mailbox) -> None:
    mailbox.accept(MAIL % b"once", recipients=["ann@example.com"])
    (incoming,) = mailbox.accepted()
    mailbox.store(incoming, incoming.raw)
    mailbox.store(incoming, incoming.raw)

    assert _subjects(mailbox) == ["once"]
    assert mailbox.raw(incoming.message_id) == MAIL % b"once"


def test_emptying_leaves_what_is_still_coming_in(mailbox: Mailbox) -> None:
    gone = _deliver(mailbox, "gone", "ann@example.com")
    mailbox.accept(MAIL % b"coming", recipients=["ann@example.com"])

    mailbox.clear()

    assert mailbox.ids() == mailbox.ids(to="ann@example.com") == []
    assert mailbox.get(gone) is None
    assert len(list(mailbox.accepted())) == 1


def test_a_name_that_is_no_id_opens_no_file(mailbox: Mailbox) -> None:
    assert mailbox.get("../../outputs") is None


def test_a_mail_that_was_set_aside_is_kept_out_of_the_way(mailbox: Mailbox, tmp_path: Path) -> None:
    message_id = mailbox.accept(b"?", recipients=[])
    (incoming,) = mailbox.accepted()

    mailbox.set_aside(incoming)

    assert list(mailbox.accepted()) == []
    assert (tmp_path / "mailbox" / "incoming" / f"{message_id}.unreadable").exists()
