"""The Django models that stand for events and topics in the admin. Services change them."""

from typing import Any, Final

from django.db import models
from django.utils.translation import gettext_lazy as _

from events.enums import EventStatus
from events.tables import (
    TOPIC_PARTITION,
    EventRow,
    TopicRow,
    title_search_text,
)
from events.validators import (
    LOCATION_CHARS,
    TIMEZONE_CHARS,
    TITLE_CHARS,
    TOPIC_CHARS,
    TOPIC_COLOUR,
    URL_CHARS,
)
from ivent_site.dynamodb.store import Path, Prefix, Store, bind

STATUS_LABELS: Final[dict[EventStatus, Any]] = {
    EventStatus.DRAFT: _("draft"),
    EventStatus.PUBLISHED: _("published"),
    EventStatus.CANCELLED: _("cancelled"),
}


class Event(models.Model):
    """An event, attribute by attribute as in its row."""

    id = models.CharField(primary_key=True, max_length=36, editable=False)
    title = models.CharField(_("title"), max_length=TITLE_CHARS)
    description = models.TextField(
        _("description"), blank=True, help_text=_("Markdown: **bold**, lists, links.")
    )
    starts = models.CharField(_("start"), null=True, editable=False)  # noqa: DJ001 - as in the row
    ends = models.CharField(_("end"), null=True, editable=False)  # noqa: DJ001 - as in the row
    starts_at = models.DateTimeField(_("start"), editable=False)
    ends_at = models.DateTimeField(_("end"), null=True, editable=False)
    rules = models.CharField(null=True, editable=False)  # noqa: DJ001 - as in the row
    told = models.JSONField(null=True, editable=False)
    correction_version = models.IntegerField(null=True, editable=False)
    timezone = models.CharField(_("time zone"), max_length=TIMEZONE_CHARS)
    all_day = models.BooleanField(_("all day"), default=False)
    location = models.CharField(_("place"), max_length=LOCATION_CHARS, blank=True)
    url = models.CharField(_("link"), max_length=URL_CHARS, blank=True)
    topics = models.JSONField(_("topics"), default=list, blank=True)
    status = models.CharField(
        _("status"),
        max_length=9,
        choices=[(each.value, name) for each, name in STATUS_LABELS.items()],
        editable=False,
    )
    version = models.IntegerField(default=1, editable=False)
    reminders = models.JSONField(default=list, blank=True)
    remind_after = models.DateTimeField(null=True, editable=False)
    publish_at = models.DateTimeField(null=True, editable=False)
    announce_version = models.IntegerField(null=True, editable=False)
    announce_at = models.DateTimeField(null=True, editable=False)
    undo = models.JSONField(null=True, editable=False)
    last_announcement = models.CharField(null=True, editable=False)  # noqa: DJ001 - as in the row
    message_version = models.IntegerField(null=True, editable=False)
    message_at = models.DateTimeField(null=True, editable=False)
    due_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(editable=False)
    updated_at = models.DateTimeField(editable=False)

    class Meta:
        managed = False
        db_table = "events"
        ordering = ["-starts_at"]
        verbose_name = _("event")
        verbose_name_plural = _("events")

    def __str__(self) -> str:
        return self.title


class Topic(models.Model):
    """A kind of event that people may ask for."""

    slug = models.SlugField(
        primary_key=True,
        max_length=TOPIC_CHARS,
        help_text=_(
            "Permanent: it cannot be changed later. Lower-case letters, digits and hyphens."
        ),
    )
    name = models.CharField(_("name"), max_length=TOPIC_CHARS)
    description = models.CharField(_("description"), max_length=LOCATION_CHARS, blank=True)
    colour = models.CharField(_("colour"), max_length=7, default=TOPIC_COLOUR)

    class Meta:
        managed = False
        db_table = "topics"
        ordering = ["slug"]
        verbose_name = _("topic")
        verbose_name_plural = _("topics")

    def __str__(self) -> str:
        return self.name


def _topic_key(slug: Any) -> tuple[str, Any]:
    return TOPIC_PARTITION, slug


bind(
    Event,
    Store(
        row=EventRow,
        paths=(
            Path(
                index="by_status",
                partition="status",
                partitions=tuple(EventStatus),
                order="starts_at",
            ),
            Prefix(index="by_title", field="title", normalize=title_search_text, initial=1),
        ),
    ),
)
bind(
    Topic,
    Store(
        row=TopicRow,
        key=_topic_key,
        paths=(Path(partition="partition", partitions=(TOPIC_PARTITION,), order="slug"),),
    ),
)
