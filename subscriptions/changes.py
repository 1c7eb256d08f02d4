"""What each happening does to a subscription's row, in memory.

Each function changes the row in place and says whether there is anything to write.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from ivent_site.dynamodb.writes import ConflictError
from subscriptions.consent import CONSENT_TEXT_VERSION
from subscriptions.enums import TRANSITIONS, SubscriptionStatus
from subscriptions.tables import SubscriptionRow
from subscriptions.tokens import keyed_hash

Change = Callable[[SubscriptionRow], bool]


def confirm(row: SubscriptionRow, *, round_: int, ip: str, at: datetime) -> bool:
    """The person has agreed, in this round."""
    if row.round != round_ or SubscriptionStatus.CONFIRMED not in _next(row):
        return False
    requested = row.requested or {}
    apply_wishes(row)
    row.suppression = None
    row.status = SubscriptionStatus.CONFIRMED
    row.confirmed_at = at
    row.consent = {
        "text_version": CONSENT_TEXT_VERSION,
        "at": at.isoformat(),
        "source": requested.get("source", ""),
        "ip_hash": keyed_hash(ip),
        "requested_at": requested.get("at", ""),
        "requested_ip_hash": requested.get("ip_hash", ""),
        **({"note": requested["note"]} if requested.get("note") else {}),
    }
    row.requested = None
    row.confirmation_sent_at = None
    return True


def leave(row: SubscriptionRow) -> bool:
    """The person wants no more mail, nor anything that is still to be confirmed."""
    leaves = SubscriptionStatus.LEFT in _next(row)
    if leaves:
        row.status = SubscriptionStatus.LEFT
    if leaves or row.requested:
        _end_round(row)
        # Whoever leaves by mistake may ask again at once.
        row.confirmation_sent_at = None
        return True
    return False


def suppress(
    row: SubscriptionRow, *, status: SubscriptionStatus, mailed_at: datetime | None
) -> bool:
    """A mail that was sent at `mailed_at` has bounced or was complained about."""
    late = mailed_at and row.confirmed_at and mailed_at < row.confirmed_at
    if late or status not in _next(row):
        return False
    row.status = status
    _end_round(row)
    return True


def stop(row: SubscriptionRow, *, reason: str, at: datetime) -> bool:
    """The staff has a reason to send this person nothing more."""
    if not suppress(row, status=SubscriptionStatus.SUPPRESSED, mailed_at=None):
        return False
    row.suppression = {"reason": reason, "at": at.isoformat()}
    return True


def update(row: SubscriptionRow, *, given: Mapping[str, Sequence[str] | str]) -> bool:
    """The subscriber has chosen other topics, locale, time zone, frequency or name."""
    before = {name: getattr(row, name) for name in given}
    for name, value in given.items():
        setattr(row, name, value)
    if row.requested:
        row.requested = {**row.requested, **given}
    return any(before[name] != value for name, value in given.items())


def correct(
    row: SubscriptionRow, *, version: int, given: Mapping[str, Sequence[str] | str]
) -> bool:
    """The same by the staff, who saw the row at this version; ConflictError if it is another."""
    if row.version != version:
        raise ConflictError("The subscription has been changed since.")
    return update(row, given=given)


def apply_wishes(row: SubscriptionRow) -> None:
    """What was asked for becomes what is."""
    wishes = row.requested or {}
    for name in wishes.keys() & {"topics", "locale", "timezone", "frequency", "name"}:
        setattr(row, name, wishes[name])


def _end_round(row: SubscriptionRow) -> None:
    row.round += 1
    row.requested = None


def _next(row: SubscriptionRow) -> frozenset[SubscriptionStatus]:
    return TRANSITIONS[SubscriptionStatus(row.status)]
