import threading
from pathlib import Path

from django.conf import settings

from ivent_site.local.runner.queue_mapping import QueueMapping
from ivent_site.local.runner.routes import QueueRoute, ScheduleRoute, StreamRoute
from ivent_site.local.runner.runner import Runner, sources
from ivent_site.local.runner.schedule import Schedule
from ivent_site.local.runner.stream_mapping import StreamMapping


class Patient:
    """A source that waits for the stop."""

    name = "patient"

    def __init__(self) -> None:
        self.stopped = False

    def run(self, stop: threading.Event) -> None:
        stop.wait()
        self.stopped = True


class Mortal:
    name = "mortal"

    def run(self, _stop: threading.Event) -> None:
        raise ValueError("a defect")


def test_a_source_that_dies_ends_the_others_in_order(tmp_path: Path) -> None:
    patient = Patient()

    assert Runner([patient, Mortal()], heartbeat=tmp_path / "beat").run() == "mortal"
    assert patient.stopped


def test_a_stop_ends_every_source_and_the_heartbeat(tmp_path: Path) -> None:
    patient, heartbeat = Patient(), tmp_path / "beat"
    runner = Runner([patient], heartbeat=heartbeat)

    class Stopper:
        name = "stopper"

        def run(self, _stop: threading.Event) -> None:
            while not heartbeat.exists():
                pass
            runner.stop()

    stopper = threading.Thread(target=Stopper().run, args=(threading.Event(),))
    stopper.start()

    assert runner.run() is None
    stopper.join()
    assert patient.stopped
    assert not heartbeat.exists()


def test_every_kind_of_route_has_its_source(aws: None) -> None:
    prefix = settings.RESOURCE_PREFIX
    made = sources(
        [
            StreamRoute(table=f"{prefix}-events", function="a.b", batch_size=1),
            QueueRoute(queue=f"{prefix}-fanout", function="a.b", batch_size=1),
            ScheduleRoute(function="a.b", every_s=1),
        ]
    )

    assert [type(source) for source in made] == [StreamMapping, QueueMapping, Schedule]
