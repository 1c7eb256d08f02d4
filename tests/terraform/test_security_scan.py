"""checkov over what is applied, with every exception reasoned."""

import json
import subprocess
import tomllib
from typing import Any, Final

import pytest

from tests.terraform.tools import PROJECT, tool

# It takes as long as fifty other tests.
pytestmark = [pytest.mark.terraform, pytest.mark.xdist_group("terraform-tools")]

TERRAFORM: Final = PROJECT / "terraform"
# It has a part of what prod has.
SKIPPED: Final = "envs/dev"


@pytest.fixture(scope="module")
def exceptions() -> dict[str, Any]:
    return tomllib.loads((TERRAFORM / "checkov.toml").read_text())


@pytest.fixture(scope="module")
def findings() -> set[tuple[str, str, str]]:
    """Check, type of resource, and what is wrong."""
    done = subprocess.run(
        [
            tool("checkov"), "--framework", "terraform", "--quiet", "--compact",
            "--skip-download", "--output", "json", "--directory", TERRAFORM,
            "--skip-path", SKIPPED,
        ],
        capture_output=True,
        text=True,
        check=False,
    )  # fmt: skip
    report = json.loads(done.stdout)
    assert report["summary"]["parsing_errors"] == 0
    assert report["summary"]["resource_count"] > 100
    return {
        (
            failed["check_id"],
            _type(failed["resource"]),
            f"{failed['resource']}: {failed['check_name']}",
        )
        for failed in report["results"]["failed_checks"]
    }


def test_every_finding_has_a_reason_to_stay(findings, exceptions):
    unreasoned = [
        f"{check} {words}"
        for check, kind, words in sorted(findings)
        if kind not in exceptions.get(check, {}).get("resources", [])
    ]
    assert unreasoned == []


def test_every_exception_is_still_needed(findings, exceptions):
    found = {(check, kind) for check, kind, _ in findings}
    unneeded = [
        f"{check} {kind}"
        for check, exception in exceptions.items()
        for kind in exception["resources"]
        if (check, kind) not in found
    ]
    assert unneeded == []
    assert all(exception["reason"] for exception in exceptions.values())


def _type(resource: str) -> str:
    """aws_x of module.a.module.b[0].aws_x.name["key"]."""
    return next(part for part in resource.split(".") if part.startswith("aws_"))
