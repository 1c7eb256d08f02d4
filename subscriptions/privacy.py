"""What is stored about a person, given out and erased on request.

The announcements' ledger names subscribers by their ids alone; with the row gone, an id leads
to nobody.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from django.contrib.contenttypes.models import ContentType
from django.db import transaction

from ivent_site.dynamodb.contrib.log_table import LogRow
from ivent_site.dynamodb.writes import ConflictError, delete, get, put
from subscriptions.addresses import address_clean
from subscriptions.models import Subscription
from subscriptions.personal_data import personal_data
from subscriptions.selectors import address_id, subscription_by_email
from subscriptions.services import subscription_leave
from subscriptions.tables import AddressRow, SubscriptionRow

# What the history calls somebody who has been erased.
ERASED: Final = "(erased)"
# Each lost race means that somebody else's write went through.
_ATTEMPTS: Final = 10
_KEYS: Final = {"shard", "created_key", "email_initial", "object_key", "time_key"}


def person_export(*, email: str) -> dict[str, Any] | None:
    """Everything that is stored about the person, as JSON values; None if there is nothing.

    Raises AddressError.
    """
    row = subscription_by_email(address_clean(email))
    if row is None:
        return None
    return {
        "subscription": _plain(row),
        "history": [_plain(entry) for entry in _history(row.id)],
        **{data.name: data.export(row.id) for data in personal_data()},
    }


def person_erase(*, email: str, record: Callable[[str], None] | None = None) -> bool:
    """Forget the person; False if nothing was stored. Safe to repeat, also after a half.

    The subscription ends first and its row goes last, so that whatever stops this on its way,
    it can be found and finished. `record` gets the subscription's id, in the transaction that
    removes the row. Raises AddressError, and ConflictError when a retry may help.

    SES's own suppression list, backups until they are over, and files of addresses that wait to be
    imported are not touched: whoever stands in one and is imported afterwards is new again.
    """
    address_clean(email)
    for _ in range(_ATTEMPTS):
        row = subscription_by_email(email)
        if row is None:
            return _forget_sentinel(email)
        try:
            _erase(row, record)
        except ConflictError as err:
            conflict = err
        else:
            return True
    raise conflict


def _erase(row: SubscriptionRow, record: Callable[[str], None] | None) -> None:
    left = subscription_leave(subscription_id=row.id)
    if left is None:
        raise ConflictError("Erased by somebody else at the same moment.")
    for data in personal_data():
        data.erase(row.id)
    for entry in _history(row.id):
        entry.object_repr = ERASED
        entry.change_message = _without(left, entry.change_message)
        put(entry)
    with transaction.atomic():
        delete(left, condition=SubscriptionRow.version == left.version)
        delete(AddressRow(id=address_id(left.email)))
        if record is not None:
            record(left.id)


def _forget_sentinel(email: str) -> bool:
    """Remove an address' sentinel that leads nowhere, if there is one."""
    sentinel = get(AddressRow, address_id(email))
    if sentinel is None:
        return False
    delete(sentinel, condition=AddressRow.subscription_id == sentinel.subscription_id)
    return True


def _history(subscription_id: str) -> list[LogRow]:
    type_id = ContentType.objects.get_for_model(Subscription).pk
    return list(LogRow.by_object.query(f"{type_id}#{subscription_id}"))


def _without(row: SubscriptionRow, text: str) -> str:
    for address in {row.email, row.email_key}:
        text = text.replace(address, ERASED)
    return text


def _plain(row: SubscriptionRow | LogRow) -> dict[str, Any]:
    """A row as JSON values, without what only indexes need."""
    values = {name: getattr(row, name) for name in row.get_attributes() if name not in _KEYS}
    return {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in values.items()
    }
