"""The local AWS: MiniStack, as a child process on the loopback interface."""

import os
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

from django.conf import settings

from ivent_site.local import tether
from ivent_site.local.ports import require_free_port

READY_WITHIN_S = 30
STOPPED_WITHIN_S = 20


class NotStartedError(Exception):
    """MiniStack does not answer; its log says why."""


def start(
    port: int,
    *,
    state_dir: Path | None = None,
    smtp_port: int | None = None,
    log: Path | None = None,
) -> subprocess.Popen[bytes]:
    """A running MiniStack that answers on `port`.

    With `state_dir`, a graceful stop (SIGTERM) saves its state there and the next start
    loads it. With `smtp_port`, every SES mail is relayed to that port of 127.0.0.1.
    """
    require_free_port(port)
    environ = {
        **os.environ,
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(port),
        "IOT_MTLS_ENABLED": "0",
        "LAMBDA_EXECUTOR": "local",
        "LOG_LEVEL": "WARNING",
        "MINISTACK_REGION": settings.AWS_REGION,
        "PERSIST_STATE": "1" if state_dir else "0",
    }
    if state_dir:
        state_dir.mkdir(parents=True, exist_ok=True)
        environ["STATE_DIR"] = str(state_dir)
    if smtp_port:
        environ["SMTP_HOST"] = f"127.0.0.1:{smtp_port}"
    output = log.open("ab") if log else subprocess.DEVNULL
    process = subprocess.Popen(  # noqa: S603 - our own interpreter, our own arguments
        tether.command("ministack"),
        cwd=settings.BASE_DIR,
        env=environ,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        # Ctrl-C is for the parent, which stops its children in order.
        start_new_session=True,
    )
    _wait_until_ready(process, port)
    return process


def stop(process: subprocess.Popen[bytes]) -> None:
    """End MiniStack gracefully, so that it saves its state."""
    process.terminate()
    try:
        process.wait(STOPPED_WITHIN_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _wait_until_ready(process: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + READY_WITHIN_S
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise NotStartedError(f"MiniStack ended with code {process.returncode} at its start.")
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/_ministack/ready", timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
    process.kill()
    raise NotStartedError(f"MiniStack was not ready within {READY_WITHIN_S} s.")
