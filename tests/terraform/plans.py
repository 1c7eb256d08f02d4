"""A plan of Terraform, looked at as resources and as IAM policies.

What a plan does not know yet (an ARN that AWS will give) is absent from its values.
https://developer.hashicorp.com/terraform/internals/json-format
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

_POLICY_DOCUMENT = "aws_iam_policy_document"
_MAY_BE_ABSENT = "IfExists"
# Resource type → the attribute that holds a role's or a person's own policy.
_IDENTITY_POLICIES = {
    "aws_iam_role_policy": "policy",
    "aws_iam_policy": "policy",
    "aws_iam_user_policy": "policy",
    "aws_iam_group_policy": "policy",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """A resource or data source: where it stands, what it is, what is known of it."""

    address: str
    type: str
    values: Mapping[str, Any]

    @property
    def module(self) -> str:
        """The address of the module it stands in; empty for the root."""
        head, _, _ = self.address.rpartition(f"{self.type}.")
        return head.removesuffix("data.").removesuffix(".")


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A statement of a policy; each of its parts is a list, whatever its spelling was."""

    address: str
    effect: str
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    not_resources: tuple[str, ...]
    # Kind ("Service", "AWS", "Federated", "*") → who.
    principals: Mapping[str, tuple[str, ...]]
    # Variables, in lower case, that some condition asks for; not those that may be absent.
    conditions: frozenset[str]


class Plan:
    """What `terraform show -json` says of a plan."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        known = [
            *_resources(data.get("planned_values", {}).get("root_module", {})),
            *_resources(data.get("prior_state", {}).get("values", {}).get("root_module", {})),
        ]
        # Data sources that wait for a resource: what they hold is known in part.
        waiting = [
            Resource(
                address=change["address"],
                type=change["type"],
                values=change["change"].get("after") or {},
            )
            for change in data.get("resource_changes", [])
            if change["mode"] == "data"
        ]
        self._by_address = {each.address: each for each in [*waiting, *known]}

    def of(self, *types: str) -> list[Resource]:
        """The resources (and data sources) of these types."""
        return [each for each in self._by_address.values() if each.type in types]

    def statements(self) -> list[Statement]:
        """Every statement of every policy that is known, of roles and of resources."""
        return [
            *_of_documents(self.of(_POLICY_DOCUMENT)),
            *(
                statement
                for each in self._by_address.values()
                if each.type != _POLICY_DOCUMENT
                for attribute in ("policy", "assume_role_policy", "access_policy")
                for statement in _parsed(each.address, each.values.get(attribute))
            ),
        ]

    def trusts(self) -> list[Statement]:
        """The statements by which roles are assumed, of roles whose policy is known."""
        return [
            statement
            for role in self.of("aws_iam_role")
            for statement in _parsed(role.address, role.values.get("assume_role_policy"))
        ]

    def rights(self) -> list[Statement]:
        """The statements of what roles may do."""
        return [
            *(
                statement
                for each in self.of(*_IDENTITY_POLICIES)
                for statement in _parsed(each.address, each.values.get("policy"))
            ),
            # Where a policy waits for an ARN, the document still tells its actions.
            *(each for each in _of_documents(self.of(_POLICY_DOCUMENT)) if not each.principals),
        ]


def _resources(module: Mapping[str, Any]) -> Iterator[Resource]:
    for each in module.get("resources", []):
        yield Resource(address=each["address"], type=each["type"], values=each.get("values", {}))
    for child in module.get("child_modules", []):
        yield from _resources(child)


def _parsed(address: str, policy: object) -> Iterator[Statement]:
    if not isinstance(policy, str) or not policy.startswith("{"):
        return
    statements = json.loads(policy).get("Statement", [])
    for each in [statements] if isinstance(statements, dict) else statements:
        principals = each.get("Principal", {})
        yield Statement(
            address=address,
            effect=each["Effect"],
            actions=_tuple(each.get("Action")),
            resources=_tuple(each.get("Resource")),
            not_resources=_tuple(each.get("NotResource")),
            principals={
                kind: _tuple(who)
                for kind, who in (
                    principals if isinstance(principals, dict) else {"*": principals}
                ).items()
            },
            conditions=frozenset(
                variable.lower()
                for operator, asked in each.get("Condition", {}).items()
                for variable in asked
                if not operator.endswith(_MAY_BE_ABSENT)
            ),
        )


def _of_documents(documents: list[Resource]) -> Iterator[Statement]:
    for document in documents:
        for each in document.values.get("statement") or []:
            yield Statement(
                address=document.address,
                effect=each.get("effect") or "Allow",
                actions=_tuple(each.get("actions")),
                resources=_tuple(each.get("resources")),
                not_resources=_tuple(each.get("not_resources")),
                principals={
                    who["type"]: _tuple(who.get("identifiers"))
                    for who in each.get("principals") or []
                },
                conditions=frozenset(
                    asked["variable"].lower()
                    for asked in each.get("condition") or []
                    if not asked["test"].endswith(_MAY_BE_ABSENT)
                ),
            )


def _tuple(value: object) -> tuple[str, ...]:
    if value is None:
        return ()
    if isinstance(value, str):
        return (value,)
    assert isinstance(value, list)
    return tuple(each for each in value if each is not None)
