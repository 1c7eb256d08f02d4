import subprocess
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from ivent_site.deployment import files, shipping
from ivent_site.deployment.checks import Finding
from ivent_site.deployment.files import EnvironmentFiles
from ivent_site.deployment.management.commands import deploy, ship, smoke
from ivent_site.deployment.outputs import Outputs, OutputsError
from ivent_site.deployment.package import PackageError
from tests.ivent_site.deployment.environment import outputs_text

OUTPUTS = Outputs.parse(outputs_text())


def call(*arguments):
    out = StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


@pytest.fixture
def terraform(tmp_path, monkeypatch):
    """The calls of Terraform, whose plan has changes; `codes` are what it answers."""
    (tmp_path / "envs" / "dev" / ".terraform").mkdir(parents=True)
    monkeypatch.setenv("TERRAFORM_DIR", str(tmp_path))
    calls, codes = [], {"plan": 2, "apply": 0}

    def run(command, **_):
        calls.append(command[2])
        return subprocess.CompletedProcess(command, codes[command[2]])

    monkeypatch.setattr(subprocess, "run", run)
    shipped = []
    monkeypatch.setattr(deploy, "call_command", lambda name, *_, **__: shipped.append(name))
    return calls, codes, shipped


def test_a_deployment_plans_asks_applies_ships_and_looks(terraform, monkeypatch):
    calls, _, shipped = terraform
    monkeypatch.setattr("builtins.input", lambda _: "yes")
    call("deploy", "dev")
    assert (calls, shipped) == (["plan", "apply"], ["ship", "smoke"])


def test_who_does_not_say_yes_changes_nothing(terraform, monkeypatch):
    calls, _, shipped = terraform
    monkeypatch.setattr("builtins.input", lambda _: "y")
    with pytest.raises(CommandError, match="Nothing was changed"):
        call("deploy", "dev")
    assert (calls, shipped) == (["plan"], [])


def test_without_changes_only_the_code_is_shipped(terraform):
    calls, codes, shipped = terraform
    codes["plan"] = 0
    call("deploy", "dev", "--no-smoke")
    assert (calls, shipped) == (["plan"], ["ship"])


def test_a_plan_or_an_apply_that_fails_ends_it(terraform):
    calls, codes, shipped = terraform
    codes["apply"] = 1
    with pytest.raises(CommandError, match="terraform apply failed"):
        call("deploy", "dev", "--yes")
    codes["plan"] = 1
    with pytest.raises(CommandError, match="terraform plan failed"):
        call("deploy", "dev")
    assert (calls, shipped) == (["plan", "apply", "plan"], [])


def test_what_comes_first_is_told(terraform, tmp_path):
    (tmp_path / "envs" / "dev" / ".terraform").rmdir()
    with pytest.raises(CommandError, match="init -backend-config"):
        call("deploy", "dev")
    with pytest.raises(CommandError, match="no environment staging"):
        call("deploy", "staging")


def test_nobody_deploys_from_a_deployment(terraform, settings):
    settings.LOCAL = False
    with pytest.raises(CommandError, match="IVENT_STAGE is set"):
        call("deploy", "dev")


@pytest.fixture
def steps(tmp_path, monkeypatch, settings):
    """The commands that shipping runs."""
    settings.BASE_DIR = tmp_path
    (tmp_path / "zappa_settings.json").write_text('{"base": {}, "local": {"events": []}}')
    ran = []
    monkeypatch.setattr(shipping, "outputs_read", lambda _: OUTPUTS)
    monkeypatch.setattr(shipping, "package_build", lambda **_: 21_000_000)
    monkeypatch.setattr(
        shipping, "run_step", lambda *command, environ=None: ran.append((command, environ))
    )
    return ran


def test_the_worker_is_updated_before_who_fills_its_queues(steps):
    said = call("ship", "dev")
    assert [command[1:3] for command, _ in steps] == [
        ("update", "worker"),
        ("update", "web"),
        ("manage.py", "migrate"),
    ]
    assert steps[0][0][-1] == str(EnvironmentFiles.of("dev").package)
    # The look at the tables is a look at the environment's.
    assert steps[2][1]["RESOURCE_PREFIX"] == "ivent-dev"
    assert said.splitlines()[-1] == "dev runs this code."


def test_the_settings_for_zappa_can_be_written_alone(steps, monkeypatch, tmp_path):
    from ivent_site.deployment.management.commands import zappa_settings

    monkeypatch.setattr(zappa_settings, "outputs_read", lambda _: OUTPUTS)
    assert str(tmp_path) in call("zappa_settings", "dev")
    assert files.EnvironmentFiles.of("dev").zappa.exists()


@pytest.mark.parametrize("error", [OutputsError, PackageError, shipping.ShippingError])
def test_what_keeps_code_from_being_shipped_is_told(monkeypatch, error):
    def fail(*_, **__):
        raise error("It is raining.")

    monkeypatch.setattr(ship, "ship", fail)
    with pytest.raises(CommandError, match="raining"):
        call("ship", "dev")


@pytest.mark.parametrize("good", [True, False])
def test_a_smoke_test_fails_when_the_site_does(monkeypatch, good):
    finding = Finding(about="a page", good=good, seen="200")
    monkeypatch.setattr(smoke, "outputs_read", lambda _: OUTPUTS)
    monkeypatch.setattr(smoke, "site", lambda _: iter([finding]))
    if good:
        assert call("smoke", "dev").startswith("ok    a page: 200")
    else:
        with pytest.raises(CommandError, match="does not answer"):
            call("smoke", "dev")


@pytest.mark.parametrize("command", ["smoke", "check_deployment", "zappa_settings"])
def test_without_outputs_there_is_nothing_to_look_at(monkeypatch, command, tmp_path):
    monkeypatch.setenv("TERRAFORM_DIR", str(tmp_path))
    (tmp_path / "envs").mkdir()
    with pytest.raises(CommandError, match="no environment dev"):
        call(command, "dev")
