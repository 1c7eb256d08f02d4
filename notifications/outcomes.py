"""What came of single mails at their readers: what the log of one reader shows.

Exceptions (a bounce, a complaint, a refusal of SES) always have a row. Whether each delivery
has one as well is the setting KEEP_DELIVERIES: it costs two write units per mail.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import islice
from typing import Final

from django.conf import settings

from ivent_site.counters.daily import daily_change
from notifications.enums import Outcome
from notifications.once import Key, RowChange, put_once
from notifications.ses_events import SesEvent
from notifications.tables import OutcomeRow

KEPT: Final = timedelta(days=365)
# With the day's numbers beside them, a transaction holds a hundred.
_AT_ONCE: Final = 90


def is_kept(event: SesEvent) -> bool:
    """Whether the event gets a row of `outcomes_keep`: deliveries have `deliveries_keep`."""
    if event.report is None or event.report.outcome is Outcome.DELIVERED:
        return False
    return settings.KEEP_DELIVERIES or event.report.outcome is not Outcome.DELAYED


def outcomes_keep(subjects: Iterable[tuple[str, SesEvent]]) -> None:
    """Keep the events, each with the subscription it is about. Safe to repeat."""
    rows = {(row.partition, row.key): row for row in map(_row, subjects)}
    with OutcomeRow.batch_write() as batch:
        for row in rows.values():
            batch.save(row)


def deliveries_keep(subjects: Iterable[tuple[str, SesEvent]]) -> int:
    """Keep deliveries and count those of announcements for the day; how many were new.

    Safe to repeat: a row and its count are one transaction. Confirmations count for no day, since
    they are not among the day's sent e-mails either.
    """
    rows = iter({(row.partition, row.key): row for row in map(_row, subjects)}.values())
    new = 0
    while some := list(islice(rows, _AT_ONCE)):
        announced = {(row.partition, row.key) for row in some if row.announcement_id}
        new += len(put_once(some, beside=partial(_counted, announced)))
    return new


def _counted(announced: set[Key], keys: Iterable[Key]) -> list[RowChange]:
    number = len(announced.intersection(keys))
    return [daily_change(delivered=number)] if number else []


def recipient_outcomes(subscription_id: str, *, announcement_id: str = "") -> list[OutcomeRow]:
    """What came of the reader's mails, or of those of one announcement: one Query."""
    key = OutcomeRow.key.startswith(f"{announcement_id}#") if announcement_id else None
    return list(OutcomeRow.query(_partition(subscription_id), key, consistent_read=True))


def recipient_outcomes_erase(subscription_id: str) -> None:
    """Forget all of it. Safe to repeat."""
    with OutcomeRow.batch_write() as batch:
        for row in recipient_outcomes(subscription_id):
            batch.delete(row)


def _row(subject: tuple[str, SesEvent]) -> OutcomeRow:
    subscription_id, event = subject
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
