"""The Django model that stands for an announcement in the admin."""

from django.db import models

from ivent_site.dynamodb.store import Path, Store, bind
from notifications.enums import AnnouncementKind, AnnouncementState
from notifications.tables import ANNOUNCEMENTS_PARTITION, AnnouncementRow

EVENT_ID_CHARS = 36


class Announcement(models.Model):
    """What was told about an event, and to how many. The code changes it; the admin shows it."""

    id = models.CharField(primary_key=True, max_length=64)
    event_id = models.CharField("event", max_length=EVENT_ID_CHARS)
    version = models.IntegerField()
    kind = models.CharField(choices=[(each.value, each.value) for each in AnnouncementKind])
    state = models.CharField(choices=[(each.value, each.value) for each in AnnouncementState])
    event = models.JSONField()
    changes = models.JSONField(default=list)
    note = models.TextField(blank=True)
    subject = models.CharField(blank=True)
    shard_count = models.IntegerField("shards")
    reason = models.CharField(blank=True)
    started_at = models.DateTimeField("started", null=True)
    created_at = models.DateTimeField("created")
    updated_at = models.DateTimeField("updated")

    class Meta:
        managed = False
        db_table = "announcements"
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.event.get('title', self.event_id)} ({self.kind})"


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
