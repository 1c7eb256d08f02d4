"""`manage.py localweb`: the laptop's web server."""

import signal
from argparse import ArgumentParser
from typing import NoReturn

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.core.servers import basehttp
from django.core.wsgi import get_wsgi_application


class Server(basehttp.WSGIServer):
    """Django's, with room for more than ten callers at the door."""

    request_queue_size = 128


class Command(BaseCommand):
    """Django's threaded server, without reloading; SIGTERM ends it."""

    help = "Serve the project on 127.0.0.1."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, required=True)

    def handle(self, *, port: int, **_options: object) -> None:
        if not settings.LOCAL:
            raise CommandError("localweb serves the laptop only.")
        signal.signal(signal.SIGTERM, _end)
        basehttp.run("127.0.0.1", port, get_wsgi_application(), threading=True, server_cls=Server)


def _end(*_: object) -> NoReturn:
    raise SystemExit(0)
