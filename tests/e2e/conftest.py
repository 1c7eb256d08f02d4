import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from .browsers import CHROMIUM, CHROMIUM_ARGUMENTS
from .system import System, running


@pytest.fixture(scope="session")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """The running system; a test may stop it, but leaves it running."""
    with running(tmp_path_factory.mktemp("system")) as system:
        yield system


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A headless Chromium of the system's packages."""
    if CHROMIUM is None:
        if "REQUIRE_BROWSER" in os.environ:
            pytest.fail("There is no Chromium: apt install chromium.")
        pytest.skip("NO CHROMIUM HERE: what a person sees in a browser is NOT tested.")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_ARGUMENTS)
        yield chromium
        chromium.close()
