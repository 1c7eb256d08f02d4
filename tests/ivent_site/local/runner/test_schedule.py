import threading

from ivent_site.local.runner.invocation import Invoker
from ivent_site.local.runner.routes import ScheduleRoute
from ivent_site.local.runner.schedule import Schedule

from .conftest import Handler


def _schedule() -> Schedule:
    return Schedule(
        ScheduleRoute(function=Handler.name, every_s=0),
        invoker=Invoker(region="eu-central-1", account="000000000000"),
        region="eu-central-1",
        account="000000000000",
    )


def test_a_failed_tick_is_followed_by_the_next_until_the_stop(handler: Handler) -> None:
    stop = threading.Event()
    handler.replies = [ValueError("bad"), None, lambda _: stop.set()]

    _schedule().run(stop)

    assert [event["detail-type"] for event in handler.events] == ["Scheduled Event"] * 3
