"""The code's way onto the functions that Terraform has made."""

import os
import shlex
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from django.conf import settings

from ivent_site.deployment.files import EnvironmentFiles
from ivent_site.deployment.outputs import Outputs, outputs_read
from ivent_site.deployment.package import package_build
from ivent_site.deployment.zappa_stages import ROLES


class ShippingError(Exception):
    """A step has failed; the message names it and says why."""


def ship(environment: str, *, say: Callable[[str], None]) -> Outputs:
    """Package the work tree, and put it onto both functions of the environment.

    Safe to repeat. Raises OutputsError, PackageError, ShippingError.
    """
    files = EnvironmentFiles.of(environment)
    say(f"Reading Terraform's outputs of {environment} …")
    outputs = outputs_read(environment)
    files.write(outputs)
    size = package_build(
        zappa_settings=files.zappa, platform=outputs.platform, target=files.package, say=say
    )
    say(f"The package has {size / 1_000_000:.1f} MB.")
    # First who handles what is queued, then who queues it.
    for role in reversed(ROLES):
        say(f"Updating {outputs.name}-{role} …")
        run_step(
            str(Path(sys.executable).parent / "zappa"),
            *("update", role),
            *("--settings_file", str(files.zappa), "--zip", str(files.package)),
        )
    say("Looking for every table …")
    run_step(
        *(sys.executable, "manage.py", "migrate", "--check"),
        environ={**os.environ, **variables_read(files.variables)},
    )
    return outputs


def variables_read(path: Path) -> dict[str, str]:
    """The variables in a file that `EnvironmentFiles` has written."""
    pairs = (word.partition("=") for word in shlex.split(path.read_text()))
    return {name: value for name, _, value in pairs}


def run_step(*command: str, environ: Mapping[str, str] | None = None) -> None:
    """Run a command of a deployment from the project's folder; ShippingError if it fails."""
    done = subprocess.run(  # noqa: S603 - our own tools and arguments
        command, cwd=settings.BASE_DIR, env=environ, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise ShippingError(f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}")
