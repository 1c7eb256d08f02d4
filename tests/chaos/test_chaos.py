"""A small run of `make chaos`."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent


@pytest.mark.e2e
@pytest.mark.xdist_group("chaos")
@pytest.mark.timeout(420)
def test_workers_that_die_or_freeze_lose_nobody_and_double_nobody():
    asked = {"N": "500", "KILLS": "5", "WORKERS": "4", "THROTTLE": "0.1", "LOST_REPLIES": "0.02"}

    run = subprocess.run(
        [sys.executable, "-m", "tests.chaos"],
        cwd=ROOT,
        env={**os.environ, **asked},
        capture_output=True,
        text=True,
        check=False,
    )

    assert run.returncode == 0, run.stdout + run.stderr
    figures = dict(line.rsplit(maxsplit=1) for line in run.stdout.splitlines()[-9:])
    assert {name: figures[name] for name in ("recipients", "kills", "lost", "doubled")} == {
        "recipients": "500",
        "kills": "5",
        "lost": "0",
        "doubled": "0",
    }
