"""Everything that changes a subscription.

A row is read, changed and put on condition that its version is still the one that was read.
Whoever loses that race reads again, so that no confirmation, leave or bounce is overwritten.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Final, NamedTuple

from django.conf import settings

from ivent_site.aws import sqs
from ivent_site.dynamodb.writes import ConflictError
from subscriptions.addresses import address_clean
from subscriptions.changes import (
    apply_change,
    apply_wishes,
    at_version,
    confirm,
    is_change_of,
    leave,
    may_be_on_ses_list,
    record_feedback,
    stop,
    update,
    wished_changes,
)
from subscriptions.consent import consent_elsewhere
from subscriptions.enums import Frequency, MailKind, StopCause, SubscriptionStatus
from subscriptions.links import change_url, confirm_url
from subscriptions.requests import WISHES, SubscriptionRequest, request_body
from subscriptions.selectors import (
    Recipient,
    recipient,
    subscription_by_email,
    subscription_get,
)
from subscriptions.tables import SubscriptionRow
from subscriptions.tokens import change_token_read, confirm_token_read, keyed_hash
from subscriptions.writing import ATTEMPTS, before_of, put_new, put_next, row_changed, row_new

CONFIRMATION_INTERVAL: Final = timedelta(minutes=5)
# Anybody can type any address into the public form, and the answer takes it off SES's list: so
# somebody who complained gets one e-mail a month at most, and an address that bounced adds at most
# one bounce a day to our rate. What SES kept back was not delivered: the usual interval will do.
_INTERVALS: Final[dict[str, timedelta]] = {
    StopCause.BOUNCE: timedelta(days=1),
    StopCause.SETUP: timedelta(days=1),
    StopCause.LISTED: CONFIRMATION_INTERVAL,
    StopCause.COMPLAINT: timedelta(days=30),
    StopCause.COMPLAINT_LISTED: timedelta(days=30),
}
# The staff ask because the person asked them to; an import proves no such wish.
STAFF, IMPORT = "staff", "import"


@dataclass(frozen=True, kw_only=True)
class ConfirmationMail:
    """An e-mail that is due.

    `confirm_url` is empty for subscribers who are confirmed already and have nothing to change;
    `changes` holds what the link of a CHANGE would change. `unlist` says that SES may suppress the
    address, which is to end before the e-mail is sent.
    """

    kind: MailKind
    recipient: Recipient
    confirm_url: str
    changes: Mapping[str, Any] = field(default_factory=dict)
    unlist: bool = False


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
    chosen: Sequence[str] = WISHES,
) -> None:
    """Ask for a subscription: one queue message, whoever the address belongs to.

    Raises AddressError for what is no address. `topics`, `locale`, `timezone`, `frequency` and
    `name` are checked by the form or the serializer they come from; those that are not `chosen`
    are defaults, and change nothing of a subscription that is confirmed already.
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
        chosen=chosen,
    )
    sqs().send_message(QueueUrl=settings.REQUESTS_QUEUE_URL, MessageBody=request_body(request))


