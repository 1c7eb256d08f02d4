"""The tables of announcements, of the delivery ledger and of feedback: their keys and indexes."""

from typing import Any

from django.utils.translation import gettext
from pynamodb.attributes import (
    BinaryAttribute,
    BinarySetAttribute,
    BooleanAttribute,
    JSONAttribute,
    MapAttribute,
    NumberAttribute,
    TTLAttribute,
    UnicodeAttribute,
    UTCDateTimeAttribute,
)
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex, KeysOnlyProjection

from ivent_site.dynamodb.rows import Row, RowMeta, TextJSONAttribute, sort_key, table_name
from notifications.enums import AnnouncementKind, AnnouncementState, Reason

ANNOUNCEMENTS_PARTITION = "announcements"
BREAKER_PARTITION = "breaker"
REFOLD_PARTITION = "refold"
# In place of an event's id, which it never is.
DIGESTS = "00000000-0000-0000-0000-000000000000"


class AnnouncementsByState(GlobalSecondaryIndex["AnnouncementRow"]):
    """Lists, and the sweep's unfinished ones: a state's announcements by age."""

    class Meta:
        index_name = "by_state"
        projection = AllProjection()

    state = UnicodeAttribute(hash_key=True)
    created_key = UnicodeAttribute(range_key=True)


class AnnouncementsByAge(GlobalSecondaryIndex["AnnouncementRow"]):
    """The list of all: they are few, and keys alone cost one write in an announcement's life."""

    class Meta:
        index_name = "by_age"
        projection = KeysOnlyProjection()

    everything = UnicodeAttribute(hash_key=True)
    created_key = UnicodeAttribute(range_key=True)


def announcement_title(kind: str, event: dict[str, Any]) -> str:
    """What an announcement is called in lists: by its event, unless it is about many."""
    is_digest = kind == AnnouncementKind.DIGEST
    return gettext("Weekly digest") if is_digest else str(event.get("title", ""))


class AnnouncementRow(Row):
    """One thing to tell about one event. `id` is "EVENT_ID.VERSION.KIND", so a replay makes
    no second one; its first 36 characters are the partition key, so an event's announcements
    are one consistent Query, in the order of their versions. A reminder has its place in time
    instead of a version, and stands behind all others.
    """

    class Meta(RowMeta):
        table_name = table_name("announcements")

    event_id = UnicodeAttribute(hash_key=True)
    id = UnicodeAttribute(range_key=True)
    version = NumberAttribute()
    kind = UnicodeAttribute()
    state = UnicodeAttribute()
    # The event as it is announced, and what changed: [{"field", "old", "new"}].
    event = TextJSONAttribute()
    changes = TextJSONAttribute(default=list)
    # When the event was, as its readers were told before: EventTimes.times_json. Of a change.
    told = TextJSONAttribute(null=True)
    # Markdown: what the staff say to it; of a message, all of it.
    note = UnicodeAttribute(default="")
    # Of a message.
    subject = UnicodeAttribute(default="")
    # Of a new event or a reminder: when readers of the weekly digest find it there, so that they
    # get no mail of their own; absent: all do. Of a digest: its slot.
    digest_at = UTCDateTimeAttribute(null=True)
    # Of a digest: the slot of the last one before it that went out.
    digest_follows = UTCDateTimeAttribute(null=True)
    # Of a digest, whose `event` has the topics of all of them only: see DigestEvent.
    events = TextJSONAttribute(null=True)
    shard_count = NumberAttribute()
    # When it went from held to sending; absent as long as nobody may have been told.
    started_at = UTCDateTimeAttribute(null=True)
    # When its shards were last queued.
    queued_at = UTCDateTimeAttribute(null=True)
    # Of every shard that has ended: {"03": {"audience", "sent", "refused", …}}.
    shards: MapAttribute[str, Any] = MapAttribute(default=dict)
    reason = UnicodeAttribute(default="")
    created_at = UTCDateTimeAttribute()
    updated_at = UTCDateTimeAttribute()

    created_key = UnicodeAttribute(null=True)
    everything = UnicodeAttribute(default=ANNOUNCEMENTS_PARTITION)

    by_state = AnnouncementsByState()
    by_age = AnnouncementsByAge()

    def index_keys(self) -> dict[str, Any]:
        # Held for a moment only, unless it waits for a person: a list would pay for it.
        is_listed = self.state != AnnouncementState.HELD or self.reason == Reason.OLD
        return {"created_key": self.list_key if is_listed else None}

    @property
    def title(self) -> str:
        """What it is called in lists."""
        return announcement_title(self.kind, self.event)

    @property
    def list_key(self) -> str:
        """Its place in the lists."""
        return sort_key(self.created_at, self.id)


