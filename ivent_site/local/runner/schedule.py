"""A function is called again and again: what an EventBridge rule does on AWS."""

import threading
from collections.abc import Sequence

from ivent_site.local.runner import aws_events
from ivent_site.local.runner.invocation import HandlerError, Invoker
from ivent_site.local.runner.routes import ScheduleRoute

LOOK_EVERY_S = 0.2


class Schedule:
    """Ticks as soon as it may, for what a stop has left behind, and then at its rate.

    It may once every event of `after` is set: news that waits in a queue comes first, as on
    AWS, where queues are read while nothing else is down.
    """

    def __init__(
        self,
        route: ScheduleRoute,
        *,
        invoker: Invoker,
        region: str,
        account: str,
        after: Sequence[threading.Event] = (),
    ) -> None:
        self.name = f"schedule {route.function}"
        self._after = after
        self._route = route
        self._invoker = invoker
        self._region = region
        self._account = account

    def run(self, stop: threading.Event) -> None:
        """Tick until `stop`."""
        while not stop.is_set() and not all(event.is_set() for event in self._after):
            stop.wait(LOOK_EVERY_S)
        while not stop.is_set():
            self.tick()
            stop.wait(self._route.every_s)

    def tick(self) -> None:
        """Call the function once; a failed tick is made good by the next."""
        event = aws_events.schedule_event(
            self._route.function, region=self._region, account=self._account
        )
        try:
            self._invoker(self._route.function, event)
        except HandlerError:
            return
