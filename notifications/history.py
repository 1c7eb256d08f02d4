"""Did Ana get it? What the ledger and SES's events say of single readers.

A chunk covers a contiguous run of a shard's readers, so what became of one reader's mail is
one Query of the ledger, and its successor, which says whether the chunk is committed.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final

from django.conf import settings

from ivent_site.dynamodb.rows import sort_key
from notifications import ledger
from notifications.announcements import AGAIN, folded_shards, is_started
from notifications.audience import Readers
from notifications.enums import SUPPRESSED, AnnouncementKind, AnnouncementState, ChunkState, Outcome
from notifications.ledger import Chunk
from notifications.outcomes import recipient_outcomes
from notifications.refusals import DROPPED
from notifications.tables import ANNOUNCEMENTS_PARTITION, AnnouncementRow, OutcomeRow
from subscriptions.enums import Frequency
from subscriptions.selectors import Recipient, recipient, subscription_get
from subscriptions.tables import SubscriptionRow

PAGE: Final = 10
# What matters more stands first; the last word on a mail is the first of these that there is.
_RANK: Final = (
    Outcome.COMPLAINED,
    Outcome.BOUNCED,
    Outcome.WITHHELD,
    Outcome.REFUSED,
    Outcome.REPORTED,
    Outcome.DELIVERED,
    Outcome.SOFT_BOUNCED,
    Outcome.DELAYED,
)


class Fate(StrEnum):
    """What became of one reader's mail."""

    NOT_YET = "not yet"
    NOT_MEANT = "not meant"
    # Told by the weekly digest, as the reader asks: see the digest's own entry.
    IN_DIGEST = "in digest"
    UNDER_WAY = "under way"
    SENT = "sent"
    REFUSED = "refused"
    LEFT = "left"
    IN_DOUBT = "in doubt"
    # Refused, and a person has had it sent once more: it is not its turn yet.
    AGAIN = "again"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One announcement, as one reader got it. Times of sending are right to a few seconds.

    `refusal` is SES's code. Of a mail that was sent once more, `first_at` is when it was sent
    first, and `first_refusal` why SES refused it then; empty: nobody could tell whether it did.
    `outcome` is SES's last word, if it has said one that is kept, with its time, its row
    of the feedback table and its diagnosis.
    """

    announcement: AnnouncementRow
    fate: Fate
    sent_at: datetime | None = None
    refusal: str = ""
    refused_at: datetime | None = None
    first_at: datetime | None = None
    first_refusal: str = ""
    outcome: Outcome | None = None
    outcome_at: datetime | None = None
    feedback: str = ""
    status: str = ""
    diagnosis: str = ""


@dataclass(frozen=True, slots=True)
class AnnouncementsPage:
    """Some announcements, the newest first; `next_key` goes on behind them."""

    rows: list[AnnouncementRow]
    next_key: str | None


def recent_announcements(*, limit: int, before_key: str = "") -> AnnouncementsPage:
    """The newest announcements of all: two calls, however many there are."""
    older = AnnouncementRow.created_key < before_key if before_key else None
    keys = list(
        AnnouncementRow.by_age.query(
            ANNOUNCEMENTS_PARTITION, older, limit=limit, page_size=limit, scan_index_forward=False
        )
    )
    wanted = [(key.event_id, key.id) for key in keys]
    found = {row.id: row for row in AnnouncementRow.batch_get(wanted)} if wanted else {}
    rows = [found[id_] for _, id_ in wanted if id_ in found]
    return AnnouncementsPage(rows, keys[-1].created_key if len(keys) == limit else None)


def recipient_entry(row: AnnouncementRow, subscription: SubscriptionRow) -> Entry:
    """What became of the announcement's mail to this reader: at most three reads."""
    outcomes = recipient_outcomes(subscription.id, announcement_id=row.id)
    return _entry(row, subscription, outcomes)


def recipient_history(subscription_id: str, *, limit: int = PAGE) -> list[Entry]:
    """The newest announcements since the reader first confirmed, each with what became of it.

    Two reads for each, so: for an export. A page loads its lines one by one.
    """
    subscription = subscription_get(subscription_id)
    if subscription is None or subscription.confirmed_at is None:
        return []
    outcomes = recipient_outcomes(subscription.id)
    rows = recent_announcements(limit=limit).rows
    return [
        _entry(row, subscription, [each for each in outcomes if each.announcement_id == row.id])
        for row in rows
        if concerns(row, subscription)
    ]


