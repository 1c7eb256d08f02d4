"""The table of the admin's history, for those too who run without Django's admin: the worker."""

from datetime import UTC, datetime
from typing import Any, Final
from zlib import crc32

from pynamodb.attributes import NumberAttribute, UnicodeAttribute, UTCDateTimeAttribute
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex

from ivent_site.dynamodb.rows import Row, RowMeta, sort_key, table_name
from ivent_site.ids import number_id

# Integers of this many digits sort as text like numbers.
ID_DIGITS = 19
# Who did what no person did.
SYSTEM: Final = "ivent"
# As django.contrib.admin.models has it.
_CHANGE: Final = 2


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


def content_type_id(label: str) -> int:
    """The id of a model's content type ("events.event"): the same in every process."""
    return crc32(label.encode())


def system_entry(*, label: str, object_id: str, name: str, message: str) -> LogRow:
    """An entry about a change that no person made, to be put with the change itself."""
    return LogRow(
        number_id(),
        action_time=datetime.now(UTC),
        user_id=SYSTEM,
        content_type_id=content_type_id(label),
        object_id=object_id,
        object_repr=name,
        action_flag=_CHANGE,
        change_message=message,
    )
