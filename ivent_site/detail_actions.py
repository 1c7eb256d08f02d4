"""Which of unfold's buttons on an object's page make sense."""

from collections.abc import Collection, Mapping
from typing import Any


def possible_actions(
    actions: list[dict[str, Any]], state: str, states: Mapping[str, Collection[str]]
) -> list[dict[str, Any]]:
    """The buttons that make sense in this state.

    `states` are those in which an action does, by its method's name; one without an entry
    always does.
    """
    return [each for each in actions if state in states.get(_name(each), (state,))]


def _name(action: dict[str, Any]) -> str:
    path: str = action["path"]
    return path.rstrip("/").rpartition("/")[2].replace("-", "_")
