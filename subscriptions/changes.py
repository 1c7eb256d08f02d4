"""What each happening does to a subscription's row, in memory.

Each function changes the row in place and says whether there is anything to write.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from ivent_site.dynamodb.writes import ConflictError
from subscriptions.consent import CONSENT_TEXT_VERSION
from subscriptions.enums import TRANSITIONS, SubscriptionStatus
from subscriptions.requests import WISHES
from subscriptions.tables import SubscriptionRow
from subscriptions.tokens import keyed_hash, request_digest

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
    """The person has chosen anew: topics, locale, time zone, frequency."""
    before = {name: getattr(row, name) for name in given}
    for name, value in given.items():
        setattr(row, name, value)
    if row.requested:
        row.requested = {**row.requested, **given}
    return any(before[name] != value for name, value in given.items())


def at_version(change: Change, version: int | None) -> Change:
    """The change, for a row at this version (None: at any); ConflictError if it is at another."""

    def checked(row: SubscriptionRow) -> bool:
        if version is not None and row.version != version:
            raise ConflictError("The subscription has been changed since.")
        return change(row)

    return checked


def apply_wishes(row: SubscriptionRow) -> None:
    """What was asked for becomes what is."""
    wishes = row.requested or {}
    for name in wishes.keys() & {*WISHES}:
        setattr(row, name, wishes[name])


def wished_changes(row: SubscriptionRow, wishes: Mapping[str, Any]) -> dict[str, Any]:
    """What the wishes would change of a subscription; empty if nothing."""
    chosen = [name for name in wishes.get("chosen", WISHES) if name in WISHES]
    found = {name: wishes[name] for name in chosen if name in wishes}
    return {name: value for name, value in found.items() if _differs(getattr(row, name), value)}


def apply_change(row: SubscriptionRow, *, request: bytes) -> bool:
    """The subscriber has agreed to what this request asked to change."""
    if not is_change_of(row, request) or not row.requested:
        return False
    for name, value in wished_changes(row, row.requested).items():
        setattr(row, name, value)
    row.requested = None
    row.confirmation_sent_at = None
    return True


def is_change_of(row: SubscriptionRow, request: bytes) -> bool:
    """Whether this request is the last one to change this subscription."""
    confirmed = row.status == SubscriptionStatus.CONFIRMED
    return confirmed and row.request_id is not None and request_digest(row.request_id) == request


def _differs(kept: Any, value: Any) -> bool:
    # The order of topics says nothing.
    return {*kept} != {*value} if isinstance(value, list) else bool(kept != value)


def _end_round(row: SubscriptionRow) -> None:
    row.round += 1
    row.requested = None


def _next(row: SubscriptionRow) -> frozenset[SubscriptionStatus]:
    return TRANSITIONS[SubscriptionStatus(row.status)]
