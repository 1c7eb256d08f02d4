"""What a run is asked for, and the time it is given."""

import os
from dataclasses import dataclass, fields
from typing import Self

TRANSPORTS = ("ses_bulk", "ses_raw")
# Mails a second of all workers: slow enough for everybody to die on the way.
MAIL_RATE = 300
# The shortest lease that the settings allow.
LEASE_S = 5
# For an event on its way; what a killed feedback worker held counts as queued, and is waited for.
EVENT_SLACK_S = 15


@dataclass(frozen=True, kw_only=True)
class Options:
    """Shares are from 0 to 1, times in seconds. The same seed makes the same plan; how the
    processes interleave is the machine's.
    """

    n: int = 10_000
    kills: int = 50
    throttle: float = 0.2
    lost_replies: float = 0.02
    missing_events: float = 0.0
    late_events_s: float = 0.0
    seed: int = 1
    workers: int = 2
    # "ses_bulk", "ses_raw", or "both": then each worker that starts takes the other one.
    transport: str = "both"

    @classmethod
    def from_environ(cls) -> Self:
        """Each option from the variable of its name in capitals, where that is set."""
        given = {field.name: os.environ.get(field.name.upper(), "") for field in fields(cls)}
        if given["transport"] not in {"", "both", *TRANSPORTS}:
            raise ValueError("TRANSPORT is ses_bulk, ses_raw or both.")
        defaults = cls()
        return cls(
            **{name: type(getattr(defaults, name))(text) for name, text in given.items() if text}
        )

    def transport_of(self, number: int) -> str:
        """How the worker of this number sends."""
        return TRANSPORTS[number % 2] if self.transport == "both" else self.transport

    @property
    def unknown_wait_s(self) -> int:
        """As in production, longer than any event may take."""
        return int(self.late_events_s + EVENT_SLACK_S)

    @property
    def at_most_s(self) -> float:
        """When a run that has not come to its end is given up."""
        return 120 + 0.15 * self.n + 5 * self.kills + 8 * self.unknown_wait_s
