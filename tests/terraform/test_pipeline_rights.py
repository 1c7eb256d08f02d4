"""What Terraform has to be allowed in the pipeline, where no local AWS enforces it.

Each line is a call that provider 5.100.0 makes for a resource of `envs/prod`, with what it names.
"""

from collections.abc import Callable
from fnmatch import fnmatchcase
from typing import Final

import pytest

from tests.terraform.plans import Plan, Statement
from tests.terraform.test_stages import plans

__all__ = ["plans"]
pytestmark = [pytest.mark.terraform, pytest.mark.timeout(600)]

HERE: Final = "eu-central-1:123456789012"
READ: Final = ("read",)
APPLY: Final = ("read", "apply", "bounds")
SECRET_KEY: Final = f"arn:aws:secretsmanager:{HERE}:secret:NAME-secret-key-AbCdEf"
NEEDED: Final = (
    # A refresh of the secret's version reads it.
    (READ, "secretsmanager:GetSecretValue", SECRET_KEY),
    (APPLY, "secretsmanager:GetSecretValue", SECRET_KEY),
    # `default_tags` on a mapping.
    (APPLY, "lambda:TagResource", f"arn:aws:lambda:{HERE}:event-source-mapping:0a1b2c3d"),
    (APPLY, "lambda:CreateEventSourceMapping", "*"),
    (APPLY, "logs:CreateLogGroup", f"arn:aws:logs:{HERE}:log-group:/NAME/vpc-flow"),
    (APPLY, "logs:PutRetentionPolicy", f"arn:aws:logs:{HERE}:log-group:/NAME/vpc-flow"),
    (APPLY, "cognito-idp:CreateResourceServer", "*"),
    (APPLY, "cognito-idp:CreateUserPoolClient", "*"),
)
FORBIDDEN: Final = (
    (READ, "secretsmanager:GetSecretValue", f"arn:aws:secretsmanager:{HERE}:secret:other-AbCdEf"),
    (APPLY, "secretsmanager:GetSecretValue", f"arn:aws:secretsmanager:{HERE}:secret:NAME-other-Ab"),
    (APPLY, "dynamodb:GetItem", f"arn:aws:dynamodb:{HERE}:table/NAME-subscriptions"),
    (READ, "logs:CreateLogGroup", f"arn:aws:logs:{HERE}:log-group:/NAME/vpc-flow"),
    (APPLY, "lambda:TagResource", f"arn:aws:lambda:{HERE}:function:other"),
)


def _matches(pattern: str, text: str) -> bool:
    # IAM's own wildcards; brackets are none.
    return fnmatchcase(text.lower(), pattern.lower().replace("[", "[[]"))


def _concerns(statement: Statement, action: str, resource: str) -> bool:
    if not any(_matches(each, action) for each in statement.actions):
        return False
    if statement.not_resources:
        return not any(_matches(each, resource) for each in statement.not_resources)
    return any(_matches(each, resource) for each in statement.resources)


def _allowed(plan: Plan, documents: tuple[str, ...], action: str, resource: str) -> bool:
    account = plan.of("aws_caller_identity")[0].values["account_id"]
    resource = resource.replace("123456789012", account).replace("NAME", _name(plan))
    effects = {
        statement.effect
        for statement in plan.statements()
        if statement.address.rpartition("aws_iam_policy_document.")[2] in documents
        and _concerns(statement, action, resource)
    }
    return effects == {"Allow"}


def _name(plan: Plan) -> str:
    (project, *_) = plan.of("aws_codepipeline")
    name: str = project.values["name"]
    return name.removesuffix("-cicd").removesuffix("-pipeline")


@pytest.mark.parametrize(("documents", "action", "resource"), NEEDED)
def test_the_pipeline_may_do_what_the_provider_does(
    plans: Callable[[str], Plan], documents: tuple[str, ...], action: str, resource: str
):
    assert _allowed(plans("pipeline"), documents, action, resource)


@pytest.mark.parametrize(("documents", "action", "resource"), FORBIDDEN)
def test_the_pipeline_may_not_read_what_is_stored_or_change_what_is_not_its_own(
    plans: Callable[[str], Plan], documents: tuple[str, ...], action: str, resource: str
):
    assert not _allowed(plans("pipeline"), documents, action, resource)
