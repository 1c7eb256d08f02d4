"""The subscriptions table: its keys and indexes.

One row per address. An index cannot keep an address unique, so a sentinel item with the
address as its key is written in the same transaction as the row.
"""

from typing import Any

from pynamodb.attributes import (
    BinaryAttribute,
    JSONAttribute,
    ListAttribute,
    NumberAttribute,
    TTLAttribute,
    UnicodeAttribute,
    UTCDateTimeAttribute,
)
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex, IncludeProjection

from ivent_site.dynamodb.parts import PartRow
from ivent_site.dynamodb.rows import Row, RowMeta, sort_key, table_name
from subscriptions.enums import Frequency, ImportKind, SubscriptionStatus
from subscriptions.search import search_text

AUDIENCE_PARTITION = "audience"
IMPORTS_PARTITION = "imports"
SETUP_STOPS_PARTITION = "setup_stops"
EVERYTHING = "everything"


class SubscriptionsByShard(GlobalSecondaryIndex["SubscriptionRow"]):
    """Sparse: the confirmed, by shard and id, with nothing but what a mail needs."""

    class Meta:
        index_name = "by_shard"
        projection = IncludeProjection(
            ["email", "locale", "timezone", "topics", "frequency", "last_digest_at"]
        )

    shard = UnicodeAttribute(hash_key=True)
    id = UnicodeAttribute(range_key=True)


class SubscriptionsByStatus(GlobalSecondaryIndex["SubscriptionRow"]):
    """Lists: a status' subscriptions by age."""

    class Meta:
        index_name = "by_status"
        projection = AllProjection()

    status = UnicodeAttribute(hash_key=True)
    created_key = UnicodeAttribute(range_key=True)


class SubscriptionsByAge(GlobalSecondaryIndex["SubscriptionRow"]):
    """Lists: all subscriptions by age, whatever their status, in one Query.

    One partition, which takes a thousand changes a second: imports are paced below that.
    """

    class Meta:
        index_name = "by_age"
        projection = AllProjection()

    everything = UnicodeAttribute(hash_key=True)
    created_key = UnicodeAttribute(range_key=True)


class SubscriptionRow(Row):
    """Who gets what. `topics` empty means every topic."""

    class Meta(RowMeta):
        table_name = table_name("subscriptions")

    id = UnicodeAttribute(hash_key=True)
    # As typed; `email_key` is what it is compared by.
    email = UnicodeAttribute()
    # What the subscriber goes by; many have none.
    name = UnicodeAttribute(default="")
    status = UnicodeAttribute()
    topics: ListAttribute[Any] = ListAttribute(of=UnicodeAttribute, default=list)
    locale = UnicodeAttribute(default="en")
    # Empty: times are shown in the event's zone only.
    timezone = UnicodeAttribute(default="")
    # Rows of before there was a choice have none, which is the default.
    frequency = UnicodeAttribute(default=Frequency.AT_ONCE.value)
    # Who gave the digest up: the one that they still get, for what was left to it.
    last_digest_at = UTCDateTimeAttribute(null=True)
    version = NumberAttribute(default=1)
    # Grows whenever somebody leaves or is suppressed: a confirm link holds for its round only.
    round = NumberAttribute(default=0)
    # What confirming will bring: {"at", "source", "ip_hash", "topics", "locale", "timezone",
    # "frequency"}, and "name" if one was given.
    requested = JSONAttribute(null=True)
    # The queue message that the last confirmation mail answers, and when that was claimed.
    request_id = UnicodeAttribute(null=True)
    confirmation_sent_at = UTCDateTimeAttribute(null=True)
    # What was agreed to: {"text_version", "at", "source", "ip_hash", "requested_at",
    # "requested_ip_hash"}; of declared or restored consent also {"date", "import"}.
    consent = JSONAttribute(null=True)
    # Why it is stopped: by the staff {"reason", "at"}, and "import" if a do-not-mail list did; by
    # SES's feedback {"cause" (StopCause), "code" (SMTP's enhanced status code), "at", "was" (its
    # status before)}; or both. After it was restored: {"restored_at"}.
    suppression = JSONAttribute(null=True)
    confirmed_at = UTCDateTimeAttribute(null=True)
    created_at = UTCDateTimeAttribute()
    updated_at = UTCDateTimeAttribute()
    # Its fan-out partition, "00" to "ff", for life; `shard` holds it only while confirmed.
    home_shard = UnicodeAttribute()

    shard = UnicodeAttribute(null=True)
    everything = UnicodeAttribute(null=True)
    created_key = UnicodeAttribute(null=True)
    email_key = UnicodeAttribute()

    by_shard = SubscriptionsByShard()
    by_status = SubscriptionsByStatus()
    by_age = SubscriptionsByAge()

    def index_keys(self) -> dict[str, Any]:
        confirmed = self.status == SubscriptionStatus.CONFIRMED
        return {
            "shard": self.home_shard if confirmed else None,
            "everything": EVERYTHING,
            "created_key": sort_key(self.created_at, self.id),
        }

    @property
    def searched(self) -> str:
        """What the row is found by, folded."""
        return search_text(name=self.name, email=self.email)


