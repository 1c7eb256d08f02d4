"""What other apps keep about a subscriber: each registers how to give it out and forget it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class PersonalData:
    """One app's share, by subscription id: as JSON values, and forgotten (repeatable)."""

    name: str
    export: Callable[[str], list[dict[str, Any]]]
    erase: Callable[[str], None]


_registered: dict[str, PersonalData] = {}


def personal_data_register(data: PersonalData) -> None:
    """Let exports and erasures take this in; called by an app when it is ready."""
    _registered[data.name] = data


def personal_data() -> list[PersonalData]:
    """Every app's share."""
    return [*_registered.values()]
