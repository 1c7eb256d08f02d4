"""`make test-deploy`: Terraform, the package and Zappa, and what they made, driven over HTTP.

In the order of the file, on one system: a person's way from nothing to a mail, and back.
"""

import json
import os
import re
import time
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import jwt
import pytest
from botocore.exceptions import ClientError
from cryptography.hazmat.primitives.asymmetric import rsa

from ivent_site.deployment.files import EnvironmentFiles
from ivent_site.deployment.outputs import Outputs
from ivent_site.deployment.package import PACKAGE_MAX_BYTES
from ivent_site.deployment.shipping import variables_read
from ivent_site.zones import iana_version
from tests.deploy.cloud import ENVIRONMENT, NAME, ROOT, Cloud
from tests.deploy.denied import DENIED, REFUSALS

pytestmark = pytest.mark.timeout(900)

T = TypeVar("T")
PASSWORD = "Correct-horse-battery-1"
READER = "reader@example.com"
EVENT = {"title": "Open day", "description": "Come and look.", "date": "2031-08-01"}
# What the emulator forgets or tells otherwise, so that Terraform would set it again.
# https://docs.aws.amazon.com/ has each of these as Terraform reads it back from AWS.
FORGOTTEN = {
    "aws_cloudwatch_metric_alarm": None,
    "aws_dynamodb_table": {"point_in_time_recovery"},
    "aws_security_group": {"egress"},
    "aws_sesv2_account_suppression_attributes": {"suppressed_reasons"},
    "aws_vpc_endpoint": {"policy", "private_dns_enabled", "security_group_ids"},
}


def eventually(look: Callable[[], T], *, within_s: float = 120) -> T:
    """What `look` gives once it is something."""
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline:
        if found := look():
            return found
        time.sleep(0.25)
    raise AssertionError(f"Not within {within_s} s: {look.__name__}")


@pytest.fixture(scope="module")
def plugins() -> str:
    directory = os.environ.get("TF_PLUGIN_DIR", "")
    if not directory:
        pytest.exit("TF_PLUGIN_DIR is not set: where is Terraform's AWS provider?", returncode=2)
    return directory


@pytest.fixture(scope="module")
def cloud(plugins: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    directory = tmp_path_factory.mktemp("cloud")
    cloud = Cloud(directory)
    cloud.start(directory / "aws.log")
    try:
        yield cloud
    finally:
        cloud.stop()


@pytest.fixture(scope="module")
def outputs(cloud: Cloud) -> Outputs:
    return Outputs.parse(cloud.terraform("output", "-json"))


@pytest.fixture(scope="module")
def variables() -> dict[str, str]:
    return variables_read(EnvironmentFiles.of(ENVIRONMENT).variables)


@pytest.fixture(scope="module")
def tokens(cloud: Cloud, outputs: Outputs, variables: dict[str, str]) -> dict[str, str]:
    """An ID token by group, of people who were made by the project's own command."""
    cognito = cloud.client("cognito-idp")
    pool = outputs.settings["COGNITO_USER_POOL_ID"]
    found = {}
    for group in ("admins", "editors", "viewers"):
        email = f"{group}@example.org"
        cloud.manage(
            *("create_staff", email, "--group", group, "--no-invitation"), variables=variables
        )
        cognito.admin_set_user_password(
            UserPoolId=pool, Username=email, Password=PASSWORD, Permanent=True
        )
        found[group] = cognito.initiate_auth(
            ClientId=outputs.settings["COGNITO_CLIENT_IDS"].split(",")[0],
            AuthFlow="USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": email, "PASSWORD": PASSWORD},
        )["AuthenticationResult"]["IdToken"]
    return found


def mappings_of(cloud: Cloud) -> dict[str, Any]:
    listed = cloud.client("lambda").list_event_source_mappings(FunctionName=f"{NAME}-worker")
    unstable = {"LastModified", "LastProcessingResult"}
    return {
        each["EventSourceArn"]: {name: each[name] for name in each.keys() - unstable}
        for each in listed["EventSourceMappings"]
    }


def mails_to(cloud: Cloud, address: str) -> list[dict[str, Any]]:
    by_account = json.loads(cloud.fetch("/_ministack/ses/messages"))["messages"]
    return [mail for mails in by_account.values() for mail in mails if address in mail["To"]]


