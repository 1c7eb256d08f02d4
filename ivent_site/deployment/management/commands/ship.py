"""`manage.py ship ENV`: the code, onto what Terraform has made."""

from django.core.management.base import BaseCommand, CommandError, CommandParser

from ivent_site.deployment.outputs import OutputsError
from ivent_site.deployment.package import PackageError
from ivent_site.deployment.shipping import ShippingError, ship


class Command(BaseCommand):
    """What a pipeline runs after `terraform apply`."""

    help = "Package the code and put it onto both functions of an environment."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("environment")

    def handle(self, *, environment: str, **_: object) -> None:
        try:
            ship(environment, say=self.stdout.write)
        except (OutputsError, PackageError, ShippingError) as err:
            raise CommandError(str(err)) from err
        self.stdout.write(f"{environment} runs this code.")
