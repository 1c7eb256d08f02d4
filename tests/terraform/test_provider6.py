"""The configuration fits the AWS provider's next major version as well as the pinned one."""

from pathlib import Path

import pytest

from tests.terraform.provider6 import Schema, configuration
from tests.terraform.tools import PROJECT, next_provider, tool

pytestmark = pytest.mark.xdist_group("terraform-tools")


@pytest.fixture(scope="module")
def schema() -> Schema:
    wheel = next_provider()
    return Schema(wheel, wheel.with_suffix(".json"))


def test_every_argument_is_known_to_version_6_and_none_is_missing(schema: Schema):
    found = configuration(tool("python"), PROJECT / "terraform")
    assert len(found) > 100
    problems = [
        f"{Path(file).relative_to(PROJECT)}: {problem}"
        for file, kind, name, body in found
        if name != "terraform_data"
        for problem in schema.problems(kind, name, body)
    ]
    assert problems == []


def test_the_check_sees_what_is_wrong(schema: Schema):
    mapping = {"function_name": "f", "surprise": 1, "scaling_config": [{"maximum": 2}]}
    assert sorted(schema.problems("resource", "aws_lambda_event_source_mapping", mapping)) == [
        "resource aws_lambda_event_source_mapping: scaling_config.maximum is unknown",
        "resource aws_lambda_event_source_mapping: surprise is unknown",
    ]
    assert schema.problems("resource", "aws_lambda_event_source_mapping", {}) == [
        "resource aws_lambda_event_source_mapping: function_name is required"
    ]
    assert schema.problems("resource", "aws_nothing", {}) == ["resource aws_nothing: there is none"]