def test_terraform_applies(cloud, plugins):
    cloud.terraform("init", "-input=false", f"-plugin-dir={plugins}")
    cloud.terraform("apply", "-input=false", "-auto-approve")
    assert len(mappings_of(cloud)) == 4


def test_the_code_is_shipped_and_nothing_of_terraforms_is_touched(cloud, outputs):
    mappings = mappings_of(cloud)
    said = cloud.manage("ship", ENVIRONMENT)
    assert said.splitlines()[-1] == f"{ENVIRONMENT} runs this code."
    assert EnvironmentFiles.of(ENVIRONMENT).package.stat().st_size <= PACKAGE_MAX_BYTES
    assert mappings_of(cloud) == mappings
    for function in (outputs.web, outputs.worker):
        seen = cloud.client("lambda").get_function_configuration(
            FunctionName=function.function_name
        )
        assert seen["CodeSize"] == EnvironmentFiles.of(ENVIRONMENT).package.stat().st_size
        assert seen["Timeout"] == function.timeout_seconds
        assert seen["Role"].endswith(f"/{function.role_name}")
        assert seen["VpcConfig"]["SubnetIds"] == function.vpc_config["SubnetIds"]
        assert seen["Environment"]["Variables"]["PUBLIC_URL"] == outputs.api_url
        assert "SECRET_KEY" not in seen["Environment"]["Variables"]


def test_each_alarm_has_its_section_in_the_runbook(outputs):
    runbook = (ROOT / "docs" / "runbook.md").read_text()
    assert set(outputs.alarms) <= set(re.findall(r"^## (\S+)$", runbook, re.MULTILINE))


def test_a_second_plan_changes_nothing_that_the_emulator_remembers(cloud):
    cloud.terraform("plan", "-input=false", "-out=second.tfplan")
    plan = json.loads(cloud.terraform("show", "-json", "second.tfplan"))
    unexpected = {}
    for resource in plan["resource_changes"]:
        change = resource["change"]
        if change["actions"] in (["no-op"], ["read"]):
            continue
        before, after = change["before"] or {}, change["after"] or {}
        changed = {
            name for name in before.keys() | after.keys() if before.get(name) != after.get(name)
        }
        forgotten = FORGOTTEN.get(resource["type"], set())
        if change["actions"] != ["update"] or (forgotten is not None and changed - forgotten):
            unexpected[resource["address"]] = sorted(changed)
    assert unexpected == {}


def test_the_site_is_healthy_behind_the_gateway(cloud, outputs):
    reply = cloud.call("GET", f"{outputs.api_url}/healthz")
    assert (reply.status, reply.json) == (200, {"status": "ok", "zones": iana_version()})


def test_the_admins_sign_in_page_is_complete_under_the_stages_path(cloud, outputs):
    page = cloud.call("GET", f"{outputs.api_url}/admin/login/")
    assert page.status == 200
    origin = outputs.api_url.removesuffix(f"/{ENVIRONMENT}")
    assets = re.findall(r'(?:href|src)="(/[^"]+\.(?:css|js|svg))"', page.text)
    assert len(assets) > 5
    for asset in assets:
        assert asset.startswith(f"/{ENVIRONMENT}/static/")
        reply = cloud.call("GET", f"{origin}{asset}")
        assert reply.status == 200
        assert "immutable" in reply.headers["Cache-Control"]
        # API Gateway carries text only: what is referred to stands in the file itself.
        assert not re.search(r"url\((?!['\"]?(?:data:|#|[^)]*\.svg))", reply.text)


def test_nobody_comes_in_without_a_token_of_ours(cloud, outputs):
    url = f"{outputs.api_url}/events"
    assert cloud.call("POST", url, EVENT).status == 401
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pool = outputs.settings["COGNITO_USER_POOL_ID"]
    forged = jwt.encode(
        {
            "sub": "00000000-0000-4000-8000-000000000000",
            "iss": f"https://cognito-idp.{outputs.region}.amazonaws.com/{pool}",
            "aud": outputs.settings["COGNITO_CLIENT_IDS"],
            "token_use": "id",
            "cognito:groups": ["admins"],
            "exp": int(time.time()) + 600,
        },
        key,
        algorithm="RS256",
    )
    assert cloud.call("POST", url, EVENT, token=forged).status == 401


