"""`manage.py deploy ENV`: all of an environment, from nothing or from what is there."""

import subprocess
import sys
from typing import Final

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from ivent_site.deployment.outputs import OutputsError, environment_directory

_PLAN: Final = "deploy.tfplan"
_NO_CHANGES, _CHANGES = 0, 2


class Command(BaseCommand):
    """Terraform's plan is shown and asked for; then the code is shipped and the site looked at."""

    help = "Plan, ask, apply, ship the code, and look whether the site answers."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("environment", help="dev, prod: a directory of terraform/envs")
        parser.add_argument("--yes", action="store_true", help="apply the plan without asking")
        parser.add_argument("--no-smoke", action="store_true", help="do not look at the site")

    def handle(self, *, environment: str, yes: bool, no_smoke: bool, **_: object) -> None:
        if not settings.LOCAL:
            raise CommandError("IVENT_STAGE is set: deploy from a shell without it.")
        try:
            directory = environment_directory(environment)
        except OutputsError as err:
            raise CommandError(str(err)) from err
        if not (directory / ".terraform").exists():
            raise CommandError(
                f"terraform -chdir={directory} init -backend-config=backend.hcl comes first, once: "
                "docs/deploying.md."
            )
        self._say("1/4 Terraform plans …")
        if self._terraform(environment, "plan", "-detailed-exitcode", f"-out={_PLAN}") == _CHANGES:
            if not yes and input(f"Apply this to {environment}? Type 'yes': ").strip() != "yes":
                raise CommandError("Nothing was changed.")
            self._say("2/4 Terraform applies …")
            self._terraform(environment, "apply", _PLAN)
        else:
            self._say("2/4 Nothing to apply.")
        self._say("3/4 The code …")
        call_command("ship", environment, stdout=self.stdout)
        if no_smoke:
            return
        self._say("4/4 The site …")
        call_command("smoke", environment, stdout=self.stdout)

    def _terraform(self, environment: str, *arguments: str) -> int:
        done = subprocess.run(  # noqa: S603 - our own arguments
            ["terraform", f"-chdir={environment_directory(environment)}", *arguments],  # noqa: S607 - wherever it is installed
            stdout=sys.stdout,
            check=False,
        )
        if done.returncode not in {_NO_CHANGES, _CHANGES}:
            raise CommandError(f"terraform {arguments[0]} failed.")
        return done.returncode

    def _say(self, text: str) -> None:
        self.stdout.write(self.style.MIGRATE_HEADING(text))
        self.stdout.flush()
