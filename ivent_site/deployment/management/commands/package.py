"""`manage.py package`: the package for a platform, built and checked, without an environment."""

import json
import tempfile
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from ivent_site.deployment.package import PackageError, package_build
from ivent_site.deployment.platforms import ARCHITECTURES, Platform, own_runtime
from ivent_site.deployment.zappa_stages import package_stage


class Command(BaseCommand):
    """To look at, and for CI: it has the laptop's routes, and `ship` builds its own."""

    help = "Build and check the Lambda package, and say where it is."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--architecture", choices=ARCHITECTURES, default=ARCHITECTURES[0])

    def handle(self, *, architecture: str, **_: object) -> None:
        platform = Platform(own_runtime(), architecture)
        target = Path(settings.BASE_DIR) / ".local" / "package" / f"{architecture}.zip"
        with tempfile.TemporaryDirectory(prefix="ivent-stages-") as directory:
            stages = Path(directory) / "zappa.json"
            stages.write_text(json.dumps(package_stage(platform)))
            try:
                size = package_build(
                    zappa_settings=stages, platform=platform, target=target, say=self.stdout.write
                )
            except PackageError as err:
                raise CommandError(str(err)) from err
        self.stdout.write(f"{target} has {size / 1_000_000:.1f} MB and runs on {platform}.")
