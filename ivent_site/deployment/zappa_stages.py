"""Zappa's settings of an environment: what zappa_settings.json says, and Terraform's outputs.

Terraform owns all but the code, and Zappa's `update` would overwrite some of that: it sets a
function's size, role, network and tracing, and removes a reserved concurrency that it is not
told of. So it is told what Terraform has set. Wherever it finds `events` it also sets each
mapping's batch size, and deletes every EventBridge rule and permission of the function: so only
the stage that makes the package has them, and in the package they say which function an ARN is
for.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from django.conf import settings

from ivent_site.deployment.outputs import Function, Outputs
from ivent_site.deployment.platforms import Platform

PACKAGE_STAGE: Final = "package"
ROLES: Final = ("web", "worker")


def zappa_settings(outputs: Outputs) -> dict[str, Any]:
    """The stages `package`, `web` and `worker` of an environment."""
    base = {
        **_committed()["base"],
        "project_name": outputs.name,
        "aws_region": outputs.region,
        "runtime": outputs.platform.runtime,
        "architecture": outputs.platform.architecture,
    }
    return {
        PACKAGE_STAGE: {**base, "events": _routes(outputs)},
        "web": {**base, **_function(outputs.web), "lambda_description": "Ivent: web"},
        "worker": {**base, **_function(outputs.worker), "lambda_description": "Ivent: worker"},
    }


def package_stage(platform: Platform) -> dict[str, Any]:
    """The stage `package` with the laptop's routes, for a package that no environment gets."""
    committed = _committed()
    chosen = {"runtime": platform.runtime, "architecture": platform.architecture}
    return {
        PACKAGE_STAGE: {**committed["base"], **chosen, "events": committed["local"]["events"]},
    }


def _function(function: Function) -> dict[str, Any]:
    return {
        # Without routes, a package of Zappa's own making would be of no use.
        "prebuild_script": "ivent_site.deployment.prebuild.refuse",
        "role_name": function.role_name,
        "memory_size": function.memory_size,
        "timeout_seconds": function.timeout_seconds,
        "vpc_config": dict(function.vpc_config),
        "lambda_concurrency": function.reserved_concurrency,
        "aws_kms_key_arn": function.kms_key_arn,
        "xray_tracing": function.xray,
    }


def _routes(outputs: Outputs) -> list[dict[str, Any]]:
    """The laptop's routes, from this environment's sources."""
    return [
        {"function": event["function"], "event_source": {"arn": outputs.events[source]}}
        for event in _committed()["local"]["events"]
        if (source := _source(event)) is not None
    ]


def _source(event: Mapping[str, Any]) -> str | None:
    """Terraform's name of a route's event source; None for a schedule, which names its function."""
    if "event_source" not in event:
        return None
    arn: str = event["event_source"]["arn"]
    return "stream" if ":dynamodb:" in arn else arn.rpartition("-")[2]


def _committed() -> dict[str, dict[str, Any]]:
    stages: dict[str, dict[str, Any]] = json.loads(
        Path(settings.BASE_DIR / "zappa_settings.json").read_text()
    )
    return stages
