"""`manage.py zappa_settings ENV`: from Terraform's outputs to Zappa's settings."""

from django.core.management.base import BaseCommand, CommandError, CommandParser

from ivent_site.deployment.files import EnvironmentFiles
from ivent_site.deployment.outputs import OutputsError, outputs_read


class Command(BaseCommand):
    """Nothing of it is written by hand, nor kept in git."""

    help = "Write Zappa's settings of an environment, and its variables, from Terraform's outputs."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("environment", help="dev, prod: a directory of terraform/envs")

    def handle(self, *, environment: str, **_: object) -> None:
        files = EnvironmentFiles.of(environment)
        try:
            files.write(outputs_read(environment))
        except OutputsError as err:
            raise CommandError(str(err)) from err
        self.stdout.write(f"Wrote {files.zappa} and {files.variables}.")
