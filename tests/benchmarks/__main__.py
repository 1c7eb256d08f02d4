"""`make bench`: what an announcement costs, beside two other ways to send it.

ARGS=--json prints the same for programs.
"""

import json
import os
import sys

import django

from tests.environment import PORT


def main() -> None:
    """Measure on a local AWS of its own, and print."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "ivent_site.settings"
    django.setup()
    from ivent_site.local import ministack
    from ivent_site.local.resources import create_resources
    from tests.benchmarks.figures import table
    from tests.benchmarks.measuring import NOTES, measure
    from tests.benchmarks.ways import SentRow

    process = ministack.start(PORT)
    try:
        create_resources()
        SentRow.create_table(wait=True)
        figures = measure(progress=_tell)
    finally:
        ministack.stop(process)
    if "--json" in sys.argv[1:]:
        report = {"figures": [each.as_json() for each in figures], "notes": NOTES}
        sys.stdout.write(json.dumps(report, indent=2, ensure_ascii=False) + "\n")
    else:
        sys.stdout.write(f"{table(figures)}\n\n" + "".join(f"- {note}\n" for note in NOTES))


def _tell(text: str) -> None:
    sys.stderr.write(f"{text} ...\n")


if __name__ == "__main__":
    main()
