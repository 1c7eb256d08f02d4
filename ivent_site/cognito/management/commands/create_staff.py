"""`manage.py create_staff EMAIL --group admins`: an account for the admin, such as the first."""

from botocore.exceptions import BotoCoreError, ClientError
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email

from ivent_site.cognito.enums import Group
from ivent_site.cognito.staff import staff_create


class Command(BaseCommand):
    """Needs the rights to administer the user pool, which the functions do not have."""

    help = "Make a staff account in Cognito, or put one into more groups. Safe to repeat."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument(
            "--group", action="append", required=True, choices=[each.value for each in Group]
        )
        parser.add_argument("--no-invitation", action="store_true", help="mail no password")

    def handle(self, *, email: str, group: list[str], no_invitation: bool, **_: object) -> None:
        groups = [Group(each) for each in group]
        try:
            validate_email(email)
            made = staff_create(email=email, groups=groups, invite=not no_invitation)
        except ValidationError as err:
            raise CommandError(f"{email} is no e-mail address.") from err
        except (BotoCoreError, ClientError) as err:
            raise CommandError(f"Cognito refuses: {err}") from err
        done = "Made the account" if made else "The account was there; it is"
        self.stdout.write(f"{done} in {', '.join(group)}.")