def subscription_request(*, request: SubscriptionRequest) -> ConfirmationMail | None:
    """The mail that answers the request, if one is due; the row is made if there is none.

    At most one mail per address and five minutes, however many ask at once; of an address that
    bounced one a day, and that complained one a month, unless the staff ask. An import asks
    neither. The row remembers which message claimed the mail: a redelivery of that message (its
    worker died before it sent) gets the same mail again.
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


class PendingChange(NamedTuple):
    """A subscription, and what a link would change of it; {} if that is done already."""

    row: SubscriptionRow
    changes: dict[str, Any]


def subscription_pending_change(*, token: str) -> PendingChange | None:
    """What the link in an e-mail would change.

    None if the token is over or forged, a later request has replaced this one, or the subscription
    has ended.
    """
    claim = change_token_read(token)
    row = subscription_get(claim.subscription_id) if claim else None
    if claim is None or row is None or not is_change_of(row, claim.request):
        return None
    return PendingChange(row, wished_changes(row, row.requested or {"chosen": []}))


def subscription_change(*, token: str) -> SubscriptionRow | None:
    """The subscription, with what the request of this token asked for; None as above.

    Safe to repeat.
    """
    claim = change_token_read(token)
    if claim is None:
        return None
    row = row_changed(claim.subscription_id, partial(apply_change, request=claim.request))
    return row if row and is_change_of(row, claim.request) else None


def subscription_leave(
    *, subscription_id: str, version: int | None = None
) -> SubscriptionRow | None:
    """The subscription, which gets no more mail; None if there is none. Safe to repeat.

    ConflictError if a version is given, and the subscription is not at it any more.
    """
    return row_changed(subscription_id, at_version(leave, version))


def subscription_record_feedback(
    *,
    subscription_id: str,
    cause: StopCause,
    code: str = "",
    mailed_at: datetime | None = None,
) -> SubscriptionRow | None:
    """The subscription after SES's feedback; None if there is none. Safe to repeat.

    `code` is SMTP's enhanced status code. Feedback on an e-mail of before the person's last
    confirmation (`mailed_at`) is too late to say anything, and changes nothing.
    """
    change = partial(
        record_feedback, cause=cause, code=code, mailed_at=mailed_at, at=datetime.now(UTC)
    )
    return row_changed(subscription_id, change)


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
            source=STAFF,
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
    return row_changed(subscription_id, at_version(partial(update, given=given), version))


def subscription_update(
    *,
    subscription_id: str,
    topics: Sequence[str] | None = None,
    locale: str | None = None,
    timezone: str | None = None,
    frequency: str | None = None,
    name: str | None = None,
    version: int | None = None,
) -> SubscriptionRow | None:
    """The subscription with what was given changed; None if there is none.

    ConflictError if a version is given, and the subscription is not at it any more.
    """
    wishes = {
        "topics": None if topics is None else list(topics),
        "locale": locale,
        "timezone": timezone,
        "frequency": frequency,
        "name": name,
    }
    given = {name: value for name, value in wishes.items() if value is not None}
    return row_changed(subscription_id, at_version(partial(update, given=given), version))


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
    row.consent = consent_elsewhere(source, now) | (
        {"declared": True, **declared} if declared else {}
    )
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
    if _is_too_soon(row, request.source, now=datetime.now(UTC)):
        return None
    before = before_of(row)
    _claim(row, request)
    put_next(row, before)
    return _mail(row)


def _is_too_soon(row: SubscriptionRow, source: str, *, now: datetime) -> bool:
    interval = CONFIRMATION_INTERVAL
    if may_be_on_ses_list(row) and source != STAFF:
        if source == IMPORT:
            return True
        by_status = (
            StopCause.COMPLAINT if row.status == SubscriptionStatus.COMPLAINED else StopCause.BOUNCE
        )
        interval = _INTERVALS[(row.suppression or {}).get("cause", by_status)]
    asked_at: datetime | None = row.confirmation_sent_at
    return asked_at is not None and now - asked_at < interval


def _claim(row: SubscriptionRow, request: SubscriptionRequest) -> None:
    row.confirmation_sent_at = datetime.now(UTC)
    row.request_id = request.message_id
    wishes = request.wishes()
    confirmed = row.status == SubscriptionStatus.CONFIRMED
    row.requested = wishes if not confirmed or wished_changes(row, wishes) else None


def _mail(row: SubscriptionRow) -> ConfirmationMail:
    if row.status == SubscriptionStatus.CONFIRMED:
        return _mail_to_confirmed(row)
    apply_wishes(row)
    return ConfirmationMail(
        kind=MailKind.CONFIRM,
        recipient=recipient(row),
        confirm_url=confirm_url(row.id, round=int(row.round)),
        unlist=may_be_on_ses_list(row),
    )


def _mail_to_confirmed(row: SubscriptionRow) -> ConfirmationMail:
    if row.requested is None:
        return ConfirmationMail(
            kind=MailKind.ALREADY_CONFIRMED, recipient=recipient(row), confirm_url=""
        )
    return ConfirmationMail(
        kind=MailKind.CHANGE,
        recipient=recipient(row),
        confirm_url=change_url(row.id, request_id=str(row.request_id)),
        changes=wished_changes(row, row.requested),
    )