def test_a_viewer_looks_and_does_not_write(cloud, outputs, tokens):
    url = f"{outputs.api_url}/events"
    looking = cloud.call("GET", url, token=tokens["viewers"])
    assert looking.status == 200, looking.text
    writing = cloud.call("POST", url, EVENT, token=tokens["viewers"])
    assert writing.status == 403, writing.text


def test_the_gateway_itself_refuses_a_body_that_is_no_event(cloud, outputs, tokens):
    reply = cloud.call("POST", f"{outputs.api_url}/events", {"title": 7}, token=tokens["editors"])
    assert reply.status == 400, reply.text
    # Django names the field.
    assert [error["field"] for error in reply.json["errors"]] == [None]


def test_the_form_of_strangers_is_limited(cloud, outputs):
    url = f"{outputs.api_url}/subscribe"
    statuses = [cloud.call("POST", url, b"").status for _ in range(12)]
    assert 429 in statuses


def test_who_confirms_gets_what_is_published(cloud, outputs, tokens):
    wish = {"email": READER}
    url = f"{outputs.api_url}/subscriptions"
    asked = cloud.call("POST", url, wish, token=tokens["editors"])
    assert asked.status == 202, asked.text
    (mail,) = eventually(lambda: mails_to(cloud, READER))
    link = re.search(rf"{re.escape(outputs.api_url)}/confirm/[\w-]+", json.dumps(mail))
    assert link, mail
    assert cloud.call("GET", link[0]).status == 200
    assert cloud.call("POST", link[0], b"").status == 200
    made = cloud.call("POST", f"{outputs.api_url}/events", EVENT, token=tokens["editors"])
    assert made.status == 201, made.text
    told = eventually(
        lambda: [each for each in mails_to(cloud, READER) if "Open day" in json.dumps(each)]
    )
    assert len(told) == 1


def test_the_check_finds_the_deployment_good_but_for_what_is_not_real(cloud, outputs):
    try:
        said = cloud.run("make", "manage", f"ARGS=check_deployment {ENVIRONMENT}")
    except AssertionError as err:
        # Its exit code says that something needs a look.
        said = str(err)
    good = re.findall(r"^ok    (.+)$", said, re.MULTILINE)
    bad = re.findall(r"^LOOK  (.+)$", said, re.MULTILINE)
    # No DNS leads to the emulator, and nobody enters records for it.
    site = (
        f"{outputs.api_url}/healthz",
        "API without a token",
        "admin's page",
        "time zone rules of the site",
    )
    # And it forgets what it was told of the account's suppression list.
    mail = ("SES: DKIM", "SES: MAIL FROM", "SES: suppression list of the account")
    assert [line for line in bad if not line.startswith((*site, *mail))] == []
    for line in (
        "stream → ",
        "schedule of the sweep",
        "alarms: ",
        "SES: events",
        "an administrator",
    ):
        assert any(each.startswith(line) for each in good), line


@pytest.mark.parametrize("denied", DENIED, ids=str)
def test_a_role_is_denied(cloud, outputs, denied):
    role = getattr(outputs, denied.role).role_name
    keys = cloud.role(cloud.client("iam").get_role(RoleName=role)["Role"]["Arn"])
    call = getattr(cloud.client(denied.service, keys), denied.operation)
    with pytest.raises(ClientError) as refused:
        call(**denied.given(outputs))
    assert refused.value.response["Error"]["Code"] in REFUSALS


def test_a_table_is_restored_and_compared(cloud, variables):
    said = cloud.manage("restore_drill", "subscriptions", variables=variables)
    assert "subscriptions" in said


def test_deploying_again_plans_applies_and_ships(cloud):
    said = cloud.run("make", "deploy", "ARGS=--yes --no-smoke")
    assert f"{ENVIRONMENT} runs this code." in said


def test_what_is_destroyed_is_gone(cloud):
    cloud.run("make", "destroy", "ARGS=-input=false -auto-approve")
    assert cloud.client("lambda").list_functions()["Functions"] == []
    assert cloud.client("dynamodb").list_tables()["TableNames"] == []
    assert cloud.client("apigateway").get_rest_apis()["items"] == []
    assert cloud.client("sqs").list_queues().get("QueueUrls", []) == []
    assert cloud.client("events").list_rules()["Rules"] == []
    assert cloud.client("cognito-idp").list_user_pools(MaxResults=60)["UserPools"] == []
    assert [
        role["RoleName"]
        for role in cloud.client("iam").list_roles()["Roles"]
        if role["RoleName"].startswith(NAME)
    ] == []
