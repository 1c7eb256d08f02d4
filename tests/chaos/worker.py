"""A worker process: calls the handlers of its sources, as Lambda does, until it dies.

    python -m tests.chaos.worker NAME SOURCE …

A source is `fanout`, `feedback`, `announce` or `sweep`.
"""

import signal
import sys
from pathlib import Path

import django

from tests.chaos.ses_faults import spoil

# The emulated concurrency of a queue's function within one process.
FEEDBACK_AT_ONCE = 8
SWEEP_EVERY_S = 2


def _main() -> None:
    django.setup()
    spoil()
    from django.conf import settings

    from ivent_site.local.runner.routes import QueueRoute, Route, ScheduleRoute, StreamRoute
    from ivent_site.local.runner.runner import Runner, sources

    prefix = settings.RESOURCE_PREFIX
    handlers = "notifications.handlers"
    known: dict[str, list[Route]] = {
        "fanout": [
            QueueRoute(queue=f"{prefix}-fanout", function=f"{handlers}.fan_out", batch_size=1)
        ],
        "feedback": [
            QueueRoute(queue=f"{prefix}-feedback", function=f"{handlers}.feedback", batch_size=10)
        ]
        * FEEDBACK_AT_ONCE,
        "announce": [
            StreamRoute(table=f"{prefix}-events", function=f"{handlers}.announce", batch_size=10)
        ],
        "sweep": [ScheduleRoute(function=f"{handlers}.sweep", every_s=SWEEP_EVERY_S)],
    }
    name, *wanted = sys.argv[1:]
    runner = Runner(
        [source for each in wanted for source in sources(known[each])],
        heartbeat=Path(settings.LOCAL_DIR) / f"{name}.heartbeat",
    )
    signal.signal(signal.SIGTERM, lambda *_: runner.stop())
    sys.exit(runner.run())


if __name__ == "__main__":
    _main()
