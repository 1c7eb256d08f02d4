"""The workers: started, killed, stopped past their lease, and woken as zombies."""

import random
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.chaos.local_aws import LocalAws
from tests.chaos.options import LEASE_S, Options

# One stop for so many kills; and which of the victims are not fan-out workers.
KILLS_PER_STOP = 5
OTHERS_SHARE = 0.15
_OTHERS = ("announce", "feedback", "sweep")


@dataclass
class _Worker:
    name: str
    sources: tuple[str, ...]
    process: subprocess.Popen[bytes]
    # When it is woken, if it was stopped.
    asleep_until: float | None = None


@dataclass
class Crew:
    """Keeps as many workers awake as the options say, whatever it does to them."""

    options: Options
    aws: LocalAws
    ses_url: str
    kills: int = 0
    stops: int = 0
    _workers: list[_Worker] = field(default_factory=list)
    _started: int = 0

    def __post_init__(self) -> None:
        self._chance = random.Random(self.options.seed)
        # At how many mails the next victim falls.
        stops = self.options.kills // KILLS_PER_STOP
        blows = ["kill"] * self.options.kills + ["stop"] * stops
        self._chance.shuffle(blows)
        last = int(self.options.n * 0.95)
        moments = sorted(self._chance.randrange(last) for _ in blows)
        self._plan = list(zip(moments, blows, strict=True))

    @contextmanager
    def working(self) -> Iterator[None]:
        """Within the block they work; after it none is left."""
        try:
            self.tend(0)
            yield
        finally:
            for worker in self._workers:
                worker.process.kill()
                worker.process.wait()

    def tend(self, arrived: int) -> None:
        """Strike whom the plan says now that so many mails have arrived; wake and replace."""
        # Somebody has to be there: a plan may begin with the first mail, or before.
        if self._workers and self._plan and arrived >= self._plan[0][0]:
            # One at a time: two blows at the same number of mails are two deaths in a row.
            self._strike(self._plan.pop(0)[1])
        self._wake()
        self._workers = [each for each in self._workers if each.process.poll() is None]
        self._fill("fanout", ("fanout",), self.options.workers)
        self._fill("other", _OTHERS, 1)

    @property
    def asleep(self) -> bool:
        """Whether a stopped worker is still to wake up, and perhaps to send."""
        return any(each.asleep_until is not None for each in self._workers)

    def _strike(self, blow: str) -> None:
        # Anywhere between two mails, not only right after one.
        time.sleep(self._chance.uniform(0, 0.3))
        others = self._chance.random() < OTHERS_SHARE
        choice = self._chance.random()
        awake = [
            each
            for each in self._workers
            if each.asleep_until is None and (each.sources == _OTHERS) == others
        ]
        victim = awake[int(choice * len(awake))]
        if blow == "kill":
            victim.process.kill()
            victim.process.wait()
            self.kills += 1
        else:
            victim.process.send_signal(signal.SIGSTOP)
            asleep_s = LEASE_S + self._chance.uniform(0.5, 1.5)
            victim.asleep_until = time.monotonic() + asleep_s
            self.stops += 1

    def _wake(self) -> None:
        for each in self._workers:
            if each.asleep_until is not None and time.monotonic() >= each.asleep_until:
                each.process.send_signal(signal.SIGCONT)
                each.asleep_until = None

    def _fill(self, name: str, sources: tuple[str, ...], wanted: int) -> None:
        awake = [
            each for each in self._workers if each.sources == sources and each.asleep_until is None
        ]
        for _ in range(wanted - len(awake)):
            self._started += 1
            self._workers.append(self._start(f"{name}-{self._started}", sources))

    def _start(self, name: str, sources: tuple[str, ...]) -> _Worker:
        from ivent_site.local import tether

        transport = self.options.transport_of(self._started)
        with (self.aws.directory / f"{name}.log").open("wb") as log:
            process = subprocess.Popen(
                tether.command("tests.chaos.worker", name, *sources),
                env=self.aws.worker_environ(transport=transport, ses_url=self.ses_url),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        return _Worker(name, sources, process)
