"""Hypothesis looks for a reader who misses an event. MODEL_EXAMPLES=300 looks longer."""

import os

import pytest
from freezegun import freeze_time
from hypothesis import HealthCheck, Phase, settings
from hypothesis.errors import FlakyFailure
from hypothesis.stateful import run_state_machine_as_test

from tests.notifications.digest_model import BEGIN, DigestReaders

pytestmark = [pytest.mark.usefixtures("aws"), pytest.mark.timeout(3600)]

EXAMPLES = int(os.environ.get("MODEL_EXAMPLES", "0"))
FIXED = settings(
    max_examples=EXAMPLES or 6,
    stateful_step_count=8,
    derandomize=not EXAMPLES,
    database=None,
    deadline=None,
    print_blob=False,
    # Frozen time leaps, which hypothesis takes for slowness when it looks for a smaller case.
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(autouse=True)
def _frozen(monkeypatch):
    with freeze_time(BEGIN) as frozen:
        monkeypatch.setattr(DigestReaders, "frozen", frozen, raising=False)
        yield


def test_whoever_changes_their_mind_about_the_digest_misses_no_event():
    run_state_machine_as_test(DigestReaders, settings=FIXED)


def test_the_model_finds_that_who_gives_it_up_is_not_sent_it_once_more(monkeypatch):
    monkeypatch.setattr("subscriptions.writing.digest_telling", lambda preferences, now: None)
    # Readers' ids are random, so a case that fails need not fail once more when it is told of.
    with pytest.raises((AssertionError, FlakyFailure)):
        run_state_machine_as_test(DigestReaders, settings=settings(FIXED, max_examples=100))
