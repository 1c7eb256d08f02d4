"""What large numbers take: an export of a million subscribers, imports of the largest files.

`make bench` ends with it. Each case runs in a process of its own, so that its memory is its own;
the subscriptions are answered in that process, and everything else is asked of a local AWS.
"""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from typing import Any, Final

import django

from tests.benchmarks.figures import Figure
from tests.benchmarks.scale import scaled
from tests.environment import PORT

# What Lambda passes on (https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html).
REPLY_MB: Final = 6
FLAT_MB: Final = 5.0
# Of the smaller stages' functions.
LAMBDA_MB: Final = 512
SIZES: Final = scaled((10_000, 100_000, 1_000_000), (100, 1_000, 10_001))
_MILLION: Final = SIZES[-1]
# More than fit into the largest file, and the most that it may have.
_FULL, _PART, _SHORT = scaled((1_000_000, 10_000, 200_000), (1_000, 100, 1_000))
_WIDEST, _WRITES = scaled((20_000, 300), (200, 100))
_KB: Final = 1024

Took = Mapping[str, Any]


def measure() -> list[Figure]:
    """Everything, one after the other; some ten minutes."""
    pages = {number: _run("export-page", number) for number in SIZES}
    commands = {number: _run("export-command", number) for number in SIZES}
    full, part = _run_import(_FULL), _run_import(_PART)
    return [
        *_export(pages, _run("export-widest", _WIDEST)),
        *_command(commands),
        *_import(full, part, _run("import-writes", _WRITES)),
        *_shortest(_run("import-shortest", _SHORT)),
    ]


def _export(pages: Mapping[int, Took], widest: Took) -> list[Figure]:
    whole = pages[_MILLION]
    return [
        _plain("export by the page, a million: requests", whole["requests"]),
        _plain("DynamoDB calls, sessions and history included", whole["calls"]),
        _plain("read units", whole["read_units"]),
        _plain("MB of CSV", whole["bytes"] / 1e6),
        Figure(name="largest reply, MB", ours=_mb(whole), target=REPLY_MB, digits=1),
        Figure(
            name="largest reply, each field as long as it may be, MB",
            ours=_mb(widest),
            target=REPLY_MB,
            digits=1,
        ),
        Figure(name="longest request, CPU s", ours=whole["request_cpu_s"], digits=1),
        *_memory("export by the page", pages),
    ]


def _command(commands: Mapping[int, Took]) -> list[Figure]:
    whole = commands[_MILLION]
    return [
        _plain("manage.py export_subscribers, a million: DynamoDB calls", whole["calls"]),
        Figure(name="CPU s", ours=whole["cpu_s"], digits=0),
        *_memory("export_subscribers", commands),
    ]


def _import(full: Took, part: Took, units: Took) -> list[Figure]:
    return [
        _plain("import of a file of 4 MB: people", full["rows"]),
        Figure(name="checking it, CPU s", ours=full["check_cpu_s"], digits=1),
        _plain("checking it, DynamoDB calls", full["check_calls"]),
        Figure(
            name="memory while it is checked, MB",
            ours=full["peak_kb"] / _KB,
            target=LAMBDA_MB,
            digits=0,
        ),
        _plain("parts", full["parts"]),
        Figure(name="longest part, CPU s", ours=full["step_cpu_s"], digits=1),
        Figure(name="AWS calls for each of the people", ours=full["calls_each"], digits=2),
        Figure(name="write units for each of the people", ours=units["writes_each"], digits=1),
        Figure(
            name=f"memory of the parts, MB more than for {part['rows']:,} people",
            ours=(full["parts_peak_kb"] - part["parts_peak_kb"]) / _KB,
            target=FLAT_MB,
            digits=1,
        ),
    ]


def _shortest(short: Took) -> list[Figure]:
    return [
        _plain("import of the most rows that a file may have", short["rows"]),
        Figure(name="checking it, CPU s", ours=short["check_cpu_s"], digits=1),
        Figure(
            name="memory while it is checked, MB",
            ours=short["peak_kb"] / _KB,
            target=LAMBDA_MB,
            digits=0,
        ),
    ]


def _memory(what: str, took: Mapping[int, Took]) -> list[Figure]:
    peaks = {number: each["peak_kb"] / _KB for number, each in took.items()}
    return [
        *(Figure(name=f"{what}, {n:,}: memory, MB", ours=mb, digits=1) for n, mb in peaks.items()),
        Figure(
            name=f"{what}: MB more for a million than for {SIZES[0]:,}",
            ours=peaks[_MILLION] - peaks[SIZES[0]],
            target=FLAT_MB,
            digits=1,
        ),
    ]


def _plain(name: str, value: float) -> Figure:
    return Figure(name=name, ours=value, digits=0)


def _mb(took: Took) -> float:
    return float(took["reply_bytes"]) / 1e6


def _run_import(number: int) -> Took:
    """A file is checked by one process, and its parts are imported by another."""
    checked = _run("import", number)
    parts = _run("import-parts", checked["rows"])
    return {**parts, **checked, "parts_peak_kb": parts["peak_kb"]}


def _run(case: str, number: int) -> Took:
    sys.stderr.write(f"{case}, {number:,} ...\n")
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.bulk_child", case, str(number)],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    took: Took = json.loads(done.stdout.splitlines()[-1])
    sys.stderr.write(f"    {took}\n")
    return took


def _table(figures: list[Figure]) -> str:
    """The lines, as Markdown, without the ways that are none here."""
    lines = [["figure", "target", "Ivent", "met"], ["---", "---:", "---:", "---:"]]
    for each in figures:
        name, target, ours, *_others, met = each.cells()
        lines.append([name, target, ours, met])
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def main() -> None:
    """Measure on a local AWS of its own, and print."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "ivent_site.settings"
    django.setup()
    from ivent_site.local import ministack
    from ivent_site.local.resources import create_resources
    from tests.factories import make_topic

    process = ministack.start(PORT)
    try:
        create_resources()
        for slug in ("music", "open-air"):
            make_topic(slug)
        figures = measure()
    finally:
        ministack.stop(process)
    told = (
        json.dumps([each.as_json() for each in figures], indent=2)
        if "--json" in sys.argv[1:]
        else _table(figures)
    )
    sys.stdout.write(f"{told}\n")


if __name__ == "__main__":
    main()
