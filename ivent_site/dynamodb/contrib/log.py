"""The admin's history (LogEntry) on a table of its own."""

from django.contrib.admin.models import LogEntry

from ivent_site.dynamodb.contrib.log_rows import LogRow
from ivent_site.dynamodb.store import Path, Store, bind

bind(
    LogEntry,
    Store(
        row=LogRow,
        paths=(
            Path(
                index="by_object", partition=("content_type_id", "object_id"), order="action_time"
            ),
            Path(index="by_user", partition="user_id", order="action_time"),
        ),
    ),
)
