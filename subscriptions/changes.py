"""What each happening does to a subscription's row, in memory.

Each function changes the row in place and says whether there is anything to write.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from ivent_site.dynamodb.writes import ConflictError
from subscriptions.consent import CONSENT_TEXT_VERSION
from subscriptions.enums import CAUSE_STATUS, TRANSITIONS, StopCause, SubscriptionStatus
from subscriptions.requests import WISHES
from subscriptions.tables import SubscriptionRow
from subscriptions.tokens import keyed_hash, request_digest

Change = Callable[[SubscriptionRow], bool]

# Why an address bounces, from the least sure: SES's list may hold it for either of the others.
_SURE: Final = (StopCause.LISTED, StopCause.SETUP, StopCause.BOUNCE)
# What a mended set-up makes good: the bounces, and SES's list, on which they put the address.
_MENDED: Final = frozenset({StopCause.LISTED, StopCause.SETUP})


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


def record_feedback(
    row: SubscriptionRow,
    *,
    cause: StopCause,
    code: str,
    mailed_at: datetime | None,
    at: datetime,
) -> bool:
    """SES's feedback on an e-mail of `mailed_at` stops the subscription, for this cause."""
    if _is_late(row, cause, mailed_at):
        return False
    known = row.suppression or {}
    status = CAUSE_STATUS[cause]
    stop = {"cause": cause.value, "code": code}
    if status in _next(row):
        row.suppression = {**known, "at": at.isoformat(), **stop, "was": row.status}
        row.status = status
        _end_round(row)
        return True
    if row.status != SubscriptionStatus.BOUNCED:
        return False
    # A surer cause takes the place of a lesser one, so that only its own bounces are restored.
    if cause not in _SURE[_SURE.index(known.get("cause", StopCause.BOUNCE)) + 1 :]:
        return False
    row.suppression = {**known, "at": at.isoformat(), **stop}
    return True


def restore(row: SubscriptionRow, *, at: datetime) -> bool:
    """The set-up that made e-mails bounce is fixed: the subscription is what it was."""
    if not is_setup_stop(row):
        return False
    row.status = row.suppression["was"]
    # So that a bounce of before, which comes late or twice, does not stop it again.
    row.suppression = {"restored_at": at.isoformat()}
    return True


def is_setup_stop(row: SubscriptionRow) -> bool:
    """Whether a bounce that points to our own set-up stopped it, and nothing else has since."""
    cause = (row.suppression or {}).get("cause")
    return bool(row.status == SubscriptionStatus.BOUNCED and cause == StopCause.SETUP)


def may_be_on_ses_list(row: SubscriptionRow) -> bool:
    """Whether SES suppresses the address, as far as is known here: it bounced or complained."""
    if row.status == SubscriptionStatus.SUPPRESSED:
        return "cause" in (row.suppression or {})
    return row.status in {SubscriptionStatus.BOUNCED, SubscriptionStatus.COMPLAINED}


def stop(row: SubscriptionRow, *, reason: str, at: datetime, import_id: str = "") -> bool:
    """The staff has a reason to send this person nothing more; an import may bring it."""
    if SubscriptionStatus.SUPPRESSED not in _next(row):
        return False
    row.status = SubscriptionStatus.SUPPRESSED
    # What SES said before stays known: it may suppress the address.
    row.suppression = {**(row.suppression or {}), "reason": reason, "at": at.isoformat()}
    _end_round(row)
    if import_id:
        row.suppression["import"] = import_id
    return True


def update(row: SubscriptionRow, *, given: Mapping[str, Sequence[str] | str]) -> bool:
    """The subscriber has chosen other topics, locale, time zone, frequency or name."""
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
    for name in wishes.keys() & {*WISHES, "name"}:
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


def _is_late(row: SubscriptionRow, cause: StopCause, mailed_at: datetime | None) -> bool:
    """Whether the person has confirmed since, or the cause was mended."""
    if mailed_at is None:
        return False
    restored_at = (row.suppression or {}).get("restored_at")
    if restored_at and cause in _MENDED and mailed_at < datetime.fromisoformat(restored_at):
        return True
    return bool(row.confirmed_at and mailed_at < row.confirmed_at)


def _end_round(row: SubscriptionRow) -> None:
    row.round += 1
    row.requested = None


def _next(row: SubscriptionRow) -> frozenset[SubscriptionStatus]:
    return TRANSITIONS[SubscriptionStatus(row.status)]
