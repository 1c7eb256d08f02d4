"""`manage.py local_token`: a Cognito token for curl."""

from argparse import ArgumentParser

from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from ivent_site.local.clients import client
from ivent_site.local.outputs import read_outputs
from ivent_site.local.user_pool import PASSWORD, PEOPLE


class Command(BaseCommand):
    """Prints the token and nothing else."""

    help = "Print a Cognito ID token of one of the local people."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("user", help="admin, editor, viewer, member; or the whole address")
        parser.add_argument("--access", action="store_true", help="an access token instead")

    def handle(self, *, user: str, access: bool, **_options: object) -> None:
        if not settings.LOCAL:
            raise CommandError("IVENT_STAGE is set: local tokens are for the laptop.")
        email = user if "@" in user else f"{user}@example.com"
        if email not in PEOPLE:
            raise CommandError(f"There is no {email}; there are {', '.join(PEOPLE)}.")
        self.stdout.write(_token(email, "AccessToken" if access else "IdToken"))


def _token(email: str, kind: str) -> str:
    # The file, not the settings: it names the system that runs, whatever the shell has set.
    outputs = read_outputs()
    try:
        cognito = client("cognito-idp", endpoint_url=outputs["AWS_ENDPOINT_URL"])
        result = cognito.initiate_auth(
            AuthFlow="USER_PASSWORD_AUTH",
            ClientId=outputs["COGNITO_CLIENT_IDS"],
            AuthParameters={"USERNAME": email, "PASSWORD": PASSWORD},
        )
    except (KeyError, BotoCoreError) as err:
        raise CommandError("The local system is not running: start it with make run.") from err
    except ClientError as err:
        raise CommandError(f"Cognito refuses {email}: {err.response['Error']['Code']}.") from err
    token: str = result["AuthenticationResult"][kind]
    return token
