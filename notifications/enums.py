"""What an announcement tells, and how far it has got."""

from enum import StrEnum


class AnnouncementKind(StrEnum):
    """What the mail says about the event."""

    PUBLISHED = "published"
    CHANGED = "changed"
    CANCELLED = "cancelled"


class AnnouncementState(StrEnum):
    """held → sending → done; sending ⇄ paused; anything unfinished may be cancelled."""

    HELD = "held"
    SENDING = "sending"
    PAUSED = "paused"
    DONE = "done"
    CANCELLED = "cancelled"


TRANSITIONS: dict[AnnouncementState, frozenset[AnnouncementState]] = {
    AnnouncementState.HELD: frozenset({AnnouncementState.SENDING, AnnouncementState.CANCELLED}),
    AnnouncementState.SENDING: frozenset(
        {AnnouncementState.PAUSED, AnnouncementState.DONE, AnnouncementState.CANCELLED}
    ),
    AnnouncementState.PAUSED: frozenset({AnnouncementState.SENDING, AnnouncementState.CANCELLED}),
    AnnouncementState.DONE: frozenset(),
    AnnouncementState.CANCELLED: frozenset(),
}


class ChunkState(StrEnum):
    """A claimed chunk is committed by the claim of its successor; the others are exceptions.

    claimed → unknown → resending → settled or parked; unknown → settled.
    """

    CLAIMED = "claimed"
    UNKNOWN = "unknown"
    RESENDING = "resending"
    SETTLED = "settled"
    PARKED = "parked"
