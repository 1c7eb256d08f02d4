"""The plans of what is applied, as Terraform makes them with the real provider."""

import json
from collections.abc import Callable, Iterator
from fcntl import LOCK_EX, flock
from functools import cache, partial
from typing import Any

import pytest

from ivent_site.dynamodb.table_specs import table_specs
from tests.terraform import checks, iam
from tests.terraform.cli import APPLIED, ROOT, Terraform
from tests.terraform.plans import Plan, Resource

pytestmark = [pytest.mark.terraform, pytest.mark.timeout(600)]

REGION, SECOND_REGION = "eu-central-1", "eu-west-1"
# Of each is looked at all that it can have.
OPTIONS = {
    "envs/prod": [f"-var=replica_region={SECOND_REGION}"],
    "pipeline": ["-var=github_environment=plan"],
}
LOOKED_AT = (
    "aws_subnet", "aws_vpc_endpoint", "aws_sqs_queue", "aws_lambda_function",
    "aws_cloudwatch_event_rule",
)  # fmt: skip
STAGES = [folder for folder in APPLIED if folder.startswith("envs/")]
PLANNED = [folder for folder in APPLIED if folder != "bootstrap"]
CHECKS: dict[str, Callable[[Plan], Iterator[str]]] = {
    "networks": checks.networks,
    "public addresses": checks.public_addresses,
    "endpoints": partial(checks.endpoints, regions={REGION, SECOND_REGION}),
    "names": checks.names,
    "hosted sign-in": checks.hosted_sign_in,
    "visibility": checks.visibility,
    "schedules": checks.schedules,
    "trusts": checks.trusts,
    "unknown actions": iam.unknown_actions,
    "never allowed": iam.never_allowed,
    "open to all": iam.open_to_all,
}


@pytest.fixture(scope="session")
def plans(
    terraform: Terraform, local_aws: None, tmp_path_factory: pytest.TempPathFactory, worker_id: str
) -> Callable[[str], Plan]:
    """The plan of a folder, of its example's values; made by whichever worker asks first."""
    mine = tmp_path_factory.getbasetemp()
    shared = mine if worker_id == "master" else mine.parent

    @cache
    def plan(folder: str) -> Plan:
        path = shared / f"{folder.replace('/', '-')}.json"
        with path.with_suffix(".lock").open("w") as lock:
            flock(lock, LOCK_EX)
            if not path.exists():
                path.write_text(json.dumps(_made(terraform, folder)))
        return Plan(json.loads(path.read_text()))

    return plan


def _made(terraform: Terraform, folder: str) -> dict[str, Any]:
    terraform.init(folder)
    terraform("validate", "-no-color", cwd=folder)
    options = ["-var-file=terraform.tfvars.example", *OPTIONS.get(folder, [])]
    return terraform.plan(folder, *options)


@pytest.mark.parametrize("folder", PLANNED)
@pytest.mark.parametrize("name", CHECKS)
def test_a_plan_has_nothing_that_aws_refuses_or_nobody_wants(
    plans: Callable[[str], Plan], folder: str, name: str
):
    assert list(CHECKS[name](plans(folder))) == []


@pytest.mark.parametrize("stage", STAGES)
def test_the_functions_may_do_no_more_than_they_must(plans: Callable[[str], Plan], stage: str):
    assert list(iam.too_much(plans(stage))) == []


def test_the_pipeline_changes_nothing_but_its_own_stage(plans: Callable[[str], Plan]):
    assert list(iam.changes_everywhere(plans("pipeline"))) == []


@pytest.mark.parametrize("folder", PLANNED)
def test_the_checks_have_something_to_look_at(plans: Callable[[str], Plan], folder: str):
    plan = plans(folder)
    wanted = () if folder == "pipeline" else LOOKED_AT
    assert [kind for kind in wanted if not plan.of(kind)] == []
    assert plan.trusts()
    assert plan.rights()


@pytest.mark.parametrize("stage", STAGES)
def test_every_alarm_has_its_section_in_the_runbook(plans: Callable[[str], Plan], stage: str):
    alarms = plans(stage).of("aws_cloudwatch_metric_alarm")
    told = {alarm.values["alarm_description"].rpartition("docs/runbook.md#")[2] for alarm in alarms}
    runbook = (ROOT.parent / "docs" / "runbook.md").read_text()
    sections = {line.removeprefix("## ") for line in runbook.splitlines() if line.startswith("## ")}
    assert told - sections == set()


@pytest.mark.parametrize("stage", STAGES)
def test_terraform_makes_the_tables_of_the_models_and_no_others(
    plans: Callable[[str], Plan], stage: str
):
    tables = plans(stage).of("aws_dynamodb_table")
    prefix = _common_prefix([table.values["name"] for table in tables])
    planned = {table.values["name"].removeprefix(prefix): _spec(table) for table in tables}
    # A table with replicas has a stream, whether anybody reads it or not.
    replicated = (
        {"stream_view_type": "NEW_AND_OLD_IMAGES"} if tables[0].values.get("replica") else {}
    )
    assert planned == {name: spec | replicated for name, spec in table_specs().items()}


def test_the_file_of_tables_is_what_the_models_say():
    """If not: `python manage.py terraform_tables`."""
    path = ROOT / "modules" / "dynamodb" / "tables.json"
    assert json.loads(path.read_text()) == table_specs()


def _spec(table: Resource) -> dict[str, Any]:
    values = table.values
    return {
        "hash_key": values["hash_key"],
        "range_key": values["range_key"],
        "attributes": {each["name"]: each["type"] for each in values["attribute"]},
        "indexes": {
            each["name"]: {
                "hash_key": each["hash_key"],
                "range_key": each["range_key"],
                "projection_type": each["projection_type"],
                "non_key_attributes": sorted(each["non_key_attributes"] or []) or None,
            }
            for each in values.get("global_secondary_index", [])
        },
        "ttl": next(
            (each["attribute_name"] for each in values.get("ttl", []) if each["enabled"]), None
        ),
        "stream_view_type": values["stream_view_type"] if values["stream_enabled"] else None,
    }


def _common_prefix(names: list[str]) -> str:
    return next(name.removesuffix("events") for name in names if name.endswith("-events"))
