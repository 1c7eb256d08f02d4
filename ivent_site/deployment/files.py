"""What is written for an environment, under `.local`: git ignores it."""

import json
import os
import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from django.conf import settings

from ivent_site.deployment.outputs import Outputs
from ivent_site.deployment.zappa_stages import zappa_settings


@dataclass(frozen=True, kw_only=True)
class EnvironmentFiles:
    """Zappa's settings, the environment variables for commands against it, and the package."""

    zappa: Path
    variables: Path
    package: Path

    @classmethod
    def of(cls, environment: str) -> Self:
        """Where they are, or will be."""
        directory = Path(settings.BASE_DIR) / ".local" / "deploy"
        return cls(
            zappa=directory / f"zappa_{environment}.json",
            variables=directory / f"{environment}.env",
            package=directory / f"{environment}.zip",
        )

    def write(self, outputs: Outputs) -> None:
        """Write Zappa's settings and the variables, for the user's eyes only."""
        self.zappa.parent.mkdir(parents=True, exist_ok=True)
        _write(self.zappa, json.dumps(zappa_settings(outputs), indent=2) + "\n")
        lines = (f"{name}={shlex.quote(value)}\n" for name, value in _variables(outputs))
        _write(self.variables, "".join(lines))


def _variables(outputs: Outputs) -> list[tuple[str, str]]:
    # How Lambda reaches AWS from inside its network is not how others do.
    return sorted(
        (name, value)
        for name, value in {**outputs.settings, "AWS_REGION": outputs.region}.items()
        if not name.startswith("AWS_ENDPOINT_URL")
    )


def _write(path: Path, text: str) -> None:
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
