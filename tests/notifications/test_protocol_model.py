"""Hypothesis looks for a way to lose or double somebody. MODEL_EXAMPLES=1000 looks longer."""

import os
from dataclasses import replace
from unittest import mock

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from notifications import ledger
from notifications.enums import ChunkState
from tests.notifications.protocol_model import LEASE_S, SHARDS, WAIT_S, Delivery, Resending

pytestmark = [pytest.mark.usefixtures("aws", "small"), pytest.mark.timeout(3600)]

EXAMPLES = int(os.environ.get("MODEL_EXAMPLES", "0"))
FIXED = settings(
    max_examples=20,
    stateful_step_count=12,
    derandomize=True,
    database=None,
    deadline=None,
    print_blob=False,
    suppress_health_check=list(HealthCheck),
)
REFUSED = settings(FIXED, max_examples=8)
LONGER = settings(FIXED, max_examples=EXAMPLES or 1, stateful_step_count=25, derandomize=False)
# To find a flaw, not its smallest case.
FINDING = settings(
    FIXED,
    max_examples=60,
    phases=[Phase.generate],
    report_multiple_bugs=False,
)


@pytest.fixture
def small(settings, monkeypatch):
    """Small chunks, so that few readers are many of them."""
    settings.SHARD_COUNT = len(SHARDS)
    settings.CHUNK_LEASE_S = LEASE_S
    settings.UNKNOWN_WAIT_S = WAIT_S
    monkeypatch.setattr("notifications.audience.CHUNK_SIZE", 4)
    monkeypatch.setattr("notifications.delivery.NOTE_EVERY", 2)


def test_nobody_is_lost_and_nobody_doubled_unless_an_event_is_missing():
    run_state_machine_as_test(Delivery, settings=LONGER if EXAMPLES else FIXED)


def test_neither_is_who_was_refused_and_is_sent_to_once_more():
    run_state_machine_as_test(Resending, settings=LONGER if EXAMPLES else REFUSED)


LEAVE, REOPEN = ledger.leave, ledger.reopen


def commit_what_was_abandoned(row, after, free):
    row.doubt = None
    row.save(condition=free)


def forget_who_was_sent_to(transaction, chunk):
    REOPEN(transaction, replace(chunk, ids=tuple(chunk.resendable)))


def release_what_is_unknown(chunk, state, **kwargs):
    released = ChunkState.RELEASED if state is ChunkState.UNKNOWN else state
    return LEAVE(chunk, released, **kwargs)


FLAWS = {
    "it takes an abandoned chunk for sent": (
        Delivery,
        "notifications.ledger.walk._take_over",
        commit_what_was_abandoned,
    ),
    "it goes on with a chunk of unknown outcome": (
        Delivery,
        "notifications.ledger.leave",
        release_what_is_unknown,
    ),
    "it resends without waiting for events": (Delivery, "django.conf.settings.UNKNOWN_WAIT_S", 0),
    "it takes whom it has sent to for refused": (
        Resending,
        "notifications.ledger.reopen",
        forget_who_was_sent_to,
    ),
}


@pytest.mark.parametrize("flaw", FLAWS)
def test_the_model_finds_a_planted_flaw(flaw):
    machine, place, planted = FLAWS[flaw]
    with mock.patch(place, planted), pytest.raises(AssertionError):
        run_state_machine_as_test(machine, settings=FINDING)
