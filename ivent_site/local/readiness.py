"""Whether the laptop's own parts are up: the runner and the mail sink."""

import socket
import time
from pathlib import Path

from django.conf import settings

from ivent_site.local.outputs import read_outputs

FRESH_S = 10
MAIL_SINK_PORT = "MAIL_SINK_PORT"


def runner_heartbeat() -> Path:
    """The file that the runner touches while it lives."""
    return Path(settings.LOCAL_DIR) / "runner.heartbeat"


def not_ready() -> list[str]:
    """The names of the parts that are not up."""
    parts = {"runner": _runner_lives(), "mail sink": _mail_sink_listens()}
    return [name for name, ready in parts.items() if not ready]


def _runner_lives() -> bool:
    try:
        return time.time() - runner_heartbeat().stat().st_mtime < FRESH_S
    except FileNotFoundError:
        return False


def _mail_sink_listens() -> bool:
    port = read_outputs().get(MAIL_SINK_PORT)
    if port is None:
        return False
    try:
        socket.create_connection(("127.0.0.1", int(port)), timeout=1).close()
    except OSError:
        return False
    return True
