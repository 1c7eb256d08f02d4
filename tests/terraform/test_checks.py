"""The checks find what they are for, and leave alone what is right."""

import json
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any

import pytest

from tests.terraform import checks, iam
from tests.terraform.plans import Plan


def plan(*resources: tuple[str, dict[str, Any]]) -> Plan:
    """A plan of these resources, each its type and what is known of it."""
    return Plan(
        {
            "planned_values": {
                "root_module": {
                    "resources": [
                        {"address": f"module.one.{kind}.n{number}", "type": kind, "values": values}
                        for number, (kind, values) in enumerate(resources)
                    ]
                }
            }
        }
    )


def role(statement: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    policy = {"Effect": "Allow", "Action": "sts:AssumeRole"} | statement
    return "aws_iam_role", {"name": "r", "assume_role_policy": json.dumps({"Statement": policy})}


def right(**statement: Any) -> tuple[str, dict[str, Any]]:
    policy = {"Statement": [{"Effect": "Allow"} | statement]}
    return "aws_iam_role_policy", {"policy": json.dumps(policy)}


def network(*subnets: str, vpc: str = "10.0.0.0/16") -> list[tuple[str, dict[str, Any]]]:
    return [
        ("aws_vpc", {"cidr_block": vpc}),
        *(("aws_subnet", {"cidr_block": subnet}) for subnet in subnets),
    ]


def endpoint(name: str, kind: str = "Interface") -> tuple[str, dict[str, Any]]:
    return "aws_vpc_endpoint", {"service_name": name, "vpc_endpoint_type": kind}


def worker(*, timeout: int, visibility: int, window: int = 0) -> list[tuple[str, dict[str, Any]]]:
    return [
        ("aws_lambda_function", {"function_name": "ivent-worker", "timeout": timeout}),
        ("aws_lambda_event_source_mapping", {"maximum_batching_window_in_seconds": window}),
        (
            "aws_sqs_queue",
            {"name": "ivent-fanout", "visibility_timeout_seconds": visibility},
        ),
    ]


def schedule(expression: str) -> tuple[str, dict[str, Any]]:
    return "aws_cloudwatch_event_rule", {"schedule_expression": expression}


FROM_US = {"StringEquals": {"ses:FromAddress": "events@example.org"}}
IF_FROM_US = {"StringEqualsIfExists": FROM_US["StringEquals"]}
FOR_US = {"StringEquals": {"aws:SourceAccount": "1"}}
ENDPOINTS = partial(checks.endpoints, regions={"eu-central-1"})
SCHEDULER = {"Principal": {"Service": "scheduler.amazonaws.com"}}
GITHUB = {"Principal": {"Federated": "arn:aws:iam::1:oidc-provider/token"}}
SUBJECT = {"StringEquals": {"token:sub": "repo:a/b:environment:dev", "token:aud": "sts"}}
ARN = "arn:aws:sqs:eu-central-1:1:ivent-fanout"
Check = Callable[[Plan], Iterator[str]]
Resources = Iterable[tuple[str, dict[str, Any]]]

WRONG: dict[str, tuple[Check, Resources]] = {
    "a subnet outside": (checks.networks, network("10.1.0.0/24")),
    "overlapping subnets": (checks.networks, network("10.0.0.0/23", "10.0.1.0/24")),
    "a subnet too small": (checks.networks, network("10.0.0.0/29")),
    "a vpc too large": (checks.networks, network(vpc="10.0.0.0/8")),
    "public addresses": (
        checks.public_addresses,
        [("aws_subnet", {"map_public_ip_on_launch": True})],
    ),
    "a door for the world": (
        checks.public_addresses,
        [
            (
                "aws_security_group",
                {"ingress": [{"cidr_blocks": ["0.0.0.0/0"], "ipv6_cidr_blocks": []}]},
            )
        ],
    ),
    "an open bucket": (checks.public_addresses, [("aws_s3_bucket", {"bucket": "b"})]),
    "a way round the API": (checks.public_addresses, [("aws_lambda_function_url", {})]),
    "an endpoint of SMTP": (ENDPOINTS, [endpoint("com.amazonaws.eu-central-1.email-smtp2")]),
    "a gateway to SQS": (ENDPOINTS, [endpoint("com.amazonaws.eu-central-1.sqs", "Gateway")]),
    "another region's endpoint": (ENDPOINTS, [endpoint("com.amazonaws.us-east-1.sqs")]),
    "a role's name twice": (
        checks.names,
        [("aws_iam_role", {"name": "a"}), ("aws_iam_role", {"name": "a"})],
    ),
    "a hosted page behind an endpoint": (
        checks.hosted_sign_in,
        [endpoint("com.amazonaws.eu-central-1.cognito-idp"), ("aws_cognito_user_pool_domain", {})],
    ),
    "a message shown too early": (checks.visibility, worker(timeout=60, visibility=359)),
    "a forgotten batching window": (
        checks.visibility,
        worker(timeout=60, visibility=360, window=5),
    ),
    "dead letters lost early": (
        checks.visibility,
        [("aws_sqs_queue", {"name": "ivent-fanout-dead", "message_retention_seconds": 345600})],
    ),
    "a plural of one": (checks.schedules, [schedule("rate(1 minutes)")]),
    "a singular of four": (checks.schedules, [schedule("rate(4 minute)")]),
    "never": (checks.schedules, [schedule("rate(0 minutes)")]),
    "Unix' cron": (checks.schedules, [schedule("cron(0 3 * * *)")]),
    "two kinds of days": (checks.schedules, [schedule("cron(0 3 1 * MON *)")]),
    "anybody": (checks.trusts, [role({"Principal": "*"})]),
    "another account": (checks.trusts, [role({"Principal": {"AWS": "123456789012"}})]),
    "a service that is none of ours": (
        checks.trusts,
        [role({"Principal": {"Service": ["lambda.amazonaws.com", "ec2.amazonaws.com"]}})],
    ),
    "a deputy of everybody": (checks.trusts, [role(SCHEDULER)]),
    "every repository": (checks.trusts, [role(GITHUB)]),
    "an action that is none": (
        iam.unknown_actions,
        [right(Action=["sqs:SendMessages"], Resource=ARN)],
    ),
    "a pattern of none": (iam.unknown_actions, [right(Action="sqs:Teleport*", Resource=ARN)]),
    "every action": (iam.too_much, [right(Action="*", Resource=ARN)]),
    "every action of a service": (iam.too_much, [right(Action="sqs:*", Resource=ARN)]),
    "every queue": (iam.too_much, [right(Action="sqs:SendMessage", Resource="*")]),
    "a change of every queue": (
        iam.changes_everywhere,
        [right(Action="sqs:DeleteQueue", Resource="*")],
    ),
    "whatever": (iam.changes_everywhere, [right(Action="*", Resource="*")]),
    "a condition of another action": (
        iam.never_allowed,
        [right(Action="ses:SendBulkEmail", Resource=ARN, Condition=FROM_US)],
    ),
    "everybody": (
        iam.open_to_all,
        [("aws_sqs_queue_policy", right(Action="sqs:SendMessage", Principal="*")[1])],
    ),
}
RIGHT: dict[str, tuple[Check, Resources]] = {
    "subnets side by side": (checks.networks, network("10.0.0.0/24", "10.0.1.0/24")),
    "SES's API": (ENDPOINTS, [endpoint("com.amazonaws.eu-central-1.email")]),
    "the tables' gateway": (
        ENDPOINTS,
        [endpoint("com.amazonaws.eu-central-1.dynamodb", "Gateway")],
    ),
    "just long enough": (checks.visibility, worker(timeout=60, visibility=365, window=5)),
    "one": (checks.schedules, [schedule("rate(1 minute)")]),
    "many": (checks.schedules, [schedule("rate(15 minutes)")]),
    "EventBridge's cron": (checks.schedules, [schedule("cron(0 3 * * ? *)")]),
    "once": (checks.schedules, [schedule("at(2038-01-01T00:00:00)")]),
    "a service of ours": (
        checks.trusts,
        [role({"Principal": {"Service": "lambda.amazonaws.com"}})],
    ),
    "a deputy for us": (checks.trusts, [role(SCHEDULER | {"Condition": FOR_US})]),
    "one environment of one repository": (checks.trusts, [role(GITHUB | {"Condition": SUBJECT})]),
    "an action by its name": (
        iam.unknown_actions,
        [right(Action=["sqs:sendmessage", "sqs:Get*"], Resource=ARN)],
    ),
    "one queue": (iam.too_much, [right(Action="sqs:SendMessage", Resource=ARN)]),
    "what has no name": (iam.too_much, [right(Action="ses:GetAccount", Resource="*")]),
    "a look at every queue": (
        iam.changes_everywhere,
        [right(Action="sqs:List*", Resource="*")],
    ),
    "a condition of the action": (
        iam.never_allowed,
        [right(Action="ses:SendRawEmail", Resource=ARN, Condition=FROM_US)],
    ),
    "a condition if it can be met": (
        iam.never_allowed,
        [right(Action="ses:SendBulkEmail", Resource=ARN, Condition=IF_FROM_US)],
    ),
    "what is refused to all": (
        iam.open_to_all,
        [("aws_sqs_queue_policy", right(Effect="Deny", Action="sqs:*", Principal="*")[1])],
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_found(name: str):
    check, resources = WRONG[name]
    assert len(list(check(plan(*resources)))) == 1


@pytest.mark.parametrize("name", RIGHT)
def test_what_is_right_is_left_alone(name: str):
    check, resources = RIGHT[name]
    assert list(check(plan(*resources))) == []


def test_a_document_that_waits_for_an_arn_is_looked_at_as_far_as_it_is_known():
    waiting = {
        "address": "module.one.data.aws_iam_policy_document.queue",
        "type": "aws_iam_policy_document",
        "mode": "data",
        "change": {"after": {"statement": [{"actions": ["sqs:Sends"], "effect": None}]}},
    }
    assert list(iam.unknown_actions(Plan({"resource_changes": [waiting]}))) == [
        "module.one.data.aws_iam_policy_document.queue: there is no sqs:Sends"
    ]
