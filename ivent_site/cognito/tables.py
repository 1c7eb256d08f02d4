"""The table of staff who have signed in: its keys and indexes.

Passwords and groups stay in Cognito. The row gives a person a key for the admin's history,
and the session epoch that ends their sessions.
"""

from typing import Any

from pynamodb.attributes import UnicodeAttribute, UTCDateTimeAttribute
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex

from ivent_site.dynamodb.rows import Row, RowMeta, sort_key, table_name

STAFF_PARTITION = "staff"


class StaffByLogin(GlobalSecondaryIndex["StaffRow"]):
    """Lists: all staff by their last sign-in, in one partition: they are few."""

    class Meta:
        index_name = "by_login"
        projection = AllProjection()

    partition = UnicodeAttribute(hash_key=True)
    login_key = UnicodeAttribute(range_key=True)


class StaffRow(Row):
    """Someone who has signed in to the admin; `id` is the Cognito `sub`."""

    class Meta(RowMeta):
        table_name = table_name("staff")

    id = UnicodeAttribute(hash_key=True)
    username = UnicodeAttribute()
    # Only what Cognito has verified.
    email = UnicodeAttribute(default="")
    name = UnicodeAttribute(default="")
    # Part of every session's hash: a new one ends all sessions of this person.
    session_epoch = UnicodeAttribute()
    last_login_at = UTCDateTimeAttribute()
    created_at = UTCDateTimeAttribute()

    partition = UnicodeAttribute(default=STAFF_PARTITION)
    login_key = UnicodeAttribute(null=True)

    by_login = StaffByLogin()

    def index_keys(self) -> dict[str, Any]:
        return {"login_key": sort_key(self.last_login_at, self.id)}
