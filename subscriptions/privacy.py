"""What is stored about a person, given out and erased on request.

The announcements' ledger names subscribers by their ids alone; with the row gone, an id leads
to nobody.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any, Final

from django.contrib.contenttypes.models import ContentType
from django.db import transaction

from ivent_site.dynamodb.contrib.log_rows import LogRow
from ivent_site.dynamodb.writes import ConflictError, delete, get, put
from subscriptions.addresses import address_clean
from subscriptions.models import Subscription
from subscriptions.personal_data import personal_data
from subscriptions.selectors import address_id, subscription_by_email
from subscriptions.services import subscription_leave
from subscriptions.ses_list import NoSesListError, SesListError, ses_listing
from subscriptions.tables import AddressRow, SetupStopRow, SubscriptionRow
from subscriptions.writing import delete_row

# What the history calls somebody who has been erased.
ERASED: Final = "(erased)"
# Each lost race means that somebody else's write went through.
_ATTEMPTS: Final = 10
_KEYS: Final = {"shard", "created_key", "object_key", "time_key"}


def person_export(*, email: str) -> dict[str, Any] | None:
    """Everything that is stored about the person, as JSON values; None if there is nothing.

    Raises AddressError.
    """
    row = subscription_by_email(address_clean(email))
    if row is None:
        return None
    return {
        "subscription": _plain(row),
        "ses_suppression_list": _ses_list(row.email),
        "history": [_plain(entry) for entry in _history(row.id)],
        **{data.name: data.export(row.id) for data in personal_data()},
    }


def person_erase(*, email: str, record: Callable[[str], None] | None = None) -> bool:
    """Forget the person; False if nothing was stored. Safe to repeat, also after a half.

    The subscription ends first and its row goes last, so that whatever stops this on its way,
    it can be found and finished. `record` gets the subscription's id, in the transaction that
    removes the row. Raises AddressError, and ConflictError when a retry may help.

    SES's own suppression list, which protects them from our e-mails, backups until they are over,
    and files of addresses that wait to be imported are not touched: whoever stands in one and is
    imported afterwards is new again.
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


# What the history says of a name that staff have changed.
_NAMES: Final = re.compile(r"Name: (?:none|“(.*?)”) → (?:none|“(.*?)”)\.")


def _erase(row: SubscriptionRow, record: Callable[[str], None] | None) -> None:
    left = subscription_leave(subscription_id=row.id)
    if left is None:
        raise ConflictError("Erased by somebody else at the same moment.")
    for data in personal_data():
        data.erase(row.id)
    history = _history(row.id)
    personal = {left.email, left.email_key, left.name, *_names(history)} - {None, ""}
    for entry in history:
        entry.object_repr = ERASED
        entry.change_message = _without(personal, entry.change_message)
        put(entry)
    with transaction.atomic():
        delete_row(left)
        delete(SetupStopRow(key=left.id))
        if record is not None:
            record(left.id)


def _forget_sentinel(email: str) -> bool:
    """Remove an address' sentinel that leads nowhere, if there is one."""
    sentinel = get(AddressRow, address_id(email))
    if sentinel is None:
        return False
    delete(sentinel, condition=AddressRow.subscription_id == sentinel.subscription_id)
    return True


def _ses_list(email: str) -> dict[str, str] | None:
    """What SES keeps about the address for us; SES's silence does not hold an export up."""
    try:
        listing = ses_listing(email)
    except NoSesListError:
        return None
    except SesListError as err:
        return {"error": str(err)}
    if listing is None:
        return None
    return {"reason": listing.reason, "since": listing.since.isoformat()}


def _history(subscription_id: str) -> list[LogRow]:
    type_id = ContentType.objects.get_for_model(Subscription).pk
    return list(LogRow.by_object.query(f"{type_id}#{subscription_id}"))


def _names(history: Iterable[LogRow]) -> Iterator[str]:
    for entry in history:
        for names in _NAMES.findall(entry.change_message):
            yield from names


def _without(personal: Iterable[str], text: str) -> str:
    # The longest first: a name may be a part of the address, or of another name.
    for each in sorted(personal, key=len, reverse=True):
        text = text.replace(each, ERASED)
    return text


def _plain(row: SubscriptionRow | LogRow) -> dict[str, Any]:
    """A row as JSON values, without what only indexes need."""
    values = {name: getattr(row, name) for name in row.get_attributes() if name not in _KEYS}
    return {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in values.items()
    }
