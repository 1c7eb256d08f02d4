"""Loopback ports."""

import socket


class PortTakenError(Exception):
    """Something else listens on the port; a retry helps once it is gone."""


def require_free_port(port: int) -> None:
    """Raise PortTakenError when something listens on the loopback port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise PortTakenError(f"Port {port} is taken.") from None


def free_port() -> int:
    """A port that nothing listens on right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
