"""The history's table. It needs no admin, which the worker does not load."""

from datetime import UTC, datetime
from typing import Any, Final
from zlib import crc32

from pynamodb.attributes import NumberAttribute, UnicodeAttribute, UTCDateTimeAttribute
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex

from ivent_site.dynamodb.rows import Row, RowMeta, sort_key, table_name
from ivent_site.ids import number_id

# Integers of this many digits sort as text like numbers.
ID_DIGITS = 19
# The name under which the system itself acts.
SYSTEM: Final = "ivent"
# django.contrib.admin.models.CHANGE
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


def model_id(label: str) -> int:
    """A model's content type: the same in every process, since it is made of the name."""
    return crc32(label.lower().encode())


def change_entry(
    *, label: str, object_id: str, object_repr: str, message: str, user_id: str = SYSTEM
) -> LogRow:
    """An entry of what a worker did to an object, not written yet; `user_id` names the member of
    the staff for whom it did so.
    """
    return LogRow(
        id=number_id(),
        action_time=datetime.now(UTC),
        user_id=user_id,
        content_type_id=model_id(label),
        object_id=object_id,
        object_repr=object_repr,
        action_flag=_CHANGE,
        change_message=message,
    )