class SearchRow(PartRow):
    """A place in a subscriber's name or address where a match may begin."""

    class Meta(RowMeta):
        table_name = table_name("search")


class AddressRow(Row):
    """The sentinel in the subscriptions table: `id` is "address#" and the email key's hash."""

    class Meta(RowMeta):
        table_name = table_name("subscriptions")

    id = UnicodeAttribute(hash_key=True)
    subscription_id = UnicodeAttribute()


class AudienceRow(Row):
    """How many of a shard are confirmed with the same wishes: what an event reaches.

    The key is "SHARD#HASH" of `wish`, which may be longer than a key: "LOCALE|topic,topic", with
    "|weekly" behind it for readers of the digest.
    """

    class Meta(RowMeta):
        table_name = table_name("counters")

    partition = UnicodeAttribute(hash_key=True, default=AUDIENCE_PARTITION)
    key = UnicodeAttribute(range_key=True)
    wish = UnicodeAttribute()
    number = NumberAttribute()


class SetupStopRow(Row):
    """A subscription (the key) that a bounce stopped which points to our own e-mail set-up.

    It comes and goes in the transactions that change the subscription, so it is exact.
    """

    class Meta(RowMeta):
        table_name = table_name("counters")

    partition = UnicodeAttribute(hash_key=True, default=SETUP_STOPS_PARTITION)
    key = UnicodeAttribute(range_key=True)
    code = UnicodeAttribute(default="")
    at = UTCDateTimeAttribute()


class ImportRow(Row):
    """A file of addresses: what was found in it, and how far its import is.

    The key is a UUIDv7, so imports are in the order of their age.
    """

    class Meta(RowMeta):
        table_name = table_name("imports")

    partition = UnicodeAttribute(hash_key=True, default=IMPORTS_PARTITION)
    key = UnicodeAttribute(range_key=True)
    name = UnicodeAttribute()
    # Rows of before there were kinds have none, which is the default.
    kind = UnicodeAttribute(default=ImportKind.PEOPLE.value)
    state = UnicodeAttribute()
    # The uploaded file: how many items it is kept in, until the import begins.
    file_parts = NumberAttribute(default=0)
    # How it was read: [[heading, field]], a key of ENCODINGS or "", and what to know about it.
    columns = JSONAttribute(default=list)
    encoding = UnicodeAttribute(default="")
    # Of rows that name none.
    language = UnicodeAttribute(default="")
    notes = JSONAttribute(default=list)
    # What the staff declares: {"source", "date"}; absent where each person is asked.
    consent = JSONAttribute(null=True)
    rows = NumberAttribute(default=0)
    # The first of what is wrong: [{"line", "column", "message"}], of how many rows, and how often
    # each message. The values are in an ImportPartRow, for they are forgotten.
    problems = JSONAttribute(default=list)
    wrong = NumberAttribute(default=0)
    reasons = JSONAttribute(default=dict)
    # Which check made the parts: another reading of the file makes others. None: an old import.
    checked_as = UnicodeAttribute(null=True)
    parts = NumberAttribute(default=0)
    position = NumberAttribute(default=0)
    added = NumberAttribute(default=0)
    known = NumberAttribute(default=0)
    version = NumberAttribute(default=1)
    created_at = UTCDateTimeAttribute()
    updated_at = UTCDateTimeAttribute()


class ImportPartRow(Row):
    """Some rows of a file ("import#CHECK", "000042"), until they are imported, or two days; and
    the values that were wrong in it ("values"), for as long.
    """

    class Meta(RowMeta):
        table_name = table_name("imports")

    partition = UnicodeAttribute(hash_key=True)
    key = UnicodeAttribute(range_key=True)
    # Each as a list of what an ImportedPerson has.
    people = JSONAttribute()
    expires_at = TTLAttribute()


class ImportFileRow(Row):
    """A piece of an uploaded file ("file#ID", "000000"), until its import begins, or two days."""

    class Meta(RowMeta):
        table_name = table_name("imports")

    partition = UnicodeAttribute(hash_key=True)
    key = UnicodeAttribute(range_key=True)
    content = BinaryAttribute(legacy_encoding=False)
    expires_at = TTLAttribute()
