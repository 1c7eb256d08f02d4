"""The Django model that stands for an announcement in the admin."""

from typing import Any, Final

from django.db import models
from django.utils.translation import gettext_lazy as _

from ivent_site.dynamodb.store import Path, Store, bind
from notifications.enums import AnnouncementKind, AnnouncementState
from notifications.tables import ANNOUNCEMENTS_PARTITION, AnnouncementRow, announcement_title

EVENT_ID_CHARS = 36


KIND_LABELS: Final[dict[AnnouncementKind, Any]] = {
    AnnouncementKind.PUBLISHED: _("published"),
    AnnouncementKind.CHANGED: _("changed"),
    AnnouncementKind.CANCELLED: _("cancelled"),
    AnnouncementKind.CORRECTED: _("corrected"),
    AnnouncementKind.REMINDER: _("reminder"),
    AnnouncementKind.MESSAGE: _("message"),
    AnnouncementKind.DIGEST: _("digest"),
}
STATE_LABELS: Final[dict[AnnouncementState, Any]] = {
    AnnouncementState.HELD: _("held"),
    AnnouncementState.SENDING: _("sending"),
    AnnouncementState.PAUSED: _("paused"),
    AnnouncementState.STOPPING: _("stopping"),
    AnnouncementState.DONE: _("done"),
    AnnouncementState.CANCELLED: _("cancelled"),
}


class Announcement(models.Model):
    """What was told about an event, and to how many. The code changes it; the admin shows it."""

    id = models.CharField(primary_key=True, max_length=64)
    event_id = models.CharField(_("event"), max_length=EVENT_ID_CHARS)
    version = models.IntegerField()
    kind = models.CharField(
        _("kind"), choices=[(each.value, name) for each, name in KIND_LABELS.items()]
    )
    state = models.CharField(
        _("state"), choices=[(each.value, name) for each, name in STATE_LABELS.items()]
    )
    event = models.JSONField()
    changes = models.JSONField(default=list)
    told = models.JSONField(null=True)
    note = models.TextField(blank=True)
    subject = models.CharField(blank=True)
    digest_at = models.DateTimeField(_("weekly digest"), null=True)
    events = models.JSONField(_("events"), null=True)
    shard_count = models.IntegerField("shards")
    reason = models.CharField(blank=True)
    started_at = models.DateTimeField(_("started"), null=True)
    created_at = models.DateTimeField(_("created"))
    updated_at = models.DateTimeField(_("updated"))

    class Meta:
        managed = False
        db_table = "announcements"
        ordering = ["-created_at"]
        verbose_name = _("announcement")
        verbose_name_plural = _("announcements")

    def __str__(self) -> str:
        is_digest = self.kind == AnnouncementKind.DIGEST
        day = f"{self.digest_at:%Y-%m-%d}" if is_digest and self.digest_at else ""
        return f"{self.title or self.event_id} ({day or self.get_kind_display()})"

    @property
    def title(self) -> str:
        """What it is called in lists."""
        return announcement_title(self.kind, self.event)


bind(
    Announcement,
    Store(
        row=AnnouncementRow,
        key=lambda pk: (pk[:EVENT_ID_CHARS], pk),
        paths=(
            Path(partition="event_id", order="id"),
            Path(
                index="by_age",
                partition="everything",
                partitions=(ANNOUNCEMENTS_PARTITION,),
                order="created_at",
            ),
            Path(
                index="by_state",
                partition="state",
                partitions=tuple(AnnouncementState),
                order="created_at",
            ),
        ),
    ),
)
