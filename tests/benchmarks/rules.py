"""`python -m tests.benchmarks.rules [EVENTS]`: what new rules of time zones cost.

So many upcoming events, once in a zone that 2026f moves, once in one that it leaves alone: events
derived a second on this machine, and calls to DynamoDB for a thousand events.
"""

import os
import sys
import time
from datetime import UTC, datetime, timedelta

from tests import environment  # noqa: F401 - before Django's settings are read

FIRST = datetime(2026, 12, 5, 18)  # noqa: DTZ001 - on the clock


def fill(number: int, *, zone: str) -> None:
    """So many published events that were announced, an hour apart, by the rules in use."""
    from events.outbox import set_content
    from events.tables import EventRow
    from events.wall_clock import WallClock
    from ivent_site.ids import uuid7
    from tests.dynamodb_in_process import rows_put
    from tests.factories import make_data

    def row(place: int) -> EventRow:
        day, hour = divmod(place, 20)
        # In winter, when the zones differ, and clear of any change of clocks.
        local = FIRST.replace(hour=3) + timedelta(days=day % 60, hours=hour, minutes=day // 60)
        found = EventRow(id=uuid7(), version=1, status="published")
        found.created_at = found.updated_at = datetime(2026, 11, 1, tzinfo=UTC)
        clock = WallClock(local)
        set_content(found, make_data(title="Fair", starts=clock, ends=None, timezone=zone))
        return found

    rows_put(map(row, range(number)))


def measure(number: int, zone: str) -> tuple[int, float, dict[str, int]]:
    """How many were moved, how many were derived a second, and the calls."""
    from events.derive import derive_upcoming
    from tests.clock.rules import NEW, OLD, rules, switch_rules
    from tests.dynamodb_calls import dynamodb_calls
    from tests.dynamodb_in_process import rows_forget

    now = datetime(2026, 11, 28, 10, tzinfo=UTC)
    rows_forget()
    with rules(OLD):
        fill(number, zone=zone)
        switch_rules(NEW)
        with dynamodb_calls() as calls:
            begun = time.perf_counter()
            moved = derive_upcoming(now=now, pages=1 + number // 250 + 3)
            taken = time.perf_counter() - begun
    return moved, number / taken, dict(calls)


def main(number: int = 5_000) -> None:
    """Print both."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ivent_site.settings")
    django.setup()
    from ivent_site.dynamodb.tables import create_missing_tables
    from tests.dynamodb_in_process import dynamodb_in_process

    with dynamodb_in_process():
        create_missing_tables()
        for zone in ("America/Vancouver", "Europe/Berlin"):
            moved, rate, calls = measure(number, zone)
            per_thousand = sum(calls.values()) * 1000 / number
            sys.stdout.write(
                f"{zone}: {number} events, {moved} moved, {rate:,.0f} a second,"
                f" {per_thousand:.1f} calls for a thousand: {calls}\n"
            )


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
