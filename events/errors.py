"""What can go wrong with an event, and whether a retry helps."""

from typing import NamedTuple


class Problem(NamedTuple):
    """One thing that is wrong with one field."""

    field: str
    code: str
    message: str


class InvalidEventError(ValueError):
    """The data break a rule; a retry never helps. `problems` names each field."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(f"{each.field}: {each.message}" for each in problems))
        self.problems = problems


class EventNotFoundError(LookupError):
    """There is no such event; a retry does not help."""


class TopicInUseError(Exception):
    """A coming event, whose title this is, names the topic; a retry does not help."""


class StaleVersionError(Exception):
    """Somebody else saved the event first; a retry helps, after reading the event again."""


class TransitionError(Exception):
    """The event's status does not allow this; a retry does not help."""
