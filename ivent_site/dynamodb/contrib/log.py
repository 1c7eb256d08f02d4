"""The admin's history (LogEntry) on a table of its own."""

from typing import Any

from django.contrib.admin.models import LogEntry
from pynamodb.attributes import NumberAttribute, UnicodeAttribute, UTCDateTimeAttribute
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex

from ivent_site.dynamodb.rows import Row, RowMeta, sort_key, table_name
from ivent_site.dynamodb.store import Path, Store, bind

# Integers of this many digits sort as text like numbers.
ID_DIGITS = 19


class LogByObject(GlobalSecondaryIndex["LogRow"]):
    """An object's history."""

    class Meta:
        index_name = "by_object"
        projection = AllProjection()

    object_key = UnicodeAttribute(hash_key=True)
    time_key = UnicodeAttribute(range_key=True)


class LogByUser(GlobalSecondaryIndex["LogRow"]):
    """What a person did lately."""

    class Meta:
        index_name = "by_user"
        projection = AllProjection()

    user_id = UnicodeAttribute(hash_key=True)
    time_key = UnicodeAttribute(range_key=True)


class LogRow(Row):
    """One action in the admin; `id` is made from the time, without a sequence."""

    class Meta(RowMeta):
        table_name = table_name("log")

    id = NumberAttribute(hash_key=True)
    action_time = UTCDateTimeAttribute()
    user_id = UnicodeAttribute()
    content_type_id = NumberAttribute(null=True)
    object_id = UnicodeAttribute(null=True)
    object_repr = UnicodeAttribute()
    action_flag = NumberAttribute()
    change_message = UnicodeAttribute(default="")

    object_key = UnicodeAttribute(null=True)
    time_key = UnicodeAttribute(null=True)

    by_object = LogByObject()
    by_user = LogByUser()

    def index_keys(self) -> dict[str, Any]:
        return {
            "object_key": f"{self.content_type_id}#{self.object_id}",
            "time_key": sort_key(self.action_time, f"{self.id:0{ID_DIGITS}}"),
        }


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
