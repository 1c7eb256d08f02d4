"""What imports do to subscriptions beside adding them: stop addresses, restore an export."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Final

from subscriptions.changes import stop
from subscriptions.consent import consent_elsewhere
from subscriptions.enums import SubscriptionStatus
from subscriptions.selectors import subscription_by_email
from subscriptions.tables import SubscriptionRow
from subscriptions.writing import put_new, row_changed, row_new

# Why an address is stopped that a do-not-mail list names.
DO_NOT_MAIL: Final = "on the do-not-mail list"


def subscription_stop_address(*, email: str, import_id: str) -> SubscriptionRow:
    """The subscription of an address on a do-not-mail list, stopped; made if there is none.

    One write for a new address. Safe to repeat: an address that is stopped, or has complained,
    stays as it is. Only its owner's confirmation brings it back. ConflictError if somebody else
    just made it: try again.
    """
    known = subscription_by_email(email)
    now = datetime.now(UTC)
    halt = partial(stop, reason=DO_NOT_MAIL, at=now, import_id=import_id)
    if known:
        return row_changed(known.id, halt) or known
    row = row_new(email, now)
    halt(row)
    put_new(row)
    return row


@dataclass(frozen=True, kw_only=True)
class Restored:
    """What an export says of a subscription; `consent_date` as it is written there."""

    status: SubscriptionStatus
    created_at: datetime
    confirmed_at: datetime | None
    consent_source: str
    consent_date: str
    stopped_at: str
    stopped_reason: str
    stopped_cause: str
    import_id: str


def subscription_restore(
    *,
    email: str,
    topics: Sequence[str],
    locale: str,
    timezone: str,
    frequency: str,
    name: str,
    restored: Restored,
) -> SubscriptionRow:
    """The subscription as it was exported. An address that is known stays as it is.

    ConflictError if somebody else just made it: try again.
    """
    known = subscription_by_email(email)
    if known:
        return known
    row = row_new(email, restored.created_at)
    row.topics, row.locale, row.timezone = list(topics), locale, timezone
    row.frequency = frequency
    row.name = name
    row.status, row.confirmed_at = restored.status, restored.confirmed_at
    row.updated_at = datetime.now(UTC)
    # A repeated import knows its own rows by this.
    row.request_id = restored.import_id
    if restored.consent_source or restored.consent_date:
        row.consent = consent_elsewhere(restored.consent_source, row.updated_at) | {
            "restored": True,
            "date": restored.consent_date,
        }
    stopped = {
        "at": restored.stopped_at,
        "reason": restored.stopped_reason,
        "cause": restored.stopped_cause,
    }
    if any(stopped.values()):
        row.suppression = {name: value for name, value in stopped.items() if value}
        if restored.stopped_cause:
            row.suppression |= {"code": "", "was": SubscriptionStatus.CONFIRMED.value}
    put_new(row)
    return row
