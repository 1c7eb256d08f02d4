"""The workflow of pull requests, and the builds of the pipeline."""

import re
import subprocess

import pytest
import yaml

from tests.terraform.tools import PROJECT, tool

WORKFLOWS = sorted((PROJECT / ".github" / "workflows").glob("*.yml"))
BUILDSPECS = sorted((PROJECT / "terraform" / "buildspecs").glob("*.yml"))


def test_zizmor_finds_nothing_wrong():
    done = subprocess.run(
        [tool("zizmor"), "--offline", "--no-progress", "--persona=pedantic", *WORKFLOWS],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_actions_are_pinned_by_commit(path):
    used = re.findall(r"uses: (\S+)", path.read_text())
    assert used
    assert [each for each in used if not re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40}", each)] == []


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_only_the_plan_gets_a_token_for_aws_and_only_in_its_environment(path):
    workflow = yaml.safe_load(path.read_text())
    assert workflow["permissions"] == {}
    with_token = {
        name: job for name, job in workflow["jobs"].items() if "id-token" in job["permissions"]
    }
    assert {name: job["environment"] for name, job in with_token.items()} == (
        {"plan": "plan"} if path.name == "pull-request.yml" else {}
    )


def test_what_may_write_to_the_repository_runs_nothing_of_the_project():
    """A package that an update brings must not find a token that pushes."""
    writing = {}
    for path in WORKFLOWS:
        for name, job in yaml.safe_load(path.read_text())["jobs"].items():
            rights = {k: v for k, v in job["permissions"].items() if k != "id-token"}
            if rights != {"contents": "read"}:
                writing[path.name, name] = rights, "\n".join(str(step) for step in job["steps"])
    [(place, (rights, steps))] = writing.items()
    assert place == ("zones.yml", "propose")
    assert rights == {"contents": "write", "pull-requests": "write"}
    assert not re.search(r"\b(make|python3?|pip|npm)\b", steps)


def test_the_update_of_the_zones_calls_what_the_makefile_has():
    makefile = (PROJECT / "Makefile").read_text()
    workflow = (PROJECT / ".github" / "workflows" / "zones.yml").read_text()
    for target in re.findall(r"^\s+make ([\w-]+)", workflow, re.MULTILINE):
        assert f"\n{target}:" in makefile


@pytest.mark.parametrize("path", BUILDSPECS, ids=lambda path: path.name)
def test_a_build_calls_what_is_there(path):
    build = yaml.safe_load(path.read_text())
    commands = [
        command for phase in build["phases"].values() for command in phase.get("commands", [])
    ]
    assert commands
    targets = [command.split()[1] for command in commands if command.startswith("make ")]
    makefile = (PROJECT / "Makefile").read_text()
    known = {*re.findall(r"^([\w-]+):", makefile, re.MULTILINE), ".venv/installed"}
    assert [target for target in targets if target not in known] == []
    scripts = [command for command in commands if command.startswith("terraform/")]
    assert [script for script in scripts if not (PROJECT / script).stat().st_mode & 0o100] == []


def test_every_step_of_the_pipeline_has_its_build():
    module = (PROJECT / "terraform" / "modules" / "cicd" / "main.tf").read_text()
    steps = re.search(r"builds = \{(.*)\}", module)
    assert steps
    assert {path.stem for path in BUILDSPECS} == set(re.findall(r"(\w+) =", steps[1]))
