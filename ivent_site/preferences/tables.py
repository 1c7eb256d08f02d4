"""The table of what admins set for the whole site: one row."""

from typing import Any

from pynamodb.attributes import (
    ListAttribute,
    NumberAttribute,
    UnicodeAttribute,
    UTCDateTimeAttribute,
)

from ivent_site.dynamodb.rows import Row, RowMeta, table_name

SITE: str = "site"


class PreferencesRow(Row):
    """The one row; as long as it is not there, the settings' values hold."""

    class Meta(RowMeta):
        table_name = table_name("preferences")

    id = UnicodeAttribute(hash_key=True, default=SITE)
    organisation = UnicodeAttribute()
    postal_address = UnicodeAttribute()
    sender_name = UnicodeAttribute()
    reply_to = UnicodeAttribute()
    default_timezone = UnicodeAttribute()
    languages: ListAttribute[Any] = ListAttribute(of=UnicodeAttribute)
    undo_window_s = NumberAttribute()
    reminders: ListAttribute[Any] = ListAttribute(of=NumberAttribute)
    logo_url = UnicodeAttribute(default="")
    colour = UnicodeAttribute()
    footer = UnicodeAttribute(default="")
    # The weekly digest: 0 is Monday; absent: there is none.
    digest_weekday = NumberAttribute(null=True)
    digest_hour = NumberAttribute(null=True)
    digest_weeks = NumberAttribute(null=True)
    # Since when this schedule holds; of the one before it, the slot that was due then, for which
    # the digest may not have been made yet, and the last one that it had promised; both by the
    # clock, as "2026-11-28T08:00:00[America/Vancouver]".
    digest_since = UTCDateTimeAttribute(null=True)
    digest_last = UnicodeAttribute(null=True)
    digest_promised = UnicodeAttribute(null=True)
    version = NumberAttribute(default=1)
    updated_at = UTCDateTimeAttribute()
