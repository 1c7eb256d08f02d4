from collections.abc import Iterator
from pathlib import Path

import pytest

from .system import System


@pytest.fixture(scope="session")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """The running system; every test leaves it running."""
    system = System(tmp_path_factory.mktemp("system"))
    system.start()
    yield system
    assert system.stop() == 0


@pytest.fixture
def own_system(tmp_path: Path) -> Iterator[System]:
    """A system of the test's own, to be started, killed and started again."""
    system = System(tmp_path)
    system.start()
    yield system
    system.stop()
