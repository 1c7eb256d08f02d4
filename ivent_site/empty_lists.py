"""What an empty list of the admin says: how to begin, and where."""

from dataclasses import dataclass
from typing import Any, NamedTuple

from django.urls import reverse


class Step(NamedTuple):
    """A link to what comes next, for whoever has the permission; "" is everybody."""

    label: Any
    url_name: str
    permission: str = ""


@dataclass(frozen=True)
class Beginning:
    """A list that nothing has come to yet; `CursorModelAdmin.beginning`."""

    text: Any
    steps: tuple[Step, ...]

    def links(self, user: Any) -> list[tuple[Any, str]]:
        """The steps that this person may take: labels and addresses."""
        return [
            (step.label, reverse(step.url_name))
            for step in self.steps
            if not step.permission or user.has_perm(step.permission)
        ]
