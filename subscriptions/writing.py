"""Putting a subscription's row: with its address' sentinel, its place in the audience's numbers,
what it is found by, and on condition that nobody has written it since.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final, NamedTuple

from django.db import transaction

from ivent_site.counters.daily import daily_add
from ivent_site.dynamodb.parts import part_rows
from ivent_site.dynamodb.writes import ConflictError, check, delete, put
from ivent_site.ids import uuid7
from ivent_site.preferences.digest import digest_telling
from ivent_site.preferences.selectors import preferences_now
from subscriptions.addresses import address_clean, address_key
from subscriptions.audience_counts import Place, audience_count, place_of
from subscriptions.changes import Change, is_setup_stop
from subscriptions.enums import Frequency, SubscriptionStatus
from subscriptions.search import search_parts
from subscriptions.selectors import address_id, home_shard_names, subscription_get
from subscriptions.tables import AddressRow, SearchRow, SetupStopRow, SubscriptionRow

# Each lost race means that somebody else's write went through.
ATTEMPTS: Final = 10


class Before(NamedTuple):
    """What a row was counted as, and found by, when it was read."""

    place: Place | None
    searched: str


def before_of(row: SubscriptionRow) -> Before:
    """To be taken before the row is changed, for `put_next`."""
    return Before(place_of(row), row.searched)


def row_changed(subscription_id: str, change: Change) -> SubscriptionRow | None:
    """The row after `change`, which is repeated on the row as it is now if a race is lost."""
    for _ in range(ATTEMPTS):
        row = subscription_get(subscription_id)
        if row is None:
            return None
        before, was_setup_stop = before_of(row), is_setup_stop(row)
        if not change(row):
            return row
        try:
            with transaction.atomic():
                put_next(row, before)
                _note_setup_stop(row, was=was_setup_stop)
        except ConflictError as err:
            conflict = err
        else:
            return row
    raise conflict


def _note_setup_stop(row: SubscriptionRow, *, was: bool) -> None:
    """Keep the list of those that our own set-up stopped, in the transaction of the change."""
    stopped = is_setup_stop(row)
    if stopped and not was:
        at = datetime.fromisoformat(row.suppression["at"])
        put(SetupStopRow(key=row.id, code=row.suppression["code"], at=at))
    elif was and not stopped:
        delete(SetupStopRow(key=row.id))


def row_new(email: str, now: datetime) -> SubscriptionRow:
    """The row of an address that is new here, not stored yet."""
    row_id = uuid7()
    shards = home_shard_names()
    return SubscriptionRow(
        id=row_id,
        email=address_clean(email),
        email_key=address_key(email),
        status=SubscriptionStatus.PENDING,
        created_at=now,
        updated_at=now,
        # The id's last digits are random.
        home_shard=shards[int(row_id[-8:], 16) % len(shards)],
    )


def put_new(row: SubscriptionRow) -> None:
    """Store the first row of an address; ConflictError if somebody else just did."""
    sentinel = AddressRow(id=address_id(row.email), subscription_id=row.id)
    with transaction.atomic():
        put(row, condition=SubscriptionRow.id.does_not_exist())
        put(sentinel, condition=AddressRow.id.does_not_exist())
        for entry in _entries(row.id, row.searched):
            put(entry)
        _count(row, None)


def put_next(row: SubscriptionRow, before: Before) -> None:
    """Store the next version; ConflictError if it is not the next any more."""
    read = row.version
    row.version += 1
    row.updated_at = datetime.now(UTC)
    row.last_digest_at = _last_digest_at(row, before.place, now=row.updated_at)
    with transaction.atomic():
        put(row, condition=SubscriptionRow.version == read)
        _find_anew(row, before.searched)
        _count(row, before.place)


def delete_row(row: SubscriptionRow) -> None:
    """Remove the row and what leads to it; ConflictError if it was changed since it was read.

    The caller, whose block it is part of, has ended the subscription.
    """
    delete(row, condition=SubscriptionRow.version == row.version)
    delete(AddressRow(id=address_id(row.email)))
    for entry in _entries(row.id, row.searched):
        delete(entry)


def search_again(row: SubscriptionRow) -> None:
    """Write what the row is found by; ConflictError if it was changed since it was read."""
    with transaction.atomic():
        check(SubscriptionRow, row.id, condition=SubscriptionRow.version == row.version)
        for entry in _entries(row.id, row.searched):
            put(entry)


def _find_anew(row: SubscriptionRow, before: str) -> None:
    """The entries of a name that has changed, within the caller's transaction."""
    if row.searched != before:
        # All of them hold the whole text; those whose place stays are written over.
        for entry in _entries(row.id, before):
            delete(entry)
        for entry in _entries(row.id, row.searched):
            put(entry)


def _entries(owner: str, text: str) -> Iterator[SearchRow]:
    return part_rows(SearchRow, owner=owner, text=text, parts=search_parts(text))


def _last_digest_at(
    row: SubscriptionRow, before: Place | None, *, now: datetime
) -> datetime | None:
    """The digest that somebody still gets who gave it up, for the events that were left to it."""
    if row.status != SubscriptionStatus.CONFIRMED or row.frequency == Frequency.WEEKLY:
        return None
    if before is not None and before.frequency == Frequency.WEEKLY:
        # Preferences of half a minute ago may know of no digest, to which events are left now.
        return digest_telling(preferences_now(), now=now)
    return row.last_digest_at


def _count(row: SubscriptionRow, before: Place | None) -> None:
    """What the change makes of the numbers, as part of its transaction."""
    after = place_of(row)
    audience_count(before, after)
    if before is None and after is not None:
        daily_add(confirmed=1)
    elif before is not None and after is None:
        left = row.status == SubscriptionStatus.LEFT
        daily_add(left=int(left), suppressed=int(not left))
