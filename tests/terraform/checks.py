"""What the local AWS lets pass and AWS does not, or what nobody would notice: found in a plan.

Each check gives a line for each thing it does not like.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterator
from ipaddress import IPv4Network
from itertools import combinations

from tests.terraform.plans import Plan, Resource

# https://docs.aws.amazon.com/vpc/latest/privatelink/aws-services-privatelink-support.html
# https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html
GATEWAY_SERVICES = {"dynamodb", "s3"}
INTERFACE_SERVICES = {
    "sqs", "sns", "email", "cognito-idp", "logs", "kms", "secretsmanager", "xray", "monitoring",
    "lambda", "sts", "execute-api",
}  # fmt: skip

# Services that act for whoever asks them to: a role that trusts one has to say for whom.
# https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
DEPUTIES = {"scheduler.amazonaws.com", "vpc-flow-logs.amazonaws.com"}
ASSUMED_BY = DEPUTIES | {
    "lambda.amazonaws.com", "apigateway.amazonaws.com", "codepipeline.amazonaws.com",
    "codebuild.amazonaws.com", "events.amazonaws.com",
}  # fmt: skip
_SOURCE = {"aws:sourceaccount", "aws:sourcearn", "aws:sourceorgid"}

GLOBAL_NAMES = {
    "aws_iam_role": "name",
    "aws_iam_policy": "name",
    "aws_s3_bucket": "bucket",
    "aws_cognito_user_pool_domain": "domain",
}

# https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
VISIBILITY_FACTOR = 6


def networks(plan: Plan) -> Iterator[str]:
    """Subnets outside their VPC, overlapping ones, and sizes that AWS does not make."""
    for vpc in plan.of("aws_vpc"):
        around = IPv4Network(vpc.values["cidr_block"])
        if not 16 <= around.prefixlen <= 28:
            yield f"{vpc.address}: {around} is not between /16 and /28"
        inside = {
            subnet.address: IPv4Network(subnet.values["cidr_block"])
            for subnet in plan.of("aws_subnet")
            if subnet.module == vpc.module
        }
        for address, network in inside.items():
            if not network.subnet_of(around):
                yield f"{address}: {network} is outside {around}"
            if not 16 <= network.prefixlen <= 28:
                yield f"{address}: {network} is not between /16 and /28"
        for (one, first), (other, second) in combinations(inside.items(), 2):
            if first.overlaps(second):
                yield f"{one} and {other} overlap"


def public_addresses(plan: Plan) -> Iterator[str]:
    """Whatever gets a public address, lets the world in, or stands open in S3."""
    for subnet in plan.of("aws_subnet"):
        if subnet.values.get("map_public_ip_on_launch"):
            yield f"{subnet.address}: gives out public addresses"
    for group in plan.of("aws_security_group"):
        for rule in group.values.get("ingress") or []:
            if {"0.0.0.0/0", "::/0"} & {*(rule["cidr_blocks"] or []), *rule["ipv6_cidr_blocks"]}:
                yield f"{group.address}: lets the world in"
    blocked = {each.module for each in plan.of("aws_s3_bucket_public_access_block")}
    for bucket in plan.of("aws_s3_bucket"):
        if bucket.module not in blocked:
            yield f"{bucket.address}: public access is not blocked"
    for url in plan.of("aws_lambda_function_url"):
        yield f"{url.address}: goes round the API"


def endpoints(plan: Plan, *, regions: Collection[str]) -> Iterator[str]:
    """Endpoint services that AWS does not have, or not as this kind, or not here."""
    for endpoint in plan.of("aws_vpc_endpoint"):
        name, kind = endpoint.values["service_name"], endpoint.values["vpc_endpoint_type"]
        known = GATEWAY_SERVICES if kind == "Gateway" else INTERFACE_SERVICES
        found = re.fullmatch(r"com\.amazonaws\.([a-z0-9-]+)\.(.+)", name)
        if found is None or found[2] not in known:
            yield f"{endpoint.address}: there is no {kind} endpoint {name}"
        elif found[1] not in regions:
            yield f"{endpoint.address}: {name} is in another region"


def names(plan: Plan) -> Iterator[str]:
    """Names given twice, of what has one name in all regions of an account."""
    for kind, attribute in GLOBAL_NAMES.items():
        given = Counter(each.values.get(attribute) for each in plan.of(kind))
        yield from (f"{kind} {name}: {n} times" for name, n in given.items() if name and n > 1)


def hosted_sign_in(plan: Plan) -> Iterator[str]:
    """A user pool with a domain refuses every call through an interface endpoint.

    https://docs.aws.amazon.com/cognito/latest/developerguide/vpc-interface-endpoints.html
    """
    for endpoint in plan.of("aws_vpc_endpoint"):
        if endpoint.values["service_name"].endswith(".cognito-idp"):
            for domain in plan.of("aws_cognito_user_pool_domain"):
                yield f"{domain.address}: cannot be with {endpoint.address}"


def visibility(plan: Plan) -> Iterator[str]:
    """Queues that show a message again while a worker may still be at it."""
    lives = [
        function.values["timeout"]
        for function in plan.of("aws_lambda_function")
        if function.values["function_name"].endswith("-worker")
    ]
    windows = [
        mapping.values.get("maximum_batching_window_in_seconds") or 0
        for mapping in plan.of("aws_lambda_event_source_mapping")
        if not mapping.values.get("starting_position")
    ]
    needed = VISIBILITY_FACTOR * max(lives, default=0) + max(windows, default=0)
    for queue in plan.of("aws_sqs_queue"):
        if _is_read_by_a_worker(queue):
            if queue.values["visibility_timeout_seconds"] < needed:
                yield f"{queue.address}: hides a message for less than {needed} s"
        elif queue.values["message_retention_seconds"] < 14 * 24 * 60 * 60:
            yield f"{queue.address}: keeps dead letters for less than two weeks"


def _is_read_by_a_worker(queue: Resource) -> bool:
    return not queue.values["name"].endswith(("-dead", "-stream-failures"))


def schedules(plan: Plan) -> Iterator[str]:
    """Schedule expressions that EventBridge refuses.

    https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
    """
    for each in plan.of("aws_scheduler_schedule", "aws_cloudwatch_event_rule"):
        expression = each.values.get("schedule_expression")
        if expression and not _is_schedule(expression):
            yield f"{each.address}: {expression} is no schedule"


def _is_schedule(expression: str) -> bool:
    if found := re.fullmatch(r"rate\((\d+) (minute|hour|day)(s?)\)", expression):
        # "1 minutes" and "4 minute" are both refused.
        return int(found[1]) > 0 and (int(found[1]) == 1) == (found[3] == "")
    if found := re.fullmatch(r"cron\((.+)\)", expression):
        fields = found[1].split(" ")
        # One of the day of the month and the day of the week has to be left open.
        return len(fields) == 6 and (fields[2] == "?") != (fields[4] == "?")
    return re.fullmatch(r"at\(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\)", expression) is not None


def trusts(plan: Plan) -> Iterator[str]:
    """Roles that somebody else may assume."""
    for statement in plan.trusts():
        for kind, who in statement.principals.items():
            for each in who:
                if problem := _trust_problem(kind, each, statement.conditions):
                    yield f"{statement.address}: {problem}"


def _trust_problem(kind: str, who: str, conditions: frozenset[str]) -> str | None:
    if kind == "Service":
        if who not in ASSUMED_BY:
            return f"trusts {who}"
        if who in DEPUTIES and not conditions & _SOURCE:
            return f"trusts {who} whoever asks it"
        return None
    if kind == "Federated":
        asked = {variable.rpartition(":")[2] for variable in conditions}
        return None if {"sub", "aud"} <= asked else f"trusts all of {who}"
    if who == "*" or who.isdigit():
        return f"trusts {who}"
    return None
