"""Announcements: making and reading them, each step from one state to the next, and their sums.

Every step is one conditional update, so it may be repeated and races are decided by DynamoDB.
"""

from notifications.announcements.drafts import (
    Decision,
    announcement_create,
    announcement_draft,
    announcement_id,
    reminder_id,
)
from notifications.announcements.reading import (
    UNFINISHED,
    announcement_get,
    announcements_in,
    announcements_with_ids,
    event_announcements,
    folded_shards,
    is_started,
    shard_names,
)
from notifications.announcements.steps import (
    announcement_discard,
    announcement_empty,
    announcement_hold,
    announcement_pause,
    announcement_queued,
    announcement_resume,
    announcement_shelve,
    announcement_start,
    announcement_stop,
    announcement_withdraw,
)
from notifications.announcements.sums import (
    AGAIN,
    PARKED_KEYS,
    PARKED_SHOWN,
    REFUSALS,
    SETTLE_AT,
    announcement_finish,
    announcement_sums,
    shard_fold,
)

__all__ = [
    "AGAIN",
    "PARKED_KEYS",
    "PARKED_SHOWN",
    "REFUSALS",
    "SETTLE_AT",
    "UNFINISHED",
    "Decision",
    "announcement_create",
    "announcement_discard",
    "announcement_draft",
    "announcement_empty",
    "announcement_finish",
    "announcement_get",
    "announcement_hold",
    "announcement_id",
    "announcement_pause",
    "announcement_queued",
    "announcement_resume",
    "announcement_shelve",
    "announcement_start",
    "announcement_stop",
    "announcement_sums",
    "announcement_withdraw",
    "announcements_in",
    "announcements_with_ids",
    "event_announcements",
    "folded_shards",
    "is_started",
    "reminder_id",
    "shard_fold",
    "shard_names",
]
