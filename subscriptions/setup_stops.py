"""Subscribers that our own mistake stopped: bounces that point to our e-mail set-up.

Once it is fixed, an admin restores all of them: page by page from the queue, each in a
transaction with its entry in the history. SES, which has listed each such address, is asked to
take it off its list first; otherwise the next e-mail would stop the subscriber again.
"""

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from itertools import islice
from typing import Final

from django.conf import settings
from django.db import transaction
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from ivent_site.aws import sqs
from ivent_site.dynamodb.contrib.log_rows import LogRow, change_entry
from ivent_site.dynamodb.errors import told_as_djangos
from ivent_site.dynamodb.writes import ConflictError, put
from subscriptions.changes import is_setup_stop, restore
from subscriptions.models import Subscription
from subscriptions.selectors import subscription_get
from subscriptions.ses_list import NoSesListError, ses_unlist
from subscriptions.tables import SETUP_STOPS_PARTITION, SetupStopRow, SubscriptionRow
from subscriptions.writing import row_changed

# SES takes about one such call a second: a page stays well inside a worker's time.
# https://docs.aws.amazon.com/ses/latest/dg/quotas.html
PAGE: Final = 20
PAUSE_S: Final = 1
COUNTED_MAX: Final = 1000
_ATTEMPTS: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Restoring:
    """A walk over those who were stopped until `before`; it goes on behind `after`."""

    before: datetime
    by: str
    after: str = ""


def setup_stops_count() -> int:
    """How many there are, at most one more than COUNTED_MAX: one Query."""
    with told_as_djangos():
        # PynamoDB's count() ignores its limit and counts every row.
        found = SetupStopRow.query(
            SETUP_STOPS_PARTITION,
            limit=COUNTED_MAX + 1,
            consistent_read=True,
            attributes_to_get=["key"],
        )
        return sum(1 for _row in found)


def setup_stops_number(count: int) -> str:
    """The count in words: where it ends, "more than"."""
    if count <= COUNTED_MAX:
        return number_format(count)
    return _("more than %(number)s") % {"number": number_format(COUNTED_MAX)}


def setup_stops(*, limit: int, after: str = "") -> list[SetupStopRow]:
    """The next of them, by their subscription's id: one Query."""
    behind = SetupStopRow.key > after if after else None
    with told_as_djangos():
        found = SetupStopRow.query(SETUP_STOPS_PARTITION, behind, limit=limit, consistent_read=True)
        return list(islice(found, limit))


def setup_stops_shown(*, limit: int) -> list[tuple[SetupStopRow, SubscriptionRow]]:
    """The first of them, with their subscriptions: two reads."""
    found = setup_stops(limit=limit)
    with told_as_djangos():
        rows = SubscriptionRow.batch_get([stop.key for stop in found]) if found else []
        by_id = {row.id: row for row in rows}
    return [(stop, by_id[stop.key]) for stop in found if stop.key in by_id]


def setup_restore_begin(*, by: str) -> None:
    """Have the queue restore all who are stopped now; `by` is whose act the history names."""
    _queue(Restoring(before=datetime.now(UTC), by=by), delay_s=0)


def setup_restore_step(restoring: Restoring) -> Restoring | None:
    """Restore a page of them. The walk from there on; None at its end. Safe to repeat.

    Raises SesListError where SES does not answer: then the subscriber stays stopped.
    """
    page = setup_stops(limit=PAGE, after=restoring.after)
    for stopped in page:
        if stopped.at <= restoring.before:
            _restore(stopped.key, by=restoring.by)
    if len(page) < PAGE:
        return None
    return Restoring(before=restoring.before, by=restoring.by, after=page[-1].key)


def setup_restore_work(restoring: Restoring) -> None:
    """A page, and the message for the next one."""
    following = setup_restore_step(restoring)
    if following is not None:
        _queue(following, delay_s=PAUSE_S)


def setup_restore_all(*, by: str, progress: Callable[[int], None]) -> None:
    """The whole walk at once, for a command; `progress` gets how many are left."""
    restoring: Restoring | None = Restoring(before=datetime.now(UTC), by=by)
    while restoring is not None:
        restoring = setup_restore_step(restoring)
        progress(setup_stops_count())


def restoring_of_body(body: str) -> Restoring | None:
    """The walk that a message of the requests queue goes on with; None if it is about none."""
    with suppress(ValueError, KeyError, TypeError):
        data = json.loads(body)["restore"]
        before = datetime.fromisoformat(data["before"])
        return Restoring(before=before, by=str(data["by"]), after=str(data["after"]))
    return None


def _restore(subscription_id: str, *, by: str) -> None:
    row = subscription_get(subscription_id)
    if row is None or not is_setup_stop(row):
        return
    with suppress(NoSesListError):
        ses_unlist(row.email)
    for _attempt in range(_ATTEMPTS):
        try:
            _restore_once(row.id, by=by)
        except ConflictError as err:
            conflict = err
        else:
            return
    raise conflict


def _restore_once(subscription_id: str, *, by: str) -> None:
    with transaction.atomic():
        before = subscription_get(subscription_id)
        if before is None or not is_setup_stop(before):
            return
        row = row_changed(subscription_id, partial(restore, at=datetime.now(UTC)))
        if row is not None:
            _log(row, code=before.suppression["code"], by=by)


def _log(row: SubscriptionRow, *, code: str, by: str) -> None:
    entry = change_entry(
        label=Subscription._meta.label,
        object_id=row.id,
        object_repr=row.email,
        user_id=by,
        message=f"Status: bounced → {row.status}. Our e-mail set-up is fixed ({code}).",
    )
    put(entry, condition=LogRow.id.does_not_exist())


def _queue(restoring: Restoring, *, delay_s: int) -> None:
    body = {
        "before": restoring.before.isoformat(),
        "by": restoring.by,
        "after": restoring.after,
    }
    sqs().send_message(
        QueueUrl=settings.REQUESTS_QUEUE_URL,
        MessageBody=json.dumps({"restore": body}),
        DelaySeconds=delay_s,
    )
