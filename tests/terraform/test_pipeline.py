"""The pipeline is applied: to the local AWS, and to what stands in for CodePipeline."""

import pytest

from tests.terraform.cli import Terraform
from tests.terraform.codepipeline import standing_in

pytestmark = [pytest.mark.terraform, pytest.mark.timeout(600)]

VARIABLES = ("-var-file=terraform.tfvars.example", "-var=github_environment=plan")


def test_a_push_is_tested_planned_looked_at_by_a_person_applied_shipped_and_tried(
    terraform: Terraform, local_aws: None, monkeypatch: pytest.MonkeyPatch
):
    with standing_in() as kept:
        for service in ("CODEPIPELINE", "CODESTAR_CONNECTIONS"):
            monkeypatch.setenv(f"AWS_ENDPOINT_URL_{service}", kept.url)
        terraform.init("pipeline")
        terraform(
            "apply", "-auto-approve", "-input=false", "-no-color", "-lock=false", *VARIABLES,
            cwd="pipeline", attach=False,
        )  # fmt: skip

    (pipeline,) = kept.pipelines.values()
    (connection,) = kept.connections
    stages = {stage["name"]: stage["actions"] for stage in pipeline["stages"]}
    assert [*stages] == ["Source", "Test", "Plan", "Approve", "Apply", "Ship", "Smoke"]
    (source,) = stages["Source"]
    assert source["configuration"]["ConnectionArn"] == connection
    (approval,) = stages["Approve"]
    assert approval["actionTypeId"]["category"] == "Approval"
