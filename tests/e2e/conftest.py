from collections.abc import Iterator

import pytest

from .system import System


@pytest.fixture(scope="session")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """The running system; a test may stop it, but leaves it running."""
    system = System(tmp_path_factory.mktemp("system"))
    system.start()
    yield system
    assert system.stop() == 0
