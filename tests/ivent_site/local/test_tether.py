import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

# Starts a tethered child, and waits to be killed.
PARENT = """
import subprocess
from ivent_site.local import tether
subprocess.run(tether.command("tethered", orderly_within_s=0.5))
"""
CHILD = """
import signal
def end(*_):
    print("was asked", flush=True)
    if {obeys}:
        print("ends in order", flush=True)
        raise SystemExit
signal.signal(signal.SIGTERM, end)
print("lives", flush=True)
while True:
    signal.pause()
"""


@pytest.mark.parametrize(
    ("obeys", "said"), [(True, "was asked\nends in order\n"), (False, "was asked\n")]
)
def test_a_child_ends_with_its_parent_in_order_or_not(
    tmp_path: Path, obeys: bool, said: str
) -> None:
    (tmp_path / "tethered.py").write_text(CHILD.format(obeys=obeys))
    environ = {**os.environ, "PYTHONPATH": f"{settings.BASE_DIR}{os.pathsep}{tmp_path}"}
    with subprocess.Popen(
        [sys.executable, "-c", PARENT], env=environ, stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout
        assert parent.stdout.readline() == "lives\n"
        parent.send_signal(signal.SIGKILL)
        # The child holds the other end: this returns once it is gone.
        assert parent.stdout.read() == said
