"""What the functions' roles may not do: a table."""

from dataclasses import dataclass
from typing import Any

from ivent_site.deployment.outputs import Outputs
from tests.deploy.cloud import NAME

REFUSALS = {"AccessDenied", "AccessDeniedException", "UnauthorizedException"}
_MAIL = {
    "FromEmailAddress": "president@example.org",
    "Destination": {"ToAddresses": ["somebody@example.com"]},
    "Content": {"Simple": {"Subject": {"Data": "x"}, "Body": {"Text": {"Data": "x"}}}},
}


@dataclass(frozen=True)
class Denied:
    """A call that a role has to be refused. POOL, SECRET and ROLE stand for the deployment's."""

    role: str
    service: str
    operation: str
    parameters: dict[str, Any]

    def given(self, outputs: Outputs) -> dict[str, Any]:
        known = {
            "POOL": outputs.settings["COGNITO_USER_POOL_ID"],
            "SECRET": outputs.settings["SECRET_KEY_ARN"],
            "ROLE": getattr(outputs, self.role).role_name,
        }
        return {
            name: known.get(value, value) if isinstance(value, str) else value
            for name, value in self.parameters.items()
        }

    def __str__(self) -> str:
        return f"{self.role}-{self.service}-{self.operation}"


def _table(name: str, **more: Any) -> dict[str, Any]:
    return {"TableName": f"{NAME}-{name}", **more}


def _role_policy() -> dict[str, Any]:
    return {"RoleName": "ROLE", "PolicyName": "more", "PolicyDocument": "{}"}


DENIED = (
    # Whoever takes over the pages can mail as nobody else, lose no table, forge no history.
    Denied("web", "sesv2", "send_email", _MAIL),
    Denied("web", "dynamodb", "scan", _table("subscriptions")),
    Denied("web", "dynamodb", "delete_table", _table("events")),
    Denied("web", "dynamodb", "delete_item", _table("log", Key={"id": {"N": "1"}})),
    Denied("web", "cognito-idp", "admin_create_user", {"UserPoolId": "POOL", "Username": "x"}),
    Denied("web", "iam", "put_role_policy", _role_policy()),
    # Whoever takes over the worker learns nothing of the staff, and changes no code.
    Denied("worker", "dynamodb", "scan", _table("subscriptions")),
    Denied("worker", "dynamodb", "get_item", _table("staff", Key={"id": {"S": "1"}})),
    Denied("worker", "cognito-idp", "admin_get_user", {"UserPoolId": "POOL", "Username": "x"}),
    Denied(
        "worker",
        "secretsmanager",
        "put_secret_value",
        {"SecretId": "SECRET", "SecretString": "x" * 50},
    ),
    Denied(
        "worker",
        "lambda",
        "update_function_code",
        {"FunctionName": f"{NAME}-web", "ZipFile": b"x"},
    ),
    Denied("worker", "iam", "put_role_policy", _role_policy()),
)