def concerns(row: AnnouncementRow, subscription: SubscriptionRow) -> bool:
    """Whether the reader may have been among its readers: no older than the reader, and started."""
    return is_started(row) and sort_key(row.updated_at) >= sort_key(subscription.created_at)


def _entry(
    row: AnnouncementRow, subscription: SubscriptionRow, outcomes: Iterable[OutcomeRow]
) -> Entry:
    last = min(outcomes, key=lambda each: _RANK.index(Outcome(each.outcome)), default=None)
    found = ledger.chunk_with(row.id, subscription.home_shard, subscription.id)
    if found is None:
        return Entry(announcement=row, fate=_unmailed(row, subscription))
    chunk, successor = found
    fate, refusal = _fate(row, chunk, successor, subscription.id)
    reached = fate in {Fate.SENT, Fate.UNDER_WAY, Fate.IN_DOUBT}
    twice = subscription.id in chunk.tried or subscription.id in chunk.again
    at = _sent_at(chunk, subscription.id)
    return Entry(
        announcement=row,
        fate=fate,
        sent_at=at if reached else None,
        refusal=refusal,
        refused_at=at if fate is Fate.REFUSED else None,
        first_at=_walked_at(chunk) if twice else None,
        first_refusal=chunk.again.get(subscription.id, ""),
        outcome=Outcome(last.outcome) if last else None,
        outcome_at=last.at if last else None,
        feedback=last.feedback if last else "",
        status=last.status if last else "",
        diagnosis=last.diagnosis if last else "",
    )


def _unmailed(row: AnnouncementRow, subscription: SubscriptionRow) -> Fate:
    over = row.state in {AnnouncementState.DONE, AnnouncementState.CANCELLED}
    past = over or subscription.home_shard in row.shards.as_dict()
    if _left_to_digest(row, recipient(subscription), past=past):
        return Fate.IN_DIGEST
    return Fate.NOT_MEANT if past else Fate.NOT_YET


def _left_to_digest(row: AnnouncementRow, reader: Recipient, *, past: bool) -> bool:
    """Whether the reader finds the event in a digest instead; `past`: it came by them already."""
    if row.kind == AnnouncementKind.DIGEST or row.digest_at is None:
        return False
    digest = Readers(
        topics=frozenset(row.event["topics"]), frequency=Frequency.WEEKLY, slot=row.digest_at
    )
    return (past or reader.frequency == Frequency.WEEKLY) and digest.include(reader)


def _fate(
    row: AnnouncementRow, chunk: Chunk, successor: Chunk | None, id_: str
) -> tuple[Fate, str]:
    """The fate, and why SES refused the mail, if it did."""
    shard = folded_shards(row).get(chunk.key.partition(".")[0], {})
    if AGAIN in shard and id_ in chunk.resendable:
        return Fate.AGAIN, chunk.resendable[id_]
    if reason := chunk.refused.get(id_):
        return (Fate.LEFT, "") if reason == SUPPRESSED else (Fate.REFUSED, reason)
    if id_ in chunk.rejected:
        return Fate.REFUSED, DROPPED
    committed = successor is not None and not successor.doubt
    if committed or chunk.state == ChunkState.SETTLED or id_ in chunk.proven:
        return Fate.SENT, ""
    if id_ in chunk.again and id_ not in chunk.tried:
        return Fate.AGAIN, ""
    doubtful = chunk.state in {
        *(ChunkState.UNKNOWN, ChunkState.RESENDING),
        *(ChunkState.PARKED, ChunkState.LEFT),
    }
    return (Fate.IN_DOUBT if doubtful else Fate.UNDER_WAY), ""


def _sent_at(chunk: Chunk, id_: str) -> datetime:
    """When the reader's turn was, for the last time."""
    return _leased_at(chunk.until) if id_ in chunk.tried and chunk.until else _walked_at(chunk)


def _walked_at(chunk: Chunk) -> datetime:
    """When the walk came to the chunk."""
    return _leased_at(chunk.until if chunk.walked_until is None else chunk.walked_until)


def _leased_at(until: float) -> datetime:
    return datetime.fromtimestamp(until - settings.CHUNK_LEASE_S, UTC)