class ChunkRow(Row):
    """The ledger: a contiguous run of a shard's subscribers, claimed by one worker.

    The range key is "SHARD.AFTER": the shard and the last id before the run, so whoever
    goes on from the same place puts the same key, and one conditional put decides between
    them, even if the audience has changed meanwhile. Names are short and ids packed: a
    chunk of 50 stays under 1 KB, one write unit.
    """

    class Meta(RowMeta):
        table_name = table_name("chunks")

    announcement = UnicodeAttribute(hash_key=True, attr_name="a")
    key = UnicodeAttribute(range_key=True, attr_name="k")
    # The subscribers to mail, 16 bytes each, in the order of the walk. Empty: the shard's end.
    ids = BinaryAttribute(attr_name="i", legacy_encoding=False)
    # The last subscriber that was looked at.
    last = UnicodeAttribute(attr_name="l")
    owner = UnicodeAttribute(attr_name="o")
    # The last moment (Unix seconds) at which the owner may send.
    until = NumberAttribute(attr_name="u")
    end = BooleanAttribute(attr_name="e", null=True)
    # Absent: claimed. See ChunkState.
    state = UnicodeAttribute(attr_name="s", null=True)
    # How many of `ids` have surely left, noted by a transport that sends one by one.
    progress = NumberAttribute(attr_name="p", null=True)
    # Packed ids of whom an event of SES proves to have been mailed.
    seen = BinarySetAttribute(attr_name="v", null=True, legacy_encoding=False)
    # Who did not get it: {subscriber id: reason}.
    refused = JSONAttribute(attr_name="r", null=True)
    # Packed ids of those a second call was made for, or was about to be.
    tried = BinarySetAttribute(attr_name="t", null=True, legacy_encoding=False)
    # This claim did not commit the chunk before it, which is unknown.
    doubt = BooleanAttribute(attr_name="d", null=True)
    # Packed ids of whom SES did not mail after all, though it had accepted the mail.
    rejected = BinarySetAttribute(attr_name="x", null=True, legacy_encoding=False)
    # Who was refused and is sent to once more, as a person asked: {subscriber id: reason}.
    again = JSONAttribute(attr_name="g", null=True)
    # `until` as its walk left it, where mails of it are sent once more.
    walked_until = NumberAttribute(attr_name="w", null=True)


class CountRow(Row):
    """How many bounced and complained: of an hour ("hours", "2026-11-01T12#3") or of an
    announcement ("announcement#ID", "3"), each spread over a few rows, so that none is hot.

    Of a shard ("delivered#ID", "0f"): how many arrived and are not counted for the day yet.
    """

    class Meta(RowMeta):
        table_name = table_name("feedback")

    partition = UnicodeAttribute(hash_key=True)
    key = UnicodeAttribute(range_key=True)
    bounced = NumberAttribute(default=0)
    complained = NumberAttribute(default=0)
    delivered = NumberAttribute(default=0)
    # Of an hour.
    expires_at = TTLAttribute(null=True)


class CountedRow(Row):
    """A mail ("mail#MESSAGE_ID") whose bounce or complaint (the key) has been counted."""

    class Meta(RowMeta):
        table_name = table_name("feedback")

    partition = UnicodeAttribute(hash_key=True)
    key = UnicodeAttribute(range_key=True)
    expires_at = TTLAttribute()


class OutcomeRow(Row):
    """What came of one mail ("ANNOUNCEMENT_ID#OUTCOME") at one reader ("recipient#ID").

    The announcement is empty for a confirmation mail, and where SES sent no tags.
    """

    class Meta(RowMeta):
        table_name = table_name("feedback")

    partition = UnicodeAttribute(hash_key=True)
    key = UnicodeAttribute(range_key=True)
    outcome = UnicodeAttribute()
    announcement_id = UnicodeAttribute(default="")
    at = UTCDateTimeAttribute()
    # The row of the feedback table, as text; empty in rows from before there was a table.
    feedback = UnicodeAttribute(default="")
    # SMTP's enhanced status code, and the server's words without addresses.
    status = UnicodeAttribute(default="")
    diagnosis = UnicodeAttribute(default="")
    expires_at = TTLAttribute()


class RefoldRow(Row):
    """A shard ("ANNOUNCEMENT#SHARD") to be summed once more: its ledger has been corrected."""

    class Meta(RowMeta):
        table_name = table_name("feedback")

    partition = UnicodeAttribute(hash_key=True, default=REFOLD_PARTITION)
    key = UnicodeAttribute(range_key=True)
    # New with every correction, so that none is taken for the one before.
    token = UnicodeAttribute()


class BreakerRow(Row):
    """The one breaker: why it is open, and until when a person overrides it."""

    class Meta(RowMeta):
        table_name = table_name("feedback")

    partition = UnicodeAttribute(hash_key=True, default=BREAKER_PARTITION)
    key = UnicodeAttribute(range_key=True, default=BREAKER_PARTITION)
    # Empty: closed.
    reason = UnicodeAttribute(default="")
    since = UTCDateTimeAttribute(null=True)
    override_until = UTCDateTimeAttribute(null=True)
