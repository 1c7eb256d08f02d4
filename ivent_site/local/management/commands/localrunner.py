"""`manage.py localrunner`: the laptop's Lambda."""

import dataclasses
import signal
from argparse import ArgumentParser

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from ivent_site.local.readiness import runner_heartbeat
from ivent_site.local.runner.routes import Route, ScheduleRoute, local_routes
from ivent_site.local.runner.runner import Runner, sources


class Command(BaseCommand):
    """Runs until SIGTERM or Ctrl-C."""

    help = "Call the handlers for the stream, the queues and the schedule, as AWS does."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--every",
            type=float,
            metavar="SECONDS",
            help="how often scheduled functions are called; else as zappa_settings.json says",
        )

    def handle(self, *, every: float | None, **_options: object) -> None:
        if not settings.LOCAL:
            raise CommandError("The local runner runs on the laptop only.")
        known = local_routes()
        if every is not None:
            known = [_paced(route, every) for route in known]
        runner = Runner(sources(known), heartbeat=runner_heartbeat())
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: runner.stop())
        died = runner.run()
        if died:
            raise CommandError(f"{died} died.")


def _paced(route: Route, every_s: float) -> Route:
    if isinstance(route, ScheduleRoute):
        return dataclasses.replace(route, every_s=every_s)
    return route
