"""`manage.py zone_changes [--write]`: which zones the last two years' releases of rules changed."""

import json
from importlib.metadata import version

from django.core.management.base import BaseCommand, CommandError, CommandParser

from ivent_site.deployment.zone_releases import ZoneReleaseError, changes_of, releases_lately
from ivent_site.zone_changes import ZONE_CHANGES_FILE


class Command(BaseCommand):
    """Reads the releases from PyPI; prints the changes, or writes them for the site to read."""

    help = "Compare the locked time zone rules with the releases of the last two years."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--write", action="store_true", help="into ivent_site/zone_changes.json"
        )

    def handle(self, *, write: bool, **_: object) -> None:
        try:
            changes = changes_of(list(releases_lately(version("tzdata"))))
        except ZoneReleaseError as err:
            raise CommandError(str(err)) from err
        text = json.dumps(changes, indent=1) + "\n"
        if write:
            ZONE_CHANGES_FILE.write_text(text, encoding="utf-8")
        else:
            self.stdout.write(text, ending="")
