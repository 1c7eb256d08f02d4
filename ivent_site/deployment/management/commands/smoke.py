"""`manage.py smoke ENV`: whether the site answers at its address."""

from django.core.management.base import BaseCommand, CommandError, CommandParser

from ivent_site.deployment.checks.site import site
from ivent_site.deployment.outputs import OutputsError, outputs_read


class Command(BaseCommand):
    """From outside, as anybody; needs no rights."""

    help = "See whether pages and API of an environment answer as they should."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("environment")

    def handle(self, *, environment: str, **_: object) -> None:
        try:
            findings = [*site(outputs_read(environment))]
        except OutputsError as err:
            raise CommandError(str(err)) from err
        for finding in findings:
            mark = "ok  " if finding.good else "BAD "
            self.stdout.write(f"{mark}  {finding.about}: {finding.seen}")
        if not all(finding.good for finding in findings):
            raise CommandError("The site does not answer as it should: see docs/runbook.md.")
