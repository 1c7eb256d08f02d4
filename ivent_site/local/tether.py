"""Run a module as a program that does not outlive the process that started it.

    python -m ivent_site.local.tether PARENT_PID MODULE [ARGUMENT …]

A killed parent cannot stop its children; so each child watches whether its parent is still
the one that started it, and else sends itself SIGTERM, its sign to end in order.
"""

import os
import runpy
import signal
import sys
import threading

CHECK_EVERY_S = 0.5


def command(module: str, *arguments: str) -> list[str]:
    """The command line that runs `module`, tethered to the calling process."""
    tether = [sys.executable, "-m", "ivent_site.local.tether", str(os.getpid())]
    return [*tether, module, *arguments]


def _watch(parent_pid: int) -> None:
    pause = threading.Event()
    while os.getppid() == parent_pid:
        pause.wait(CHECK_EVERY_S)
    os.kill(os.getpid(), signal.SIGTERM)


def _main() -> None:
    _, parent_pid, module, *arguments = sys.argv
    threading.Thread(target=_watch, args=(int(parent_pid),), name="tether", daemon=True).start()
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    _main()
