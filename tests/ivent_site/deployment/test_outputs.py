import subprocess

import pytest

from ivent_site.deployment.outputs import (
    Outputs,
    OutputsError,
    environment_directory,
    outputs_read,
)
from tests.ivent_site.deployment.environment import outputs_text


def test_outputs_are_what_terraform_says():
    outputs = Outputs.parse(outputs_text())
    assert outputs.api_url == "https://abcd1234.execute-api.eu-central-1.amazonaws.com/dev"
    assert (outputs.web.vpc_config, outputs.web.reserved_concurrency) == ({}, None)
    assert outputs.worker.vpc_config == {"SubnetIds": ["subnet-1"], "SecurityGroupIds": ["sg-1"]}
    assert (outputs.worker.reserved_concurrency, outputs.worker.xray) == (5, True)
    assert sorted(outputs.events) == ["fanout", "feedback", "requests", "stream"]


def test_an_output_that_lacks_is_named():
    with pytest.raises(OutputsError, match="lack 'alarms'"):
        Outputs.parse(outputs_text(alarms=None))
    with pytest.raises(OutputsError, match="made nothing here yet"):
        Outputs.parse("{}")


def test_an_environment_that_is_not_there_is_told_with_those_that_are(tmp_path, monkeypatch):
    (tmp_path / "envs" / "dev").mkdir(parents=True)
    monkeypatch.setenv("TERRAFORM_DIR", str(tmp_path))
    assert environment_directory("dev") == tmp_path / "envs" / "dev"
    with pytest.raises(OutputsError, match="no environment staging: dev"):
        environment_directory("staging")


def test_what_terraform_says_of_a_failure_is_passed_on(tmp_path, monkeypatch):
    (tmp_path / "envs" / "dev").mkdir(parents=True)
    monkeypatch.setenv("TERRAFORM_DIR", str(tmp_path))

    def run(command, **_):
        assert command == ["terraform", f"-chdir={tmp_path}/envs/dev", "output", "-json"]
        return subprocess.CompletedProcess(command, 1, "", "no state\n")

    monkeypatch.setattr(subprocess, "run", run)
    with pytest.raises(OutputsError, match="no state"):
        outputs_read("dev")
