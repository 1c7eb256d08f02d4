"""`manage.py terraform_tables`: tells Terraform which tables there are."""

import json
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from ivent_site.dynamodb.table_specs import table_specs

PATH = settings.BASE_DIR / "terraform" / "modules" / "dynamodb" / "tables.json"


class Command(BaseCommand):
    """Run it after changing a table's keys or indexes; a test fails until then."""

    help = "Write terraform/modules/dynamodb/tables.json from the PynamoDB models."
    requires_system_checks = []

    def handle(self, **_: Any) -> None:
        specs = table_specs()
        PATH.write_text(json.dumps(specs, indent=2) + "\n")
        self.stdout.write(f"Wrote {len(specs)} tables.")
