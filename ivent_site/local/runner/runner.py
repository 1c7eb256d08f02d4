"""All of a stage's event sources, each in its own thread."""

import logging
import threading
import time
from pathlib import Path
from typing import Protocol

from django.conf import settings

from ivent_site.local.runner.invocation import Invoker
from ivent_site.local.runner.queue_mapping import QueueMapping
from ivent_site.local.runner.routes import QueueRoute, Route, ScheduleRoute, StreamRoute
from ivent_site.local.runner.schedule import Schedule
from ivent_site.local.runner.stream_mapping import StreamMapping

ACCOUNT = "000000000000"
LOOK_EVERY_S = 0.2

logger = logging.getLogger(__name__)


class Source(Protocol):
    """Something that calls a function until it is stopped."""

    name: str

    def run(self, stop: threading.Event) -> None: ...


def sources(routes: list[Route]) -> list[Source]:
    """The sources of the routes, ready to run; schedules wait for the queues' backlog."""
    invoker = Invoker(region=settings.AWS_REGION, account=ACCOUNT)
    failures = f"{settings.RESOURCE_PREFIX}-stream-failures"
    streams = [
        StreamMapping(route, invoker=invoker, failures_queue=failures)
        for route in routes
        if isinstance(route, StreamRoute)
    ]
    queues = [
        QueueMapping(route, invoker=invoker) for route in routes if isinstance(route, QueueRoute)
    ]
    schedules = [
        Schedule(
            route,
            invoker=invoker,
            region=settings.AWS_REGION,
            account=ACCOUNT,
            after=[queue.drained for queue in queues],
        )
        for route in routes
        if isinstance(route, ScheduleRoute)
    ]
    return [*streams, *queues, *schedules]


def deliver_all(routes: list[Route]) -> None:
    """Deliver what the streams and queues hold now, and what comes of it, once; no schedules."""
    stop = threading.Event()
    mappings = sources(routes)
    streams = [source for source in mappings if isinstance(source, StreamMapping)]
    queues = [source for source in mappings if isinstance(source, QueueMapping)]
    while sum(stream.poll(stop) for stream in streams) + sum(
        queue.poll(wait_s=0) for queue in queues
    ):
        pass


class Runner:
    """Runs every source until it is stopped or one of them dies."""

    def __init__(self, sources: list[Source], *, heartbeat: Path) -> None:
        self._heartbeat = heartbeat
        self._stop = threading.Event()
        self._stopping = False
        self._died: str | None = None
        self._threads = [
            threading.Thread(target=self._guard, args=(source,), name=source.name)
            for source in sources
        ]

    def stop(self) -> None:
        """Let `run` end, each source once it has finished the batch at hand.

        A signal handler may call this: it takes no lock that `run` might be holding.
        """
        self._stopping = True

    def run(self) -> str | None:
        """The name of the source that died, or None after `stop`."""
        for thread in self._threads:
            thread.start()
        while not self._stopping:
            self._heartbeat.touch()
            time.sleep(LOOK_EVERY_S)
        self._stop.set()
        for thread in self._threads:
            thread.join()
        self._heartbeat.unlink(missing_ok=True)
        return self._died

    def _guard(self, source: Source) -> None:
        try:
            source.run(self._stop)
        except Exception:
            logger.exception("%s died", source.name)
            self._died = source.name
            self._stopping = True
