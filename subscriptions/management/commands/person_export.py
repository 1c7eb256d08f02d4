"""`manage.py person_export EMAIL`: what is stored about a person, as JSON."""

import json

from django.core.management.base import BaseCommand, CommandError, CommandParser

from subscriptions.addresses import AddressError
from subscriptions.privacy import person_export


class Command(BaseCommand):
    """For whoever asks what is known about them; staff accounts are Cognito's."""

    help = "Print everything that is stored about a subscriber, as JSON."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")

    def handle(self, *, email: str, **_: object) -> None:
        try:
            stored = person_export(email=email)
        except AddressError as err:
            raise CommandError(str(err)) from err
        if stored is None:
            raise CommandError("Nothing is stored about this address.")
        self.stdout.write(json.dumps(stored, indent=2, ensure_ascii=False))
