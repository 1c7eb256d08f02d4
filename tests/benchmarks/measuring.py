"""Everything measured, one after the other, as figures."""

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from typing import Final

from tests.benchmarks.bill import Spent
from tests.benchmarks.counting import (
    RATE,
    Counts,
    Work,
    count_feedback,
    count_way,
    cpu,
    profile,
)
from tests.benchmarks.figures import SAME_WITHIN, Figure, spread
from tests.benchmarks.scale import scaled
from tests.benchmarks.ways import Way, common, ours, simplest

Progress = Callable[[str], None]

SIZES: Final = scaled((1_000, 10_000, 100_000), (100, 200, 400))
MAIN: Final = SIZES[1]
SHARDS: Final = 16
RATES: Final = (14, 200, 2_000)
# Enough for figures per recipient that no longer move.
_SAMPLES: Final[dict[Way, int]] = {
    ours: scaled(2_000, 100),
    common: scaled(200, 20),
    simplest: scaled(200, 20),
}
_WORKERS: Final[dict[Way, int]] = {ours: SHARDS, common: SHARDS, simplest: 1}
_ROUNDS: Final = scaled(3, 1)
_FEEDBACK, _BATCH = scaled(1_000, 100), 10
_KB: Final = 1024
NOTES: Final = (
    "The subscriptions' indexes and SES are answered inside the process, the rest by MiniStack.",
    "What answers or counts is counted neither as time nor as function calls.",
    "One shard unless a line says more; readers of one language and four time zones.",
    f"Time passes as at {RATE} mails a second, which is what one worker can send.",
    "Units are DynamoDB's arithmetic on the real items, secondary indexes included.",
    "The other ways are measured with 200 readers: each costs them the same.",
    "The simplest way mails the first page of the table only, one mail after the other.",
    f"SES's events come in batches of {_BATCH}, shuffled: a Send and a Delivery for each mail.",
    "The common way's writes for SES's events are assumed: one each.",
    "Dollars by tests/benchmarks/prices.py, and as if SES took 150 ms a call, DynamoDB 6 ms.",
    "Minutes with 16 workers; the simplest way: one.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Taken:
    """What a way takes of everything, per recipient."""

    spent: Spent
    work: Work

    @property
    def calls(self) -> float:
        return sum(self.spent.calls.values())


def measure(*, progress: Progress) -> list[Figure]:
    """All figures, after some minutes of work."""
    counts, peaks = {}, {}
    for number in SIZES:
        progress(f"An announcement to {number:,} readers, in a process of its own")
        counts[number], peaks[number] = _child(number)
    progress(f"The same to {MAIN:,} in {SHARDS} shards, then in four languages")
    sharded, languages = _child(MAIN, shards=SHARDS)[0], _child(MAIN, languages=4)[0]
    progress("What SES's events cause")
    feedback = count_feedback(number=_FEEDBACK, batch=_BATCH)
    progress("Function calls and CPU of the three ways, in turn")
    times = _times()
    taken: dict[Way, _Taken] = {
        ours: _Taken(
            work=profile(ours, _SAMPLES[ours]),
            spent=Spent(
                calls={name: each / MAIN for name, each in counts[MAIN].by_name.items()},
                reads=counts[MAIN].per_recipient("reads"),
                writes=counts[MAIN].per_recipient("writes"),
                cpu_s=times[ours],
                event_reads=feedback.reads / (2 * _FEEDBACK),
                event_writes=feedback.writes / (2 * _FEEDBACK),
            ),
        ),
        common: _taken(common, times[common], event_writes=1),
        simplest: _taken(simplest, times[simplest], event_writes=0),
    }
    return [
        *_costs(taken),
        Figure(
            name="the same in 16 shards: AWS calls", ours=sharded.per_recipient("calls"), digits=4
        ),
        Figure(
            name="in four languages: AWS calls", ours=languages.per_recipient("calls"), digits=4
        ),
        *_growth(counts, peaks),
        *_money(taken),
    ]


def _costs(taken: dict[Way, _Taken]) -> list[Figure]:
    common_cpu_s = taken[common].spent.cpu_s
    return [
        _line("AWS calls per recipient, planning to done", taken, lambda x: x.calls, 0.061),
        _line("write units per recipient", taken, lambda x: x.spent.writes, 0.021),
        _line("read units per recipient", taken, lambda x: x.spent.reads, 0.025),
        _line(
            "write units per recipient for SES's events",
            taken,
            lambda x: 2 * x.spent.event_writes,
            0.01,
            digits=2,
        ),
        _line(
            "Python function calls per recipient",
            taken,
            lambda x: x.work.python_calls,
            300,
            digits=0,
        ),
        _line("C function calls per recipient", taken, lambda x: x.work.c_calls, digits=0),
        _line("CPU per recipient, µs", taken, lambda x: x.spent.cpu_s * 1e6, digits=0),
        _line(
            "CPU, as a part of the common way's",
            taken,
            lambda x: x.spent.cpu_s / common_cpu_s,
            0.1,
            digits=2,
        ),
    ]


def _growth(counts: dict[int, Counts], peaks: dict[int, int]) -> list[Figure]:
    planning = Figure(
        name="once per announcement: AWS calls", ours=counts[MAIN].planning_calls, digits=0
    )
    peak = Figure(
        name=f"memory of a worker, MB more for {SIZES[-1]:,} than for {MAIN:,}",
        ours=(peaks[SIZES[-1]] - peaks[MAIN]) / _KB,
        target=5,
        digits=1,
    )
    names = {"calls": "AWS calls", "writes": "write units", "reads": "read units"}
    growth = [figure for name in names for figure in _growth_of(name, names[name], counts)]
    return [*growth, planning, peak]


def _growth_of(name: str, text: str, counts: dict[int, Counts]) -> list[Figure]:
    """All of it at each size; and that a further recipient costs the same at any."""
    whole = [
        Figure(name=f"N = {number:,}: {text}", ours=each.per_recipient(name), digits=4)
        for number, each in counts.items()
    ]
    further = [
        (after.whole(name) - before.whole(name)) / (after.number - before.number)
        for before, after in pairwise(counts.values())
    ]
    same = Figure(
        name=f"a further recipient, {SIZES[0]:,} to {MAIN:,} and {MAIN:,} to {SIZES[-1]:,}: "
        f"{text} differ by",
        ours=spread(further),
        target=SAME_WITHIN,
        digits=2,
    )
    return [*whole, same]


def _money(taken: dict[Way, _Taken]) -> list[Figure]:
    dollars = [
        _line(
            f"dollars per million mails, {text}",
            taken,
            partial(_dollars, events=events),
            digits=2,
        )
        for events, text in ((1, "Send events"), (2, "Send and Delivery events"))
    ]
    minutes = [
        Figure(
            name=f"minutes per million mails at {rate:,} a second",
            **{
                way.__name__: each.spent.minutes(rate=rate, workers=_WORKERS[way])
                for way, each in taken.items()
            },
            digits=0,
        )
        for rate in RATES
    ]
    return dollars + minutes


def _dollars(taken: _Taken, *, events: int) -> float:
    return taken.spent.dollars(events=events)


def _line(
    name: str,
    taken: dict[Way, _Taken],
    value: Callable[[_Taken], float],
    target: float | None = None,
    *,
    digits: int = 3,
) -> Figure:
    values = {way.__name__: value(each) for way, each in taken.items()}
    return Figure(name=name, target=target, digits=digits, **values)


def _taken(way: Way, cpu_s: float, *, event_writes: float) -> _Taken:
    number = _SAMPLES[way]
    meter = count_way(way, number)
    return _Taken(
        work=profile(way, number),
        spent=Spent(
            calls={name: each / number for name, each in meter.calls.items()},
            reads=meter.reads / number,
            writes=meter.writes / number,
            cpu_s=cpu_s,
            event_writes=event_writes,
        ),
    )


def _times() -> dict[Way, float]:
    """The least CPU seconds of some rounds: what disturbs a round only adds to it."""
    rounds = [{way: cpu(way, each) for way, each in _SAMPLES.items()} for _ in range(_ROUNDS)]
    return {way: min(each[way] for each in rounds) for way in _SAMPLES}


def _child(number: int, *, shards: int = 1, languages: int = 1) -> tuple[Counts, int]:
    """The counts of an announcement, and the most KB that its process held."""
    command = [sys.executable, "-m", "tests.benchmarks.child"]
    done = subprocess.run(
        [*command, *map(str, (number, shards, languages))],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    values = json.loads(done.stdout)
    peak_kb = values.pop("peak_kb")
    return Counts(**values), peak_kb
