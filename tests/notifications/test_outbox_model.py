import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.notifications.outbox_model import Outbox

pytestmark = pytest.mark.usefixtures("aws")


@pytest.fixture(autouse=True)
def _window(settings):
    settings.UNDO_WINDOW_S = 60


def test_readers_learn_how_it_is_whoever_dies_or_undoes_when():
    run_state_machine_as_test(
        Outbox,
        settings=settings(
            max_examples=15,
            stateful_step_count=8,
            deadline=None,
            derandomize=True,
            database=None,
            phases=[Phase.generate, Phase.shrink],
            suppress_health_check=[*HealthCheck],
        ),
    )
