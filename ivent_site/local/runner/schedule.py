"""A function is called again and again: what an EventBridge rule does on AWS."""

import threading

from ivent_site.local.runner import aws_events
from ivent_site.local.runner.invocation import HandlerError, Invoker
from ivent_site.local.runner.routes import ScheduleRoute


class Schedule:
    """Ticks at once, for what a stop has left behind, and then at its rate."""

    def __init__(
        self, route: ScheduleRoute, *, invoker: Invoker, region: str, account: str
    ) -> None:
        self.name = f"schedule {route.function}"
        self._route = route
        self._invoker = invoker
        self._region = region
        self._account = account

    def run(self, stop: threading.Event) -> None:
        """Tick until `stop`."""
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
