"""`manage.py restore_drill TABLE`: prove that a table could be brought back."""

from botocore.exceptions import BotoCoreError, ClientError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from ivent_site.deployment.restore import RestoreError, restore_drill
from ivent_site.dynamodb.tables import all_rows


class Command(BaseCommand):
    """Reads the live table; writes nothing to it."""

    help = "Restore a table to a copy, compare a sample of it, and remove the copy."

    def add_arguments(self, parser: CommandParser) -> None:
        names = sorted(row.Meta.table_name.split("-")[-1] for row in all_rows())
        parser.add_argument("table", choices=names)

    def handle(self, *, table: str, **_: object) -> None:
        try:
            drill = restore_drill(table=table, say=self.stdout.write)
        except (RestoreError, BotoCoreError, ClientError) as err:
            raise CommandError(str(err)) from err
        self.stdout.write(
            f"As of {drill.restored_to:%Y-%m-%d %H:%M:%S} UTC, in {drill.took_s} s: "
            f"about {drill.count} items, {drill.compared} compared, "
            f"{drill.differing} changed since."
        )
        if drill.compared and drill.differing == drill.compared:
            raise CommandError("Not one item is as it was: look at it before you count on it.")
