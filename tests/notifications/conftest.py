"""One shard, so that a test's readers are walked in one go."""

import pytest


@pytest.fixture(autouse=True)
def one_shard(settings):
    settings.SHARD_COUNT = 1
    settings.CHUNK_LEASE_S = 30
    settings.UNKNOWN_WAIT_S = 60


@pytest.fixture
def clock():
    from tests.notifications.sending import Clock

    return Clock()
