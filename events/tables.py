"""The tables of events and topics: their keys and indexes.

The events table's stream (old and new images) is the only link to whoever announces.
A row of which something is still to be told (a change, a message, a reminder), or that is
to publish itself, has its place in the sparse `by_due` index: there the sweep finds it, should
the stream have lost it. See `events.outbox`.
"""

from datetime import datetime
from typing import Any

from pynamodb.attributes import (
    BooleanAttribute,
    ListAttribute,
    NumberAttribute,
    UnicodeAttribute,
    UTCDateTimeAttribute,
)
from pynamodb.constants import STREAM_NEW_AND_OLD_IMAGE
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex, KeysOnlyProjection

from events.enums import EventStatus
from events.validators import TOPIC_COLOUR
from ivent_site.dynamodb.rows import Row, RowMeta, TextJSONAttribute, sort_key, table_name

DUE_PARTITION = "due"
# What is public, cancelled or not, and what is not yet: the partitions of `by_end`.
PUBLIC_LISTING, DRAFT_LISTING = "public", "draft"
MOVED_PARTITION = "moved"
RULES_PARTITION = "rules"
TOPIC_PARTITION = "topic"
# Leaves room for "#" and an id. Letters may become longer when their case is folded.
TITLE_KEY_BYTES = 960


class EventsByStatus(GlobalSecondaryIndex["EventRow"]):
    """Lists: a status' events by start."""

    class Meta:
        index_name = "by_status"
        projection = AllProjection()

    status = UnicodeAttribute(hash_key=True)
    start_key = UnicodeAttribute(range_key=True)


class EventsByEnd(GlobalSecondaryIndex["EventRow"]):
    """Lists of what is not over, by end, however long ago it began: drafts, or what is public."""

    class Meta:
        index_name = "by_end"
        projection = AllProjection()

    listing = UnicodeAttribute(hash_key=True)
    end_key = UnicodeAttribute(range_key=True)


class EventsByTitle(GlobalSecondaryIndex["EventRow"]):
    """Search: titles that begin with the text, in a partition per first character.

    Keys alone, so that only a new title is a write.
    """

    class Meta:
        index_name = "by_title"
        projection = KeysOnlyProjection()

    title_initial = UnicodeAttribute(hash_key=True)
    title_key = UnicodeAttribute(range_key=True)


class EventsByDue(GlobalSecondaryIndex["EventRow"]):
    """Sparse: what the sweep has to look at, by when."""

    class Meta:
        index_name = "by_due"
        projection = KeysOnlyProjection()

    due = UnicodeAttribute(hash_key=True)
    due_key = UnicodeAttribute(range_key=True)


class EventsByMoved(GlobalSecondaryIndex["EventRow"]):
    """Sparse: events that new rules have moved since subscribers were told, by end."""

    class Meta:
        index_name = "by_moved"
        projection = KeysOnlyProjection()

    moved = UnicodeAttribute(hash_key=True)
    moved_key = UnicodeAttribute(range_key=True)


def title_search_text(title: str) -> str:
    """A title as the search index knows it, cut to what a range key of 1,024 bytes can hold."""
    text = " ".join(title.casefold().split())
    return text.encode()[:TITLE_KEY_BYTES].decode(errors="ignore")


def listing_of(status: str) -> str:
    """The partition of `by_end` that holds events of this status."""
    return DRAFT_LISTING if status == EventStatus.DRAFT else PUBLIC_LISTING


