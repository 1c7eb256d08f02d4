"""IAM's own list of actions, as parliament keeps it, and what it finds in a plan's policies.

Only the list is read: the package itself wants pkg_resources, which Python no longer has.
"""

import json
from collections.abc import Collection, Iterator
from fnmatch import fnmatchcase
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from tests.terraform.plans import Plan, Statement

# Newer than parliament's list.
NEWER: Final = frozenset[str]()


@cache
def _privileges() -> dict[str, dict[str, Any]]:
    """Action in lower case ("sqs:sendmessage") → what IAM's reference says of it."""
    found = find_spec("parliament")
    assert found is not None
    assert found.origin is not None
    services = json.loads((Path(found.origin).parent / "iam_definition.json").read_text())
    return {
        f"{service['prefix']}:{each['privilege']}".lower(): each
        for service in services
        for each in service["privileges"]
    }


def _matching(action: str) -> list[str]:
    pattern = action.lower()
    if "*" not in pattern and "?" not in pattern:
        return [pattern] if pattern in _privileges() else []
    return [each for each in _privileges() if fnmatchcase(each, pattern)]


def unknown_actions(plan: Plan) -> Iterator[str]:
    """Actions that IAM does not know: they allow, or deny, nothing."""
    for statement in plan.statements():
        for action in statement.actions:
            if action != "*" and action not in NEWER and not _matching(action):
                yield f"{statement.address}: there is no {action}"


def too_much(plan: Plan) -> Iterator[str]:
    """Rights of roles that are wider than AWS makes one give them."""
    for statement in plan.rights():
        for action in statement.actions if statement.effect == "Allow" else ():
            if action == "*" or action.endswith(":*"):
                yield f"{statement.address}: allows {action}"
            else:
                yield from _on_everything(statement, action)


def changes_everywhere(plan: Plan) -> Iterator[str]:
    """Rights to change what is somebody else's, of roles that may look at everything."""
    for statement in plan.rights():
        # A boundary gives no right.
        if statement.effect == "Allow" and not statement.address.endswith(".boundary"):
            for action in statement.actions:
                yield from _on_everything(statement, action, besides=("Read", "List"))


def _on_everything(
    statement: Statement, action: str, *, besides: Collection[str] = ()
) -> Iterator[str]:
    if "*" not in statement.resources or statement.conditions:
        return
    if action == "*":
        yield f"{statement.address}: allows * on everything"
        return
    for each in _matching(action):
        privilege = _privileges()[each]
        # Only where AWS lets one name no resource may "*" stand for it.
        named = any(kind["resource_type"] for kind in privilege["resource_types"])
        if named and privilege["access_level"] not in besides:
            yield f"{statement.address}: allows {each} on everything"


def never_allowed(plan: Plan) -> Iterator[str]:
    """Rights on a condition that AWS tells nothing of with this action: it is always refused."""
    for statement in plan.rights():
        asked = {each for each in statement.conditions if not each.startswith("aws:")}
        for action in statement.actions if asked and statement.effect == "Allow" else ():
            for each in _matching(action):
                kinds = _privileges()[each]["resource_types"]
                told = {key.lower() for kind in kinds for key in kind["condition_keys"]}
                for variable in sorted(asked - told):
                    yield f"{statement.address}: {each} comes without {variable}"


def open_to_all(plan: Plan) -> Iterator[str]:
    """Resource policies that let anybody in: a principal of "*" that nothing limits."""
    for statement in plan.statements():
        everybody = any("*" in who for who in statement.principals.values())
        if everybody and statement.effect == "Allow" and not statement.conditions:
            yield f"{statement.address}: is open to everybody"
