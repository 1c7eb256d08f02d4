"""Writing topics."""

from django.utils.translation import gettext_lazy as _

from events.errors import InvalidEventError, Problem, TopicInUseError
from events.selectors import upcoming_with_topic
from events.tables import TOPIC_PARTITION, TopicRow
from events.topic_names import topic_names_forget
from events.validators import TOPIC_COLOUR, topic_validate
from ivent_site.dynamodb.writes import ConflictError, delete, put


def topic_create(
    *, slug: str, name: str, description: str = "", colour: str = TOPIC_COLOUR
) -> TopicRow:
    """A new topic. Raises InvalidEventError; also if the slug is taken."""
    topic_validate(slug=slug, name=name, description=description, colour=colour)
    row = _topic_row(slug, name, description, colour)
    try:
        put(row, condition=TopicRow.slug.does_not_exist())
    except ConflictError as err:
        taken = Problem("slug", "taken", str(_("There is such a topic already.")))
        raise InvalidEventError([taken]) from err
    topic_names_forget()
    return row


def topic_update(
    *, slug: str, name: str, description: str = "", colour: str = TOPIC_COLOUR
) -> TopicRow:
    """The topic as it is to be; its slug stays. Raises InvalidEventError if there is none."""
    topic_validate(slug=slug, name=name, description=description, colour=colour)
    row = _topic_row(slug, name, description, colour)
    try:
        put(row, condition=TopicRow.slug.exists())
    except ConflictError as err:
        raise InvalidEventError(
            [Problem("slug", "unknown_topic", str(_("There is no such topic.")))]
        ) from err
    topic_names_forget()
    return row


def topic_delete(*, slug: str) -> None:
    """Remove the topic; what is over, and subscribers, keep its name. May be repeated.

    TopicInUseError while a coming event names it.
    """
    coming = upcoming_with_topic(slug)
    if coming is not None:
        raise TopicInUseError(coming.title)
    delete(TopicRow(TOPIC_PARTITION, slug))
    topic_names_forget()


def _topic_row(slug: str, name: str, description: str, colour: str) -> TopicRow:
    return TopicRow(
        partition=TOPIC_PARTITION, slug=slug, name=name, description=description, colour=colour
    )
