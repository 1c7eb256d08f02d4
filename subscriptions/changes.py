"""What each happening does to a subscription's row, in memory.

Each function changes the row in place and says whether there is anything to write.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Final

from ivent_site.dynamodb.writes import ConflictError
from subscriptions.consent import CONSENT_TEXT_VERSION
from subscriptions.enums import CAUSE_STATUS, TRANSITIONS, StopCause, SubscriptionStatus
from subscriptions.tables import SubscriptionRow
from subscriptions.tokens import keyed_hash

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
    """The person has chosen anew: topics, locale, time zone, frequency."""
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
    for name in wishes.keys() & {"topics", "locale", "timezone", "frequency"}:
        setattr(row, name, wishes[name])


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
