"""The states of a subscription, and the ways between them."""

from enum import StrEnum


class SubscriptionStatus(StrEnum):
    """Only CONFIRMED gets mail. BOUNCED and COMPLAINED end only by the person's own hand."""

    PENDING = "pending"
    CONFIRMED = "confirmed"
    LEFT = "left"
    BOUNCED = "bounced"
    COMPLAINED = "complained"


class MailKind(StrEnum):
    """What a request to subscribe is answered with."""

    CONFIRM = "confirm"
    ALREADY_CONFIRMED = "already_confirmed"


# Whoever confirms, confirms: from any state. A complaint outranks a bounce, and both
# outrank having left, so that late or doubled feedback never weakens what is known.
TRANSITIONS: dict[SubscriptionStatus, frozenset[SubscriptionStatus]] = {
    SubscriptionStatus.PENDING: frozenset(
        {
            SubscriptionStatus.CONFIRMED,
            SubscriptionStatus.LEFT,
            SubscriptionStatus.BOUNCED,
            SubscriptionStatus.COMPLAINED,
        }
    ),
    SubscriptionStatus.CONFIRMED: frozenset(
        {SubscriptionStatus.LEFT, SubscriptionStatus.BOUNCED, SubscriptionStatus.COMPLAINED}
    ),
    SubscriptionStatus.LEFT: frozenset(
        {
            SubscriptionStatus.CONFIRMED,
            SubscriptionStatus.BOUNCED,
            SubscriptionStatus.COMPLAINED,
        }
    ),
    SubscriptionStatus.BOUNCED: frozenset(
        {SubscriptionStatus.CONFIRMED, SubscriptionStatus.COMPLAINED}
    ),
    SubscriptionStatus.COMPLAINED: frozenset({SubscriptionStatus.CONFIRMED}),
}
