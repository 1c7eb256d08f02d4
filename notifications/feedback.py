"""What becomes of SES's events: subscribers who bounced or complained are stopped and counted,
e-mails that the ledger is not sure of are proven, and those that SES dropped are corrected.

Events come late, doubled and in any order; nothing here minds. Of a chunk that is committed,
which nearly all are, nothing is written: a Send, Delivery or DeliveryDelay event costs a read.
Only the last chunk of a shard is not committed yet: its events are written, once for each batch.
So the queue is to gather large batches (on AWS a thousand messages, or a minute): within that
time the chunk has its successor.
"""

import logging
from collections import defaultdict
from collections.abc import Iterable

from django.conf import settings

from ivent_site import metrics
from notifications import ledger
from notifications.announcements import announcement_get, folded_shards, shard_fold
from notifications.deliverability import correction_note
from notifications.deliveries import deliveries_keep, deliveries_release
from notifications.enums import ChunkState, Outcome
from notifications.ledger import Chunk, TakenError
from notifications.outcomes import outcomes_keep
from notifications.ses_events import SesEvent
from subscriptions.selectors import subscription_by_email
from subscriptions.services import subscription_record_feedback

logger = logging.getLogger(__name__)


def record_feedback(event: SesEvent) -> None:
    """Stop the subscriber whom the event is about, if it stops one. Safe to repeat.

    An event that stops somebody and finds no subscriber is counted and logged.
    """
    rule = event.rule
    if rule.stops is None:
        return
    found = [
        subscription_record_feedback(
            subscription_id=subscription_id,
            cause=rule.stops,
            code=event.report.status if event.report else "",
            mailed_at=event.mailed_at,
        )
        for subscription_id in _subscription_ids(event)
    ]
    if not any(found):
        metrics.count(unmatched=1)
        logger.warning(
            "SES has feedback about an address that no subscriber has: it bounced or complained"
            " after it was erased, or somebody else sends through our account.",
            extra={"feedback": str(event.key), "ses_message": event.message_id},
        )


def keep(events: Iterable[SesEvent]) -> None:
    """Keep for each reader's log what came of the mail, but for the deliveries of announcements,
    which are kept when they are counted. Safe to repeat.
    """
    about = (each for each in events if not (is_delivery(each) and chunk_of(each)))
    outcomes_keep((id_, event) for event in about for id_ in _subscription_ids(event))


def count_deliveries(events: Iterable[SesEvent]) -> None:
    """Count mails that arrived: for the metrics each report, for the overview each mail once."""
    about = [*events]
    metrics.count(delivered=len(about))
    if settings.KEEP_DELIVERIES:
        for announcement_id, shard in deliveries_keep(about):
            row = announcement_get(announcement_id)
            if row is not None and shard in folded_shards(row):
                deliveries_release(announcement_id, shard)


def is_delivery(event: SesEvent) -> bool:
    """Whether it says that the mail arrived."""
    return event.report is not None and event.report.outcome is Outcome.DELIVERED


def chunk_of(event: SesEvent) -> tuple[str, str] | None:
    """The announcement and chunk that the event says something about, if it does."""
    if not (event.announcement_id and event.chunk_key and event.subscriber_id):
        return None
    return event.announcement_id, event.chunk_key


def record(announcement_id: str, chunk_key: str, events: Iterable[SesEvent]) -> None:
    """Write down what the events of one chunk say that its ledger does not know."""
    about = [*events]
    refused = {each.subscriber_id for each in about if each.is_refusal}
    seen = {each.subscriber_id for each in about if not each.is_refusal}
    if refused:
        record_rejected(announcement_id, chunk_key, refused)
    if seen:
        record_seen(announcement_id, chunk_key, seen)


def record_rejected(announcement_id: str, chunk_key: str, ids: Iterable[str]) -> None:
    """Correct mails that count as sent to refused; the sweep sums the shard once more.

    Of a chunk that is not there nothing is written: it was another system's.
    """
    if ledger.record_rejected(announcement_id, chunk_key, ids):
        correction_note(announcement_id, chunk_key.partition(".")[0])


def record_seen(announcement_id: str, chunk_key: str, ids: Iterable[str]) -> None:
    """Prove the mails of one chunk sent: one read, and one write if the ledger was not sure.

    A chunk in doubt that this proves to the last mail is settled, and summed, at once.
    """
    chunk = ledger.record_seen(announcement_id, chunk_key, ids)
    if chunk is None or chunk.state in {ChunkState.CLAIMED, ChunkState.RELEASED}:
        return
    if not chunk.unproven:
        _settle(chunk)
    elif chunk.state not in {ChunkState.PARKED, ChunkState.LEFT}:
        return
    row = announcement_get(announcement_id)
    if row is not None:
        shard_fold(row, chunk_key.partition(".")[0])


def _settle(chunk: Chunk) -> None:
    try:
        ledger.resolve(chunk, ChunkState.SETTLED)
    except TakenError:
        # The sweep was faster, and knows the same.
        return


def by_chunk(events: Iterable[SesEvent]) -> dict[tuple[str, str], list[SesEvent]]:
    """The events that say something about a chunk, by that chunk."""
    found: dict[tuple[str, str], list[SesEvent]] = defaultdict(list)
    for event in events:
        if (chunk := chunk_of(event)) is not None:
            found[chunk].append(event)
    return dict(found)


def _subscription_ids(event: SesEvent) -> list[str]:
    if event.subscriber_id:
        return [event.subscriber_id]
    rows = map(subscription_by_email, event.addresses)
    return [row.id for row in rows if row is not None]
