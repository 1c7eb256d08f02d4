"""What Terraform knows of an environment: its outputs, typed."""

import json
import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from django.conf import settings

from ivent_site.deployment.platforms import Platform

EVENT_SOURCES = ("stream", "fanout", "requests", "feedback")


class OutputsError(Exception):
    """Terraform has no such outputs; the message says what to do."""


@dataclass(frozen=True, kw_only=True)
class Function:
    """A Lambda function, as far as `zappa update` would otherwise change it."""

    function_name: str
    role_name: str
    memory_size: int
    timeout_seconds: int
    vpc_config: Mapping[str, Any]
    # None: not reserved.
    reserved_concurrency: int | None
    # Empty: AWS's own key.
    kms_key_arn: str
    xray: bool

    @classmethod
    def parse(cls, values: Mapping[str, Any]) -> Self:
        """A function from Terraform's output; KeyError names what is not there."""
        reserved = values.get("reserved_concurrency")
        return cls(
            function_name=values["function_name"],
            role_name=values["role_name"],
            memory_size=values["memory_size"],
            timeout_seconds=values["timeout_seconds"],
            vpc_config=values.get("vpc_config") or {},
            reserved_concurrency=None if reserved is None or reserved < 0 else reserved,
            kms_key_arn=values.get("kms_key_arn") or "",
            xray=bool(values.get("xray")),
        )


@dataclass(frozen=True, kw_only=True)
class Outputs:
    """An environment. `settings` are the environment variables of its functions."""

    name: str
    region: str
    settings: Mapping[str, str]
    platform: Platform
    web: Function
    worker: Function
    # Source → ARN.
    events: Mapping[str, str]
    api_url: str
    # The runbook's section → the alarm's name.
    alarms: Mapping[str, str]

    @classmethod
    def parse(cls, text: str) -> Self:
        """The outputs in what `terraform output -json` prints; OutputsError if some lack."""
        values = {name: output["value"] for name, output in json.loads(text).items()}
        if not values:
            raise OutputsError(
                "Terraform has made nothing here yet: `terraform apply` comes first."
            )
        try:
            return cls(
                name=values["name"],
                region=values["region"],
                settings=values["settings"],
                platform=Platform(
                    runtime=values["platform"]["runtime"],
                    architecture=values["platform"]["architecture"],
                ),
                web=Function.parse(values["web"]),
                worker=Function.parse(values["worker"]),
                events={source: values["events"][source] for source in EVENT_SOURCES},
                api_url=values["api_url"].rstrip("/"),
                alarms=values["alarms"],
            )
        except KeyError as err:
            raise OutputsError(f"Terraform's outputs lack {err}: apply again.") from err


def environment_directory(environment: str) -> Path:
    """Where an environment's Terraform is; OutputsError if there is none of that name.

    TERRAFORM_DIR is for a copy of `terraform`, such as the deployment test makes.
    """
    environments = Path(os.environ.get("TERRAFORM_DIR", settings.BASE_DIR / "terraform")) / "envs"
    names = sorted(path.name for path in environments.iterdir() if path.is_dir())
    if environment not in names:
        raise OutputsError(f"There is no environment {environment}: {', '.join(names)}.")
    return environments / environment


def outputs_read(environment: str) -> Outputs:
    """The outputs of an environment that has been applied."""
    done = subprocess.run(  # noqa: S603 - our own arguments
        ["terraform", f"-chdir={environment_directory(environment)}", "output", "-json"],  # noqa: S607 - wherever it is installed
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise OutputsError(f"terraform output failed:\n{done.stderr.strip()}")
    return Outputs.parse(done.stdout)
