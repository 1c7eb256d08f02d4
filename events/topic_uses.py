"""Who else has to do with a topic: other apps tell, for whoever is about to remove it."""

from collections.abc import Callable

# Given a slug, a sentence, or None where there is nothing to tell.
Tell = Callable[[str], str | None]

_tellers: list[Tell] = []


def topic_use_register(tell: Tell) -> None:
    """Let a removal say this; called by an app when it is ready."""
    _tellers.append(tell)


def topic_uses(slug: str) -> list[str]:
    """A sentence for each use of the topic."""
    return [told for tell in _tellers if (told := tell(slug))]
