"""Everything that changes a subscription.

A row is read, changed and put on condition that its version is still the one that was read.
Whoever loses that race reads again, so that no confirmation, leave or bounce is overwritten.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Final

from django.conf import settings

from ivent_site.aws import sqs
from ivent_site.dynamodb.writes import ConflictError
from subscriptions.addresses import address_clean
from subscriptions.changes import (
    apply_wishes,
    confirm,
    correct,
    leave,
    stop,
    suppress,
    update,
)
from subscriptions.enums import Frequency, MailKind, SubscriptionStatus
from subscriptions.links import confirm_url
from subscriptions.requests import SubscriptionRequest, request_body
from subscriptions.selectors import (
    Recipient,
    recipient,
    subscription_by_email,
    subscription_get,
)
from subscriptions.tables import SubscriptionRow
from subscriptions.tokens import confirm_token_read, keyed_hash
from subscriptions.writing import ATTEMPTS, before_of, put_new, put_next, row_changed, row_new

CONFIRMATION_INTERVAL: Final = timedelta(minutes=5)


@dataclass(frozen=True, kw_only=True)
class ConfirmationMail:
    """A mail that is due. `confirm_url` is empty for who is confirmed already."""

    kind: MailKind
    recipient: Recipient
    confirm_url: str


def subscription_enqueue(
    *,
    email: str,
    topics: Sequence[str],
    locale: str,
    timezone: str,
    frequency: str,
    source: str,
    ip: str,
    name: str = "",
    note: str = "",
) -> None:
    """Ask for a subscription: one queue message, whoever the address belongs to.

    Raises AddressError for what is no address. `topics`, `locale`, `timezone`, `frequency` and
    `name` are checked by the form or the serializer they come from.
    """
    request = SubscriptionRequest(
        message_id="",
        email=address_clean(email),
        topics=topics,
        locale=locale,
        timezone=timezone,
        frequency=frequency,
        source=source,
        ip_hash=keyed_hash(ip),
        requested_at=datetime.now(UTC),
        name=name,
        note=note,
    )
    sqs().send_message(QueueUrl=settings.REQUESTS_QUEUE_URL, MessageBody=request_body(request))


def subscription_request(*, request: SubscriptionRequest) -> ConfirmationMail | None:
    """The mail that answers the request, if one is due; the row is made if there is none.

    At most one mail per address and five minutes, however many ask at once. The row remembers
    which message claimed the mail: a redelivery of that message (its worker died before it
    sent) gets the same mail again.
    """
    for _ in range(ATTEMPTS):
        try:
            return _request_once(request)
        except ConflictError as err:
            conflict = err
    raise conflict


def subscription_confirm(*, token: str, ip: str = "") -> SubscriptionRow | None:
    """The subscription, confirmed; None if the token is over, forged or of an old round.

    Whoever is confirmed already stays as they are.
    """
    claim = confirm_token_read(token)
    if claim is None:
        return None
    row = row_changed(
        claim.subscription_id, partial(confirm, round_=claim.round, ip=ip, at=datetime.now(UTC))
    )
    return row if row and row.round == claim.round else None


def subscription_leave(*, subscription_id: str) -> SubscriptionRow | None:
    """The subscription, which gets no more mail; None if there is none. Safe to repeat."""
    return row_changed(subscription_id, leave)


def subscription_suppress(
    *, subscription_id: str, status: SubscriptionStatus, mailed_at: datetime | None = None
) -> SubscriptionRow | None:
    """The subscription, marked BOUNCED or COMPLAINED; None if there is none. Safe to repeat.

    Feedback about a mail of before the person's last confirmation (`mailed_at`) is too late
    to say anything, and changes nothing.
    """
    return row_changed(subscription_id, partial(suppress, status=status, mailed_at=mailed_at))


def subscription_stop(*, subscription_id: str, reason: str) -> SubscriptionRow | None:
    """The subscription, marked SUPPRESSED by the staff; None if there is none. Safe to repeat.

    Only the person's own confirmation ends it.
    """
    return row_changed(subscription_id, partial(stop, reason=reason, at=datetime.now(UTC)))


def subscription_ask_again(*, subscription_id: str, reason: str, ip: str) -> None:
    """Ask the person by mail to confirm anew, with the wishes on record, for this reason.

    Nothing else brings somebody back who has left, bounced, complained or was stopped. The
    reason becomes part of the consent. Nothing happens if there is no such subscription.
    """
    row = subscription_get(subscription_id)
    if row is not None:
        subscription_enqueue(
            email=row.email,
            topics=list(row.topics),
            locale=row.locale,
            timezone=row.timezone,
            frequency=row.frequency,
            source="staff",
            ip=ip,
            note=reason,
        )


def subscription_correct(
    *,
    subscription_id: str,
    version: int,
    topics: Sequence[str],
    locale: str,
    timezone: str,
    frequency: str | None = None,
    name: str | None = None,
) -> SubscriptionRow | None:
    """The subscription with other wishes, corrected by the staff; None if there is none.

    Frequency and name stay if none is given. ConflictError if it is not at this version any more.
    """
    given: dict[str, list[str] | str] = {
        "topics": list(topics),
        "locale": locale,
        "timezone": timezone,
    }
    if frequency is not None:
        given["frequency"] = frequency
    if name is not None:
        given["name"] = name
    return row_changed(subscription_id, partial(correct, version=version, given=given))


def subscription_update(
    *,
    subscription_id: str,
    topics: Sequence[str] | None = None,
    locale: str | None = None,
    timezone: str | None = None,
    frequency: str | None = None,
    name: str | None = None,
) -> SubscriptionRow | None:
    """The subscription with what was given changed; None if there is none."""
    wishes = {
        "topics": None if topics is None else list(topics),
        "locale": locale,
        "timezone": timezone,
        "frequency": frequency,
        "name": name,
    }
    given = {name: value for name, value in wishes.items() if value is not None}
    return row_changed(subscription_id, partial(update, given=given))


def subscription_add_confirmed(
    *,
    email: str,
    source: str,
    topics: Sequence[str] = (),
    locale: str = settings.LANGUAGE_CODE,
    timezone: str = "",
    frequency: str = Frequency.AT_ONCE,
    name: str = "",
    declared: Mapping[str, str] | None = None,
) -> SubscriptionRow:
    """A confirmed subscription of somebody whose consent is on record at `source`.

    `declared` is what else the staff says of it: its date, the import. An address that is
    known stays as it is: only its owner brings it back.
    """
    known = subscription_by_email(email)
    if known:
        return known
    now = datetime.now(UTC)
    row = row_new(email, now)
    row.topics, row.locale, row.timezone = list(topics), locale, timezone
    row.frequency, row.name = frequency, name
    row.status = SubscriptionStatus.CONFIRMED
    row.confirmed_at = now
    row.consent = {
        "text_version": "",
        "at": now.isoformat(),
        "source": source,
        "ip_hash": "",
        "requested_at": "",
        "requested_ip_hash": "",
        **({"declared": True, **declared} if declared else {}),
    }
    put_new(row)
    return row


def _request_once(request: SubscriptionRequest) -> ConfirmationMail | None:
    row = subscription_by_email(request.email)
    if row is None:
        row = row_new(request.email, datetime.now(UTC))
        _claim(row, request)
        apply_wishes(row)
        put_new(row)
        return _mail(row)
    if row.request_id == request.message_id:
        # No moment: the person has confirmed or left since, by the very mail it asks for.
        return _mail(row) if row.confirmation_sent_at else None
    asked_at: datetime | None = row.confirmation_sent_at
    if asked_at and datetime.now(UTC) - asked_at < CONFIRMATION_INTERVAL:
        return None
    before = before_of(row)
    _claim(row, request)
    put_next(row, before)
    return _mail(row)


def _claim(row: SubscriptionRow, request: SubscriptionRequest) -> None:
    row.confirmation_sent_at = datetime.now(UTC)
    row.request_id = request.message_id
    if row.status != SubscriptionStatus.CONFIRMED:
        row.requested = request.wishes()


def _mail(row: SubscriptionRow) -> ConfirmationMail:
    if row.status == SubscriptionStatus.CONFIRMED:
        return ConfirmationMail(
            kind=MailKind.ALREADY_CONFIRMED, recipient=recipient(row), confirm_url=""
        )
    apply_wishes(row)
    return ConfirmationMail(
        kind=MailKind.CONFIRM,
        recipient=recipient(row),
        confirm_url=confirm_url(row.id, round=int(row.round)),
    )
