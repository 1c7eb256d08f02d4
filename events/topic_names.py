"""The topics' names, for lists: from memory, at most half a minute old.

A list shows the names of the topics in each row and offers them as a filter: it asks once for
many pages, and costs no more than before it had names.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from events.selectors import topics_all

KEPT_S: Final = 30


@dataclass(slots=True)
class _Memory:
    names: Mapping[str, str] = field(default_factory=dict)
    until: float = 0.0


_memory = _Memory()


def topic_names() -> Mapping[str, str]:
    """The name of each topic by its slug, at most KEPT_S old, by slug."""
    if time.monotonic() >= _memory.until:
        topic_names_remember({topic.slug: topic.name for topic in topics_all()})
    return _memory.names


def topic_name(slug: str) -> str:
    """The topic's name; of a topic that has been removed, its slug."""
    return topic_names().get(slug, slug)


def topic_names_remember(names: Mapping[str, str]) -> None:
    """Let this process take these names for the topics there are, for KEPT_S."""
    _memory.names, _memory.until = names, time.monotonic() + KEPT_S


def topic_names_forget() -> None:
    """Ask the table again next time: this process has changed a topic."""
    _memory.until = 0.0
