"""The table of counters: numbers that would otherwise have to be counted by reading it all."""

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from ivent_site.dynamodb.rows import Row, RowMeta, table_name

DAYS_PARTITION = "days"


class DayRow(Row):
    """What happened on a day (UTC): the key is "2026-11-22#3", the day and one of a few rows
    that share its numbers, so that none is hot.
    """

    class Meta(RowMeta):
        table_name = table_name("counters")

    partition = UnicodeAttribute(hash_key=True, default=DAYS_PARTITION)
    key = UnicodeAttribute(range_key=True)
    confirmed = NumberAttribute(default=0)
    left = NumberAttribute(default=0)
    suppressed = NumberAttribute(default=0)
    sent = NumberAttribute(default=0)
    refused = NumberAttribute(default=0)
    delivered = NumberAttribute(default=0)
    bounced = NumberAttribute(default=0)
    complained = NumberAttribute(default=0)
    published = NumberAttribute(default=0)
