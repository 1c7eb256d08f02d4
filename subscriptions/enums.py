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


class Frequency(StrEnum):
    """How often somebody wants to hear of new events. What changes is told at once to all."""

    AT_ONCE = "at_once"
    WEEKLY = "weekly"


class ImportState(StrEnum):
    """How far a file of addresses is."""

    CHECKED = "checked"
    RUNNING = "running"
    STOPPED = "stopped"
    DONE = "done"


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
