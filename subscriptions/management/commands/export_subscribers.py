"""`manage.py export_subscribers > FILE`: all subscribers as CSV, in as little memory as one."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from subscriptions.enums import SubscriptionStatus
from subscriptions.exports import export_parts


class Command(BaseCommand):
    """Writes part by part, however many there are."""

    help = "Writes all subscribers, or those of one status, as CSV to the standard output."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--status", choices=[*SubscriptionStatus])

    def handle(self, *_: Any, **options: Any) -> None:
        status = options["status"]
        for text in export_parts(status=SubscriptionStatus(status) if status else None):
            self.stdout.write(text, ending="")
