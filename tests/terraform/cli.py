"""Terraform, run on a copy of the project's configuration."""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2] / "terraform"


def _folders(*patterns: str) -> list[str]:
    found = {path.parent for pattern in patterns for path in ROOT.glob(f"{pattern}/*.tf")}
    return sorted(str(path.relative_to(ROOT)) for path in found)


# What is applied, and what it is made of.
APPLIED = _folders("*", "envs/*")
MODULES = _folders("modules/*")

_PROVIDER = "registry.terraform.io/hashicorp/aws"
# An apply leaves these behind; none of them is configuration.
_STATE = shutil.ignore_patterns(".terraform", "*.tfstate*", "*.tfplan", "crash*.log")


class TerraformFailedError(AssertionError):
    """Terraform said no; the message is what it said."""


class Terraform:
    """The binary, with the AWS provider of a local mirror and a copy of the configuration.

    One provider runs for all calls: each start of it costs seconds, and `terraform test` starts
    it anew for each run. So no two calls may be made at the same time.
    """

    def __init__(self, *, plugin_dir: Path, folder: Path, attached: str) -> None:
        self.folder = folder
        self._plugin_dir = plugin_dir
        self._attached = attached
        shutil.copytree(ROOT, folder, ignore=_STATE)
        # The state of these plans is a file, and empty.
        for applied in APPLIED:
            backend = 'terraform {\n  backend "local" {}\n}\n'
            (folder / applied / "backend_override.tf").write_text(backend)

    def __call__(self, *args: str, cwd: str = ".", attach: bool = True) -> str:
        """What a call prints. Raises TerraformFailedError.

        A provider can be attached that only has to know its schema; it is set up just once.
        """
        environment = _environment()
        if attach:
            environment["TF_REATTACH_PROVIDERS"] = self._attached
        done = subprocess.run(
            ["terraform", *args],
            cwd=self.folder / cwd,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if done.returncode:
            raise TerraformFailedError(f"terraform {' '.join(args)} in {cwd}:\n{done.stdout}")
        return done.stdout

    def init(self, cwd: str) -> None:
        """Installs a folder's modules, and the provider if it is the one that its lock pins."""
        self(
            "init", "-input=false", "-no-color", "-lockfile=readonly",
            f"-plugin-dir={self._plugin_dir}", cwd=cwd, attach=False,
        )  # fmt: skip

    def plan(self, cwd: str, *options: str) -> dict[str, Any]:
        """The plan of a folder, after `init`, as data: what `terraform show -json` gives."""
        self(
            "plan", "-input=false", "-no-color", "-lock=false", "-out=test.tfplan", *options,
            cwd=cwd, attach=False,
        )  # fmt: skip
        shown = self("show", "-json", "test.tfplan", cwd=cwd)
        plan: dict[str, Any] = json.loads(shown)
        return plan


def missing() -> str | None:
    """Why Terraform cannot be run here; None if it can."""
    if shutil.which("terraform") is None:
        return "terraform is not on the path"
    if not os.environ.get("TF_PLUGIN_DIR"):
        return "TF_PLUGIN_DIR names no mirror of Terraform's AWS provider"
    if not _provider_binaries(Path(os.environ["TF_PLUGIN_DIR"])):
        return f"TF_PLUGIN_DIR has no {_PROVIDER}"
    return None


@contextmanager
def running(folder: Path) -> Iterator[Terraform]:
    """Terraform on a copy in `folder`, with its provider running."""
    plugin_dir = Path(os.environ["TF_PLUGIN_DIR"])
    with subprocess.Popen(
        [_provider_binaries(plugin_dir)[-1], "-debug"],
        env=_environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as provider:
        try:
            assert provider.stdout is not None
            attached = next(
                found[1]
                for line in provider.stdout
                if (found := re.search("TF_REATTACH_PROVIDERS='(.+)'", line))
            )
            yield Terraform(plugin_dir=plugin_dir, folder=folder, attached=attached)
        finally:
            provider.kill()


def _provider_binaries(plugin_dir: Path) -> list[Path]:
    return sorted(plugin_dir.glob(f"{_PROVIDER}/*/*/terraform-provider-aws_*"))


def _environment() -> dict[str, str]:
    # A person's own settings of Terraform may name files that are not there.
    kept = {key: value for key, value in os.environ.items() if not key.startswith("TF_")}
    return kept | {
        # Memory for time: the provider's schema is large, and lives for a second.
        "GOGC": "800",
        "CHECKPOINT_DISABLE": "1",
        "TF_IN_AUTOMATION": "1",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_EC2_METADATA_DISABLED": "true",
    }
