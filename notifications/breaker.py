"""The breaker: pauses announcements before SES stops the account for bounces or complaints.

SES reviews an account at 5 % bounces or 0.1 % complaints, and may stop it; the breaker opens at
half of that or less:
https://docs.aws.amazon.com/ses/latest/dg/reputationdashboardmessages.html
It closes by itself once the rates of the last day are low again. A person may override it for
a while.
"""

import logging
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _
from pynamodb.exceptions import UpdateError
from pynamodb.expressions.update import Action

from notifications.deliverability import day_counts, day_sent
from notifications.tables import BREAKER_PARTITION, BreakerRow

logger = logging.getLogger(__name__)

BOUNCE_RATE: Final = 0.02
COMPLAINT_RATE: Final = 0.0005
# Fewer say nothing of a rate.
SENT_MIN, BOUNCES_MIN, COMPLAINTS_MIN = 100, 10, 3
OVERRIDE: Final = timedelta(hours=4)
# What an alarm looks for in the log: {$.extra.alarm = "breaker"}.
ALARM: Final = "breaker"
_ADVICE: Final = (
    "Announcements are paused. Find out where the addresses came from that bounce or complain,"
    " and unsubscribe them; sending goes on by itself once the rates are low again."
)


_WORDS: Final = {
    "bounced": _("%(number)s of %(sent)s mails of the last day bounced"),
    "complained": _("%(number)s of %(sent)s mails of the last day were complained about"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Breaker:
    """`reason` says why the rates are too high, as "bounced 20 1000" of which `told` makes words;
    it is empty if they are not.
    """

    reason: str = ""
    since: datetime | None = None
    override_until: datetime | None = None

    def is_open(self, *, now: datetime) -> bool:
        """Whether announcements are to be paused now."""
        overridden = self.override_until is not None and now < self.override_until
        return bool(self.reason) and not overridden

    @property
    def told(self) -> str:
        """The reason in words, in the reader's language."""
        kind, *numbers = self.reason.split() or [""]
        if kind not in _WORDS:
            return self.reason
        number, sent = map(number_format, numbers)
        return str(_WORDS[kind]) % {"number": number, "sent": sent}


def breaker_get() -> Breaker:
    """The breaker as it is now: one read."""
    try:
        row = BreakerRow.get(BREAKER_PARTITION, BREAKER_PARTITION, consistent_read=True)
    except BreakerRow.DoesNotExist:
        return Breaker()
    return Breaker(reason=row.reason, since=row.since, override_until=row.override_until)


def breaker_check(*, now: datetime) -> Breaker:
    """The breaker, opened or closed by the rates of the last day. To be called every minute.

    SES is asked only if there are exceptions enough to matter. Of several at once, one logs.
    """
    before = breaker_get()
    reason = _excess(now)
    if bool(reason) == bool(before.reason):
        return before
    if not _move(before, reason, now):
        return breaker_get()
    if reason:
        breaker = Breaker(reason=reason, since=now)
        extra = {"alarm": ALARM, "reason": reason}
        logger.error("Mails are paused: %s. %s", breaker.told, _ADVICE, extra=extra)
        return breaker
    logger.warning("The rates are low again: mails go on.", extra={"was": before.reason})
    return Breaker()


def breaker_override(*, now: datetime) -> Breaker:
    """The breaker, overridden by a person for a while. Nothing happens if it is closed."""
    until = now + OVERRIDE
    try:
        BreakerRow().update(
            actions=[BreakerRow.override_until.set(until)], condition=BreakerRow.reason != ""
        )
    except UpdateError as err:
        _raise_unless_condition(err)
    return breaker_get()


def _excess(now: datetime) -> str:
    """Why the rates are too high; "" if they are not."""
    counts = day_counts(now=now)
    if counts.bounced < BOUNCES_MIN and counts.complained < COMPLAINTS_MIN:
        return ""
    sent = day_sent()
    if sent < SENT_MIN:
        return ""
    if counts.bounced >= BOUNCES_MIN and counts.bounced / sent >= BOUNCE_RATE:
        return f"bounced {counts.bounced} {sent}"
    if counts.complained >= COMPLAINTS_MIN and counts.complained / sent >= COMPLAINT_RATE:
        return f"complained {counts.complained} {sent}"
    return ""


def _move(before: Breaker, reason: str, now: datetime) -> bool:
    """Whether this call opened or closed it, and not another at the same moment."""
    unchanged = BreakerRow.reason == before.reason
    if not before.reason:
        unchanged = unchanged | BreakerRow.reason.does_not_exist()
    actions: list[Action] = [
        BreakerRow.reason.set(reason),
        BreakerRow.since.set(now.astimezone(UTC)),
        BreakerRow.override_until.remove(),
    ]
    try:
        BreakerRow().update(actions=actions, condition=unchanged)
    except UpdateError as err:
        _raise_unless_condition(err)
        return False
    return True


def _raise_unless_condition(err: UpdateError) -> None:
    if err.cause_response_code != "ConditionalCheckFailedException":
        raise err
