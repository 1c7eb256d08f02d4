import importlib
import json

import pytest
from zappa.cli import ZappaCLI

from ivent_site.deployment.files import EnvironmentFiles
from ivent_site.deployment.outputs import Outputs
from ivent_site.deployment.prebuild import refuse
from ivent_site.deployment.shipping import ShippingError, run_step, variables_read
from ivent_site.deployment.zappa_stages import zappa_settings
from tests.ivent_site.deployment.environment import VALUES, outputs_text


@pytest.fixture
def stages():
    return zappa_settings(Outputs.parse(outputs_text()))


def test_the_package_routes_each_source_to_a_function_that_is_there(stages):
    routes = {
        event["event_source"]["arn"]: event["function"] for event in stages["package"]["events"]
    }
    assert routes == {
        VALUES["events"]["stream"]: "notifications.handlers.announce",
        VALUES["events"]["fanout"]: "notifications.handlers.fan_out",
        VALUES["events"]["requests"]: "notifications.handlers.subscription_requests",
        VALUES["events"]["feedback"]: "notifications.handlers.feedback",
    }
    for function in routes.values():
        module, name = function.rsplit(".", 1)
        assert callable(getattr(importlib.import_module(module), name))


def test_an_update_touches_no_mapping_rule_or_permission(stages):
    # Zappa's `schedule` does something as soon as there is an event, or a keep-warm.
    for role in ("web", "worker"):
        assert "events" not in stages[role]
        assert stages[role]["keep_warm"] is False


def test_an_update_sets_what_terraform_has_set(stages):
    worker = stages["worker"]
    assert worker["role_name"] == "worker-role"
    assert (worker["memory_size"], worker["timeout_seconds"]) == (1024, 120)
    assert worker["vpc_config"] == VALUES["worker"]["vpc_config"]
    # Zappa removes a reserved concurrency that it is not told of.
    assert worker["lambda_concurrency"] == 5
    assert worker["xray_tracing"] is True
    assert stages["web"]["lambda_concurrency"] is None


@pytest.mark.parametrize("stage", ["package", "web", "worker"])
def test_no_stage_makes_roles_or_an_api_or_logs_events(stages, stage):
    settings = stages[stage]
    assert settings["manage_roles"] is False
    assert settings["apigateway_enabled"] is False
    assert settings["debug"] is False
    assert settings["touch"] is False


def test_zappa_calls_the_functions_as_terraform_does(stages, tmp_path, monkeypatch):
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    path = tmp_path / "zappa.json"
    path.write_text(json.dumps(stages))
    for role in ("web", "worker"):
        cli = ZappaCLI()
        cli.api_stage = role
        cli.load_credentials = False
        cli.load_settings(str(path))
        assert cli.lambda_name == VALUES[role]["function_name"]
        assert cli.lambda_handler == "handler.lambda_handler"


def test_zappa_makes_no_package_by_itself(stages):
    assert stages["web"]["prebuild_script"] == f"{refuse.__module__}.{refuse.__name__}"
    with pytest.raises(SystemExit, match="make deploy"):
        refuse()


def test_what_is_written_is_for_the_user_alone_and_can_be_read_back(tmp_path):
    files = EnvironmentFiles(
        zappa=tmp_path / "deploy" / "zappa.json",
        variables=tmp_path / "deploy" / "dev.env",
        package=tmp_path / "deploy" / "dev.zip",
    )
    settings = {**VALUES["settings"], "AWS_ENDPOINT_URL_SQS": "https://inside.example"}
    outputs = Outputs.parse(outputs_text(settings=settings))
    for _ in range(2):
        files.write(outputs)
    assert variables_read(files.variables) == VALUES["settings"] | {"AWS_REGION": "eu-central-1"}
    assert [oct(path.stat().st_mode)[-3:] for path in (files.zappa, files.variables)] == ["600"] * 2
    assert EnvironmentFiles.of("dev").package.name == "dev.zip"


def test_a_step_that_fails_says_what_it_said():
    with pytest.raises(ShippingError, match="went wrong"):
        run_step("sh", "-c", "echo went wrong; exit 3")
