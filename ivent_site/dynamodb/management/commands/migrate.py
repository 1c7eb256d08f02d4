"""`manage.py migrate`: makes the tables that are missing. There is no schema to change.

On AWS Terraform makes them; there, `--check` says whether it has.
"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.migrations.autodetector import MigrationAutodetector

from ivent_site.dynamodb.tables import create_missing_tables, missing_tables


class Command(BaseCommand):
    """Creates the missing tables; safe to repeat."""

    help = "Creates the DynamoDB tables that are missing. Safe to repeat."
    requires_migrations_checks = False
    # A system check compares it with makemigrations'.
    autodetector = MigrationAutodetector

    def add_arguments(self, parser: CommandParser) -> None:
        # What Django's own commands and people's habits pass along; it changes nothing here.
        parser.add_argument("--noinput", "--no-input", action="store_true", help="Never asks.")

        parser.add_argument(
            "--check", action="store_true", help="Make nothing; fail if a table is missing."
        )

    def handle(self, *_: Any, check: bool = False, **__: Any) -> None:
        if check:
            missing = missing_tables()
            if missing:
                raise CommandError(f"Missing: {', '.join(missing)}.")
            self.stdout.write("Every table is there.")
            return
        made = create_missing_tables()
        for name in made:
            self.stdout.write(f"Created the table {name}.")
        if not made:
            self.stdout.write("Every table is there.")
