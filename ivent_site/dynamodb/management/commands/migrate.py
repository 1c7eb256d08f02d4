"""`manage.py migrate`: makes the tables that are missing. There is no schema to change."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db.migrations.autodetector import MigrationAutodetector

from ivent_site.dynamodb.tables import create_missing_tables


class Command(BaseCommand):
    """Creates the missing tables; safe to repeat."""

    help = "Creates the DynamoDB tables that are missing. Safe to repeat."
    requires_migrations_checks = False
    # A system check compares it with makemigrations'.
    autodetector = MigrationAutodetector

    def add_arguments(self, parser: CommandParser) -> None:
        # What Django's own commands and people's habits pass along; it changes nothing here.
        parser.add_argument("--noinput", "--no-input", action="store_true", help="Never asks.")

    def handle(self, *_: Any, **__: Any) -> None:
        made = create_missing_tables()
        for name in made:
            self.stdout.write(f"Created the table {name}.")
        if not made:
            self.stdout.write("Every table is there.")
