"""One announcement to so many readers in a process of its own: `python -m tests.benchmarks.child`.

Arguments: readers, shards, languages. Prints what it cost as one line of JSON. The local AWS
is the one that the environment names.
"""

import json
import os
import sys
from dataclasses import asdict
from pathlib import Path

import django


def main() -> None:
    """Count, and print."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ivent_site.settings")
    django.setup()
    from tests.benchmarks.counting import count

    number, shards, languages = map(int, sys.argv[1:])
    counts = count(number=number, shards=shards, languages=languages)
    sys.stdout.write(json.dumps({**asdict(counts), "peak_kb": _peak_kb()}) + "\n")


def _peak_kb() -> int:
    """The most memory that the process ever held; getrusage would tell of its parent's too."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1])
    raise RuntimeError("The system does not tell how much memory a process has held.")


if __name__ == "__main__":
    main()
