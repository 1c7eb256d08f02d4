"""Hypothesis looks for a way to lose or double somebody. MODEL_EXAMPLES=1000 looks longer."""

import os
from dataclasses import replace
from unittest import mock

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.errors import FlakyFailure
from hypothesis.stateful import run_state_machine_as_test

from notifications import ledger
from notifications.audience import Audience
from notifications.enums import ChunkState
from tests.notifications.protocol_model import LEASE_S, SHARDS, WAIT_S, Delivery, Hasty, Resending

pytestmark = [pytest.mark.usefixtures("aws", "small"), pytest.mark.timeout(3600)]

EXAMPLES = int(os.environ.get("MODEL_EXAMPLES", "0"))
FIXED = settings(
    max_examples=15,
    stateful_step_count=12,
    derandomize=True,
    database=None,
    deadline=None,
    print_blob=False,
    suppress_health_check=list(HealthCheck),
)
FEW = settings(FIXED, max_examples=8)
LONGER = settings(FIXED, max_examples=EXAMPLES or 1, stateful_step_count=25, derandomize=False)
# To find a flaw, not its smallest case: in the fourth example or the fortieth.
FINDING = settings(
    FIXED,
    max_examples=250,
    phases=[Phase.generate],
    report_multiple_bugs=False,
)
# Readers' ids are random, so a case that fails need not fail once more when it is told of.
FOUND = (AssertionError, FlakyFailure)


@pytest.fixture
def small(settings, monkeypatch):
    """Small chunks, so that few readers are many of them."""
    settings.SHARD_COUNT = len(SHARDS)
    settings.CHUNK_LEASE_S = LEASE_S
    settings.UNKNOWN_WAIT_S = WAIT_S
    for module in ("audience", "rate"):
        monkeypatch.setattr(f"notifications.{module}.CHUNK_SIZE", 4)
    monkeypatch.setattr("notifications.rate.CHUNK_MAX", 10)
    monkeypatch.setattr("notifications.delivery.NOTE_EVERY", 2)


def test_nobody_is_lost_and_nobody_doubled_unless_an_event_is_missing():
    run_state_machine_as_test(Delivery, settings=LONGER if EXAMPLES else FIXED)


@pytest.mark.parametrize("machine", [Hasty, Resending])
def test_neither_is_anybody_by_haste_or_by_sending_once_more(machine):
    run_state_machine_as_test(machine, settings=LONGER if EXAMPLES else FEW)


LEAVE, REOPEN, STRETCH = ledger.leave, ledger.reopen, Audience._stretch


def commit_what_was_abandoned(row, after, free):
    row.doubt = None
    row.save(condition=free)


def forget_who_was_sent_to(transaction, chunk):
    REOPEN(transaction, replace(chunk, ids=tuple(chunk.resendable)))


def read_ahead_of_whom_it_claims(self, taken):
    return replace(STRETCH(self, taken), last=self._read)


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
    "it goes on behind whom it has only read": (
        Hasty,
        "notifications.audience.Audience._stretch",
        read_ahead_of_whom_it_claims,
    ),
    "it takes whom it has sent to for refused": (
        Resending,
        "notifications.ledger.reopen",
        forget_who_was_sent_to,
    ),
}


@pytest.mark.parametrize("flaw", FLAWS)
def test_the_model_finds_a_planted_flaw(flaw):
    machine, place, planted = FLAWS[flaw]
    with mock.patch(place, planted), pytest.raises(FOUND):
        run_state_machine_as_test(machine, settings=FINDING)
