"""What came of single mails at their readers: what the log of one reader shows.

Exceptions (a bounce, a complaint, a refusal of SES) always have a row. Whether each delivery
has one as well is the setting KEEP_DELIVERIES: it costs two write units per mail.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Final

from django.conf import settings

from notifications.enums import Outcome
from notifications.ses_events import SesEvent
from notifications.tables import OutcomeRow

KEPT: Final = timedelta(days=365)
_ORDINARY: Final = frozenset({Outcome.DELIVERED, Outcome.DELAYED})


def is_kept(event: SesEvent) -> bool:
    """Whether the event gets a row."""
    if event.report is None:
        return False
    return settings.KEEP_DELIVERIES or event.report.outcome not in _ORDINARY


def outcomes_keep(subjects: Iterable[tuple[str, SesEvent]]) -> None:
    """Keep the events, each with the subscription it is about. Safe to repeat."""
    rows = {(row.partition, row.key): row for row in (outcome_row(*each) for each in subjects)}
    with OutcomeRow.batch_write() as batch:
        for row in rows.values():
            batch.save(row)


def recipient_outcomes(subscription_id: str, *, announcement_id: str = "") -> list[OutcomeRow]:
    """What came of the reader's mails, or of those of one announcement: one Query."""
    key = OutcomeRow.key.startswith(f"{announcement_id}#") if announcement_id else None
    return list(OutcomeRow.query(_partition(subscription_id), key, consistent_read=True))


def recipient_outcomes_erase(subscription_id: str) -> None:
    """Forget all of it. Safe to repeat."""
    with OutcomeRow.batch_write() as batch:
        for row in recipient_outcomes(subscription_id):
            batch.delete(row)


def outcome_row(subscription_id: str, event: SesEvent) -> OutcomeRow:
    """The event as it is kept for this subscriber."""
    report = event.report
    if report is None:
        raise ValueError("A Send event tells of no outcome.")
    at = report.at or datetime.now(UTC)
    return OutcomeRow(
        _partition(subscription_id),
        f"{event.announcement_id}#{report.outcome}",
        outcome=report.outcome.value,
        announcement_id=event.announcement_id,
        at=at,
        feedback=str(event.key),
        status=report.status,
        diagnosis=report.diagnosis,
        expires_at=at + KEPT,
    )


def _partition(subscription_id: str) -> str:
    return f"recipient#{subscription_id}"
