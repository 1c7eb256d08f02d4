"""`manage.py api_gateway`: the API as Terraform makes it, on standard output or in its file."""

import json
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from drf_spectacular.generators import SchemaGenerator

from ivent_site.api.gateway import gateway_description

FILE = settings.BASE_DIR / "terraform" / "modules" / "api_gateway" / "api.json"


def gateway_json() -> str:
    """The description of the API as it is now, as the file holds it."""
    openapi = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    return json.dumps(gateway_description(openapi), indent=2, sort_keys=True) + "\n"


class Command(BaseCommand):
    """`api_gateway [--write]`."""

    help = "Describe the API for Terraform, from its OpenAPI."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--write", action="store_true", help=f"write {FILE.name}")

    def handle(self, **options: Any) -> None:
        if options["write"]:
            FILE.write_text(gateway_json())
        else:
            self.stdout.write(gateway_json(), ending="")
