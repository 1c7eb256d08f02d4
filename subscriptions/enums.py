"""The states of a subscription, and the ways between them."""

from enum import StrEnum


class SubscriptionStatus(StrEnum):
    """Only CONFIRMED gets mail. BOUNCED, COMPLAINED and SUPPRESSED (by the staff) end only by
    the person's own hand.
    """

    PENDING = "pending"
    CONFIRMED = "confirmed"
    LEFT = "left"
    BOUNCED = "bounced"
    COMPLAINED = "complained"
    SUPPRESSED = "suppressed"


class StopCause(StrEnum):
    """Why SES's feedback stopped a subscription."""

    # The mailbox refuses for good.
    BOUNCE = "bounce"
    # The server refuses because of our own set-up: SPF, DKIM, DMARC, reverse DNS, reputation.
    SETUP = "setup"
    # SES suppresses the address, because it bounced before.
    LISTED = "listed"
    COMPLAINT = "complaint"
    # SES suppresses the address, because somebody complained before.
    COMPLAINT_LISTED = "complaint_listed"
    # Unsubscribed through SES's own pages.
    UNSUBSCRIBED = "unsubscribed"


class Frequency(StrEnum):
    """How often somebody wants to hear of new events. What changes is told at once to all."""

    AT_ONCE = "at_once"
    WEEKLY = "weekly"


class ImportState(StrEnum):
    """How far a file of addresses is."""

    UPLOADED = "uploaded"
    CHECKED = "checked"
    RUNNING = "running"
    STOPPED = "stopped"
    DONE = "done"


class ImportKind(StrEnum):
    """What becomes of the addresses in a file.

    PEOPLE subscribe, or are asked to. DO_NOT_MAIL are never e-mailed. RESTORE is an export of
    Ivent, and each row gets the status, the dates and the consent that it had.
    """

    PEOPLE = "people"
    DO_NOT_MAIL = "block"
    RESTORE = "restore"


class MailKind(StrEnum):
    """What a request to subscribe is answered with."""

    CONFIRM = "confirm"
    CHANGE = "change"
    ALREADY_CONFIRMED = "already_confirmed"


_P, _C, _L, _B, _X, _S = SubscriptionStatus
# Whoever confirms, confirms: from any state. A complaint outranks a bounce, and both
# outrank having left, so that late or doubled feedback never weakens what is known. What the
# staff has stopped stays stopped.
TRANSITIONS: dict[SubscriptionStatus, frozenset[SubscriptionStatus]] = {
    _P: frozenset({_C, _L, _B, _X, _S}),
    _C: frozenset({_L, _B, _X, _S}),
    _L: frozenset({_C, _B, _X, _S}),
    _B: frozenset({_C, _X, _S}),
    _X: frozenset({_C}),
    _S: frozenset({_C, _X}),
}

CAUSE_STATUS: dict[StopCause, SubscriptionStatus] = {
    StopCause.BOUNCE: SubscriptionStatus.BOUNCED,
    StopCause.SETUP: SubscriptionStatus.BOUNCED,
    StopCause.LISTED: SubscriptionStatus.BOUNCED,
    StopCause.COMPLAINT: SubscriptionStatus.COMPLAINED,
    StopCause.COMPLAINT_LISTED: SubscriptionStatus.COMPLAINED,
    StopCause.UNSUBSCRIBED: SubscriptionStatus.LEFT,
}
