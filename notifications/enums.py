"""What an announcement tells, and how far it has got."""

from enum import StrEnum


class AnnouncementKind(StrEnum):
    """What the mail says about the event."""

    PUBLISHED = "published"
    CHANGED = "changed"
    CANCELLED = "cancelled"
    # The time on the clock is the same, but the moment is another: a new calendar entry.
    CORRECTED = "corrected"
    REMINDER = "reminder"
    MESSAGE = "message"
    # What is coming, once a week: about no single event.
    DIGEST = "digest"


# These say nothing new of the event itself: what readers know of it is what they knew before.
ASIDE = frozenset({AnnouncementKind.REMINDER, AnnouncementKind.MESSAGE})


class AnnouncementState(StrEnum):
    """held → sending → done; sending ⇄ paused; sending, paused → stopping → cancelled.

    HELD is told to nobody and may still be withdrawn. STOPPING goes no further and counts
    whom it has reached; CANCELLED has counted them. DONE is sent on if a person has a parked
    chunk resent, or what SES refused.
    """

    HELD = "held"
    SENDING = "sending"
    PAUSED = "paused"
    STOPPING = "stopping"
    DONE = "done"
    CANCELLED = "cancelled"


TRANSITIONS: dict[AnnouncementState, frozenset[AnnouncementState]] = {
    AnnouncementState.HELD: frozenset({AnnouncementState.SENDING, AnnouncementState.CANCELLED}),
    AnnouncementState.SENDING: frozenset(
        {AnnouncementState.PAUSED, AnnouncementState.STOPPING, AnnouncementState.DONE}
    ),
    AnnouncementState.PAUSED: frozenset({AnnouncementState.SENDING, AnnouncementState.STOPPING}),
    AnnouncementState.STOPPING: frozenset({AnnouncementState.CANCELLED}),
    AnnouncementState.DONE: frozenset({AnnouncementState.SENDING}),
    AnnouncementState.CANCELLED: frozenset(),
}


class Reason(StrEnum):
    """Why an announcement is where it is, when this project says so; else it is SES's code."""

    BY_HAND = "by hand"
    BREAKER = "breaker"
    OLD = "old"
    DISCARDED = "discarded"
    SUPERSEDED = "superseded"
    EVENT_CANCELLED = "event cancelled"
    EMPTY = "empty"


class ChunkState(StrEnum):
    """A claimed chunk is committed by the claim of its successor; the others are exceptions.

    claimed → unknown → resending → settled or parked; unknown → settled. A person sends a
    parked one back to unknown, or leaves it; and has one in which SES refused mails go there.
    RELEASED: its owner gave it back after `progress` of it, the rest surely not sent.
    SETTLED: what became of each is known, whatever comes after it.
    """

    CLAIMED = "claimed"
    RELEASED = "released"
    UNKNOWN = "unknown"
    RESENDING = "resending"
    SETTLED = "settled"
    PARKED = "parked"
    LEFT = "left"


class Outcome(StrEnum):
    """What came of a mail at its reader, as the reader's log shows it."""

    DELIVERED = "delivered"
    DELAYED = "delayed"
    SOFT_BOUNCED = "soft_bounced"
    BOUNCED = "bounced"
    COMPLAINED = "complained"
    # Kept back by SES, which suppresses the address.
    WITHHELD = "withheld"
    # Arrived, and its server reported something that is no complaint.
    REPORTED = "reported"
    # Dropped by SES after it had accepted it.
    REFUSED = "refused"


# The reason, among a chunk's refusals, of those who were no longer to be mailed.
SUPPRESSED = "suppressed"
