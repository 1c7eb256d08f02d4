"""`manage.py runlocal`: what `make run` runs."""

import logging
import os
from argparse import ArgumentParser
from contextlib import suppress

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    """Runs until Ctrl-C or SIGTERM."""

    help = "Run the whole system on this machine; PORT and AWS_PORT choose the ports."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=os.environ.get("PORT", "8000"))
        parser.add_argument("--aws-port", type=int, default=os.environ.get("AWS_PORT", "4566"))
        parser.add_argument(
            "--every",
            type=float,
            metavar="SECONDS",
            help="how often scheduled functions are called; else as zappa_settings.json says",
        )

    def handle(self, *, port: int, aws_port: int, every: float | None, **_: object) -> None:
        if not settings.LOCAL:
            raise CommandError("IVENT_STAGE is set: this stage runs on AWS.")
        # The terminal belongs to the person; the children's logs are in files.
        logging.getLogger().setLevel(logging.WARNING)
        # Its libraries are a developer's: the Lambda package goes without them.
        from ivent_site.local.supervisor import Supervisor, SupervisorError

        try:
            Supervisor(port=port, aws_port=aws_port, every=every, say=self._say).run()
        except SupervisorError as err:
            raise CommandError(str(err)) from err

    def _say(self, text: str) -> None:
        # A terminal that was closed must not keep the parts from being stopped in order.
        with suppress(OSError):
            self.stdout.write(text)
            self.stdout.flush()
