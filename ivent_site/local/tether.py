"""Run a module as a program that does not outlive the process that started it.

    python -m ivent_site.local.tether PARENT_PID SECONDS MODULE [ARGUMENT …]

A killed parent cannot stop its children; so each child watches whether its parent is still
the one that started it, and else sends itself SIGTERM, its sign to end in order. One that has
not ended SECONDS later is killed: its siblings end with it, and it may be calling
them again and again.
"""

import os
import runpy
import signal
import sys
import threading

CHECK_EVERY_S = 0.5
ORDERLY_WITHIN_S = 20


def command(module: str, *arguments: str, orderly_within_s: float = ORDERLY_WITHIN_S) -> list[str]:
    """The command line that runs `module`, tethered to the calling process."""
    tether = [sys.executable, "-m", "ivent_site.local.tether"]
    return [*tether, str(os.getpid()), str(orderly_within_s), module, *arguments]


def _watch(parent_pid: int, orderly_within_s: float) -> None:
    pause = threading.Event()
    while os.getppid() == parent_pid:
        pause.wait(CHECK_EVERY_S)
    os.kill(os.getpid(), signal.SIGTERM)
    pause.wait(orderly_within_s)
    os.kill(os.getpid(), signal.SIGKILL)


def _main() -> None:
    _, parent_pid, orderly_within_s, module, *arguments = sys.argv
    tie = (int(parent_pid), float(orderly_within_s))
    threading.Thread(target=_watch, args=tie, name="tether", daemon=True).start()
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    _main()
