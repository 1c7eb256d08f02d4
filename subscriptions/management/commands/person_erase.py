"""`manage.py person_erase EMAIL`: forget a person."""

from django.core.management.base import BaseCommand, CommandError, CommandParser

from subscriptions.addresses import AddressError
from subscriptions.privacy import person_erase


class Command(BaseCommand):
    """Safe to repeat. Backups keep what they have until they are over."""

    help = "Erase everything that is stored about a subscriber. Cannot be undone."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--yes", action="store_true", help="do not ask")

    def handle(self, *, email: str, yes: bool, **_: object) -> None:
        if not yes and not self._agreed():
            raise CommandError("Nothing was erased.")
        try:
            erased = person_erase(email=email)
        except AddressError as err:
            raise CommandError(str(err)) from err
        self.stdout.write("Erased." if erased else "Nothing is stored about this address.")

    def _agreed(self) -> bool:
        self.stdout.write("The subscription, its history and its mails' results will be gone.")
        return input("Type 'erase' to go on: ").strip() == "erase"
