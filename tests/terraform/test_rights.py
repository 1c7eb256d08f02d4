"""Whatever the code asks of AWS, a role allows, and no more."""

import ast
import re
from collections.abc import Iterator
from typing import Final

from tests.terraform.tools import PROJECT

APPS: Final = ("events", "subscriptions", "notifications", "ivent_site")
# The laptop's own AWS, and commands that a person runs with their own rights.
NOT_DEPLOYED: Final = ("ivent_site/local/", "ivent_site/deployment/", "ivent_site/cognito/staff.py")
SERVICES: Final = {
    "cognito": "cognito-idp", "ses": "ses", "sesv2": "ses", "sesv2_retrying": "ses", "sns": "sns",
    "sqs": "sqs",
}  # fmt: skip
# Signing in is for whoever has a password: AWS asks for no rights.
OPEN: Final = {"cognito-idp:InitiateAuth", "cognito-idp:RespondToAuthChallenge"}
# One is called on a client that is handed on; the other is its older name, which SES asks for.
UNSEEN: Final = {"ses:SendBulkEmail", "ses:SendBulkTemplatedEmail"}
# Of a client, not of AWS.
OWN: Final = {"exceptions", "meta"}


def test_every_call_has_its_right():
    asked = set(_asked())
    assert len(asked) > 10
    assert asked - _allowed() - OPEN == set()


def test_every_right_has_its_call():
    services = tuple(f"{service}:" for service in SERVICES.values())
    allowed = {right for right in _allowed() if right.startswith(services)}
    assert allowed - set(_asked()) == UNSEEN


def _allowed() -> set[str]:
    policy = (PROJECT / "terraform" / "modules" / "lambda" / "iam.tf").read_text()
    # What stands alone after an equals sign is a condition's variable.
    return set(re.findall(r'(?<!= )"([a-z-]+:[A-Z]\w+)"', policy))


def _asked() -> Iterator[str]:
    for app in APPS:
        for path in sorted((PROJECT / app).rglob("*.py")):
            if not str(path.relative_to(PROJECT)).startswith(NOT_DEPLOYED):
                yield from _calls(ast.parse(path.read_text()))


def _calls(tree: ast.AST) -> Iterator[str]:
    """`sqs().send_message_batch` is sqs:SendMessage, and get_paginator names its method."""
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Attribute)
            and isinstance(node.value, ast.Call)
            and isinstance(node.value.func, ast.Name)
            and node.value.func.id in SERVICES
            and node.attr not in OWN
        ):
            yield _action(SERVICES[node.value.func.id], node.attr, tree)


def _action(service: str, method: str, tree: ast.AST) -> str:
    if method == "get_paginator":
        method = next(
            str(node.args[0].value)
            for node in ast.walk(tree)
            if isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr == "get_paginator"
            and isinstance(node.args[0], ast.Constant)
        )
    words = method.removesuffix("_batch").split("_")
    return f"{service}:{''.join(word.title() for word in words)}"