class EventRow(Row):
    """An event. Its times are those of the clocks in `timezone`, where it takes place: see
    `events.wall_clock`. Moments, and the index keys made of them, are derived from these by the
    IANA release `rules`, and derived again when a later one moves them: see `events.derive`.
    """

    class Meta(RowMeta):
        table_name = table_name("events")
        stream_view_type = STREAM_NEW_AND_OLD_IMAGE

    id = UnicodeAttribute(hash_key=True)
    title = UnicodeAttribute()
    description = UnicodeAttribute(default="")
    # "2027-08-01T19:00:00"; of an all-day event the first day, and the day after the last.
    # Absent of rows from before there were wall clocks: `manage.py recover_clocks` adds them.
    starts = UnicodeAttribute(null=True)
    ends = UnicodeAttribute(null=True)
    starts_at = UTCDateTimeAttribute()
    ends_at = UTCDateTimeAttribute(null=True)
    rules = UnicodeAttribute(null=True)
    # When other rules last moved it.
    moved_at = UTCDateTimeAttribute(null=True)
    # What subscribers were told of its times (EventTimes.times_json), where that is no longer
    # the moment.
    told = TextJSONAttribute(null=True)
    # The version whose mark asks for the corrected calendar entry to be sent.
    correction_version = NumberAttribute(null=True)
    timezone = UnicodeAttribute()
    all_day = BooleanAttribute(default=False)
    location = UnicodeAttribute(default="")
    url = UnicodeAttribute(default="")
    # `of` is typed as the value's type; what it takes is the attribute's.
    topics: ListAttribute[str] = ListAttribute(of=UnicodeAttribute, default=list)  # type: ignore[arg-type]
    status = UnicodeAttribute()
    version = NumberAttribute(default=1)
    # Minutes before the start at which readers are reminded.
    reminders: ListAttribute[int] = ListAttribute(of=NumberAttribute, default=list)  # type: ignore[arg-type]
    # Reminders up to here are sent, or have been left out.
    remind_after = UTCDateTimeAttribute(null=True)
    # When a draft publishes itself, by the clock there, and the moment; absent of all others.
    publish_clock = UnicodeAttribute(null=True)
    publish_at = UTCDateTimeAttribute(null=True)

    # The mark: the version whose change is still to be announced, and not before when.
    announce_version = NumberAttribute(null=True)
    announce_at = UTCDateTimeAttribute(null=True)
    # What goes with it: [[version, text]].
    notes = TextJSONAttribute(null=True)
    # The id of the last announcement of a change, for lists.
    last_announcement = UnicodeAttribute(null=True)
    # What an undo brings back; gone once the announcement may start.
    undo = TextJSONAttribute(null=True)

    # A message that is still to be sent: {"subject", "text"}, and the version that it made.
    message = TextJSONAttribute(null=True)
    message_version = NumberAttribute(null=True)
    # Until when it can be taken back; gone once it may start.
    message_at = UTCDateTimeAttribute(null=True)
    # Of the form that made the last message, so that it makes no second one.
    message_token = UnicodeAttribute(null=True)

    created_at = UTCDateTimeAttribute()
    updated_at = UTCDateTimeAttribute()
    # When the sweep has to look at this row; absent when it has not.
    due_at = UTCDateTimeAttribute(null=True)

    start_key = UnicodeAttribute(null=True)
    listing = UnicodeAttribute(null=True)
    end_key = UnicodeAttribute(null=True)
    title_initial = UnicodeAttribute(null=True)
    title_key = UnicodeAttribute(null=True)
    due = UnicodeAttribute(null=True)
    due_key = UnicodeAttribute(null=True)
    moved = UnicodeAttribute(null=True)
    moved_key = UnicodeAttribute(null=True)

    by_status = EventsByStatus()
    by_end = EventsByEnd()
    by_title = EventsByTitle()
    by_due = EventsByDue()
    by_moved = EventsByMoved()

    def index_keys(self) -> dict[str, Any]:
        text = title_search_text(self.title)
        due_at: datetime | None = self.due_at
        return {
            "start_key": sort_key(self.starts_at, self.id),
            "listing": listing_of(self.status),
            "end_key": sort_key(self.ends_at or self.starts_at, self.id),
            "title_initial": text[:1],
            "title_key": sort_key(text, self.id),
            "due": DUE_PARTITION if due_at else None,
            "due_key": sort_key(due_at, self.id) if due_at else None,
            "moved": MOVED_PARTITION if self.told else None,
            "moved_key": sort_key(self.ends_at or self.starts_at, self.id) if self.told else None,
        }


class DerivationRow(Row):
    """How far events have been derived by the latest rules of time zones: see `events.derive`.

    One row, beside the counters: whoever may count may write it.
    """

    class Meta(RowMeta):
        table_name = table_name("counters")

    partition = UnicodeAttribute(hash_key=True, default=RULES_PARTITION)
    key = UnicodeAttribute(range_key=True, default=RULES_PARTITION)
    # The IANA release, and the one before it.
    rules = UnicodeAttribute()
    former = UnicodeAttribute(null=True)
    # How often all have been looked at, and when the next time begins.
    passes = NumberAttribute(default=0)
    next_at = UTCDateTimeAttribute()
    # "STATUS" or "STATUS START_KEY": behind what the next page begins; empty at a pass' beginning.
    cursor = UnicodeAttribute(default="")
    examined = NumberAttribute(default=0)
    moved = NumberAttribute(default=0)


class TopicRow(Row):
    """A kind of event that people may ask for. All topics are one partition: they are few."""

    class Meta(RowMeta):
        table_name = table_name("topics")

    partition = UnicodeAttribute(hash_key=True, default=TOPIC_PARTITION)
    slug = UnicodeAttribute(range_key=True)
    name = UnicodeAttribute()
    description = UnicodeAttribute(default="")
    # "#rrggbb"
    colour = UnicodeAttribute(default=TOPIC_COLOUR)
