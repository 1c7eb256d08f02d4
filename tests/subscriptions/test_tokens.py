from datetime import UTC, datetime, timedelta

import pytest
from freezegun import freeze_time

from subscriptions.tokens import (
    change_token,
    change_token_read,
    confirm_token,
    confirm_token_read,
    keyed_hash,
    leave_token,
    leave_token_read,
    request_digest,
)

ID = "0190a000-0000-7000-8000-000000000001"
OTHER_ID = "0290b111-0000-7000-8000-000000000001"
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)


def test_a_leave_token_names_its_subscription():
    token = leave_token(ID)
    assert leave_token_read(token) == ID
    assert len(token) == 43
    assert set(token) <= set(ALPHABET)


def test_a_leave_token_is_always_the_same_and_never_over():
    token = leave_token(ID)
    with freeze_time(NOW + timedelta(days=36500)):
        assert leave_token(ID) == token
        assert leave_token_read(token) == ID


def test_a_confirm_token_names_its_subscription_and_round():
    assert confirm_token_read(confirm_token(ID, round=3)) == (ID, 3)


def test_a_confirm_token_is_over_after_seven_days():
    with freeze_time(NOW):
        token = confirm_token(ID, round=0)
    with freeze_time(NOW + timedelta(days=7) - timedelta(seconds=1)):
        assert confirm_token_read(token) == (ID, 0)
    with freeze_time(NOW + timedelta(days=7)):
        assert confirm_token_read(token) is None


def test_a_change_token_names_its_subscription_and_request_for_seven_days():
    with freeze_time(NOW):
        token = change_token(ID, request_id="message-1")
    with freeze_time(NOW + timedelta(days=7) - timedelta(seconds=1)):
        assert change_token_read(token) == (ID, request_digest("message-1"))
        assert change_token_read(token) != (ID, request_digest("message-2"))
    with freeze_time(NOW + timedelta(days=7)):
        assert change_token_read(token) is None


def test_a_token_serves_its_own_purpose_only():
    tokens = {
        confirm_token_read: confirm_token(ID, round=0),
        leave_token_read: leave_token(ID),
        change_token_read: change_token(ID, request_id="message-1"),
    }
    for read, own in tokens.items():
        assert [token for token in tokens.values() if read(token)] == [own]


@pytest.mark.parametrize(
    ("make", "read"),
    [
        (leave_token, leave_token_read),
        (lambda id_: confirm_token(id_, round=0), confirm_token_read),
        (lambda id_: change_token(id_, request_id="message-1"), change_token_read),
    ],
)
def test_a_token_with_any_character_changed_is_refused(make, read):
    token = make(ID)
    for position, character in enumerate(token):
        for other in {"A", "_", "9"} - {character}:
            assert read(token[:position] + other + token[position + 1 :]) is None
    # The last character has spare bits: only one spelling of them is ours.
    assert [c for c in ALPHABET if read(token[:-1] + c) is not None] == [token[-1]]


def test_the_seal_of_one_subscription_does_not_open_another():
    spliced = leave_token(OTHER_ID)[:21] + leave_token(ID)[21:]
    assert leave_token_read(spliced) is None


@pytest.mark.parametrize(
    "text",
    ["", "=", "A", "é", "\x00", "\ud800", " ", "A" * 43, "A" * 55, "A" * 100_000, "../admin"],
)
def test_what_is_no_token_is_refused_without_an_error(text):
    assert leave_token_read(text) is None
    assert confirm_token_read(text) is None


def test_a_padded_or_stretched_token_is_refused():
    for text in (leave_token(ID) + "=", leave_token(ID) + "A", " " + leave_token(ID)):
        assert leave_token_read(text) is None


def test_tokens_of_the_last_secret_key_still_work(settings):
    token, confirm = leave_token(ID), confirm_token(ID, round=1)
    old = settings.SECRET_KEY
    settings.SECRET_KEY = "another-secret-key-that-is-long-enough"
    assert leave_token_read(token) is None
    settings.SECRET_KEY_FALLBACKS = [old]
    assert leave_token_read(token) == ID
    assert confirm_token_read(confirm) == (ID, 1)
    assert leave_token(ID) != token


def test_a_keyed_hash_is_stable_and_does_not_show_its_text(settings):
    digest = keyed_hash("203.0.113.7")
    assert digest == keyed_hash("203.0.113.7")
    assert len(digest) == 32
    settings.SECRET_KEY = "another-secret-key-that-is-long-enough"
    assert keyed_hash("203.0.113.7") != digest
