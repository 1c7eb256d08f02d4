import os
import signal
import subprocess
import sys
from pathlib import Path

from django.conf import settings

# Starts a tethered child, and waits to be killed.
PARENT = """
import subprocess
from ivent_site.local import tether
subprocess.run(tether.command("tethered"))
"""
CHILD = """
import signal
def end(*_):
    print("ends in order", flush=True)
    raise SystemExit
signal.signal(signal.SIGTERM, end)
print("lives", flush=True)
while True:
    signal.pause()
"""


def test_a_child_ends_in_order_when_its_parent_is_killed(tmp_path: Path) -> None:
    (tmp_path / "tethered.py").write_text(CHILD)
    environ = {**os.environ, "PYTHONPATH": f"{settings.BASE_DIR}{os.pathsep}{tmp_path}"}
    with subprocess.Popen(
        [sys.executable, "-c", PARENT], env=environ, stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout
        assert parent.stdout.readline() == "lives\n"
        parent.send_signal(signal.SIGKILL)
        assert parent.stdout.readline() == "ends in order\n"
