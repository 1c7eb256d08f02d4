"""`manage.py check_deployment ENV`: look at what was deployed, and say what to do."""

from typing import Final

from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from ivent_site.deployment.checks import Check, Finding, findings_of
from ivent_site.deployment.checks.functions import functions, mappings, schedule
from ivent_site.deployment.checks.mail import (
    SIMULATOR,
    account,
    events,
    identity,
    send_test_mail,
    suppression,
)
from ivent_site.deployment.checks.site import alarms, queues, site, staff, tables
from ivent_site.deployment.checks.zones import zone_rules
from ivent_site.deployment.outputs import OutputsError, outputs_read

CHECKS: Final[tuple[Check, ...]] = (
    functions,
    mappings,
    schedule,
    site,
    zone_rules,
    tables,
    queues,
    alarms,
    account,
    identity,
    events,
    suppression,
    staff,
)


class Command(BaseCommand):
    """Reads only, but for one test mail. Its exit code is 1 when something is not good."""

    help = "Check what was deployed to an environment, and send one test mail."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("environment")
        parser.add_argument("--mail-to", default=SIMULATOR, help="who gets the test mail")

    def handle(self, *, environment: str, mail_to: str, **_: object) -> None:
        try:
            outputs = outputs_read(environment)
        except OutputsError as err:
            raise CommandError(str(err)) from err
        if outputs.name != settings.RESOURCE_PREFIX:
            raise CommandError(
                f"These are not the variables of {environment}: "
                f'make manage ENV={environment} ARGS="check_deployment {environment}"'
            )
        findings = [found for check in CHECKS for found in findings_of(check, outputs)]
        findings.append(_mailed(mail_to))
        for finding in findings:
            self.stdout.write(
                f"{'ok  ' if finding.good else 'LOOK'}  {finding.about}: {finding.seen}"
            )
            if not finding.good:
                self.stdout.write(f"      → {finding.advice}")
        bad = sum(not finding.good for finding in findings)
        if bad:
            raise CommandError(f"{bad} of {len(findings)} need a look.")
        self.stdout.write(f"All {len(findings)} are good.")


def _mailed(to: str) -> Finding:
    try:
        return send_test_mail(to)
    except (BotoCoreError, ClientError) as err:
        return Finding(
            about="one test mail",
            good=False,
            seen=str(err),
            advice="Until SES is out of its sandbox, --mail-to takes verified addresses only.",
        )
