import threading

from ivent_site.local.runner.invocation import Invoker
from ivent_site.local.runner.routes import ScheduleRoute
from ivent_site.local.runner.schedule import Schedule

from .conftest import Handler


def _schedule(*after: threading.Event) -> Schedule:
    return Schedule(
        ScheduleRoute(function=Handler.name, every_s=0),
        invoker=Invoker(region="eu-central-1", account="000000000000"),
        region="eu-central-1",
        account="000000000000",
        after=after,
    )


def test_a_failed_tick_is_followed_by_the_next_until_the_stop(handler: Handler) -> None:
    stop = threading.Event()
    handler.replies = [ValueError("bad"), None, lambda _: stop.set()]

    _schedule().run(stop)

    assert [event["detail-type"] for event in handler.events] == ["Scheduled Event"] * 3


def test_it_waits_for_the_backlog(handler: Handler) -> None:
    stop, drained = threading.Event(), threading.Event()
    handler.replies = [lambda _: stop.set()]
    running = threading.Thread(target=_schedule(drained).run, args=(stop,))
    running.start()
    assert handler.events == []

    drained.set()
    running.join()

    assert len(handler.events) == 1


def test_a_stop_ends_the_waiting(handler: Handler) -> None:
    stop = threading.Event()
    stop.set()

    _schedule(threading.Event()).run(stop)

    assert handler.events == []
