"""`manage.py localsetup`: make everything that the laptop's system needs on its local AWS."""

from argparse import ArgumentParser

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse

from ivent_site.dynamodb.tables import changed_tables
from ivent_site.local.clients import client
from ivent_site.local.outputs import write_outputs
from ivent_site.local.readiness import MAIL_SINK_PORT
from ivent_site.local.resources import create_resources
from ivent_site.local.runner.routes import local_routes
from ivent_site.local.runner.runner import deliver_all
from ivent_site.local.user_pool import create_user_pool


class Command(BaseCommand):
    """Safe to repeat; the sample data is loaded once in the life of a state."""

    help = "Create the local AWS resources, people and sample data that are not there yet."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--mail-sink-port", type=int, required=True)

    def handle(self, *, mail_sink_port: int, **_options: object) -> None:
        if not settings.LOCAL:
            raise CommandError("localsetup is for the laptop: elsewhere Terraform does this.")
        if changed := changed_tables():
            raise CommandError(
                f"The state in {settings.LOCAL_DIR} is of another version of Ivent, which kept "
                f"{', '.join(changed)} otherwise. Remove the folder, and start again."
            )
        endpoint_url = str(settings.AWS_ENDPOINT_URL)
        create_resources()
        pool = create_user_pool(
            callback_urls=[settings.PUBLIC_ORIGIN + reverse("cognito:callback")],
            logout_urls=[settings.PUBLIC_ORIGIN + reverse("admin:login")],
        )
        write_outputs(
            {
                "AWS_ENDPOINT_URL": endpoint_url,
                "PUBLIC_URL": settings.PUBLIC_URL,
                "COGNITO_USER_POOL_ID": pool.pool_id,
                "COGNITO_CLIENT_IDS": pool.client_id,
                "COGNITO_HOSTED_URL": endpoint_url,
                MAIL_SINK_PORT: str(mail_sink_port),
            }
        )
        _load_sample_data()


def _load_sample_data() -> None:
    # The mark lives and dies with the local AWS, as the data does.
    ssm, mark = client("ssm"), f"/{settings.RESOURCE_PREFIX}/sample-data"
    try:
        ssm.get_parameter(Name=mark)
    except ssm.exceptions.ParameterNotFound:
        call_command("load_sample_events")
        # Announced like any event, but while there is nobody to mail.
        deliver_all(local_routes())
        call_command("load_sample_subscriptions")
        ssm.put_parameter(Name=mark, Value="loaded", Type="String", Overwrite=True)
