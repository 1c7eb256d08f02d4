"""Reading subscriptions: always by key, never by scan."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, Final, NamedTuple

from django.conf import settings

from ivent_site.dynamodb.paging import read_page
from ivent_site.dynamodb.writes import get
from subscriptions.addresses import AddressError, address_ascii, address_key
from subscriptions.enums import Frequency, SubscriptionStatus
from subscriptions.models import Subscription
from subscriptions.search import search_words
from subscriptions.tables import EVERYTHING, AddressRow, SubscriptionRow, SubscriptionsByShard

_UUID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_AT_ONCE: Final = {"S": Frequency.AT_ONCE.value}
_moment: Final[Callable[[str], datetime]] = SubscriptionRow.last_digest_at.deserialize


@dataclass(frozen=True, slots=True)
class Recipient:
    """What a mail needs to know. `email` is ready to be mailed: its domain is in ASCII."""

    id: str
    email: str
    locale: str
    timezone: str
    topics: tuple[str, ...]
    frequency: str
    # Of who gave the digest up: the one that they still get.
    last_digest_at: datetime | None = None


class SubscriptionsPage(NamedTuple):
    """Some subscriptions; `next_key` goes on after them, if anything does."""

    rows: list[SubscriptionRow]
    next_key: str | None


class SubscriptionsFound(NamedTuple):
    """Some subscriptions that a search found; `next_key` goes on after them."""

    found: list[Subscription]
    next_key: str | None


def home_shard_names() -> list[str]:
    """The fan-out partitions, "00" to "0f" for sixteen."""
    return [f"{number:02x}" for number in range(settings.SHARD_COUNT)]


def shard_recipients(*, shard: str, after: str, limit: int) -> list[Recipient]:
    """The shard's next confirmed subscribers by id, from behind `after` ("" for the first).

    One Query, eventually consistent like every index; more if they are more than a megabyte.
    """
    behind = SubscriptionsByShard.id > after if after else None
    # The items as they come: a row object for each would cost more than all the rest of a send.
    reply = SubscriptionRow._get_connection().query(
        shard, behind, index_name=SubscriptionsByShard.Meta.index_name, limit=limit
    )
    found = [_recipient_of_item(item) for item in reply["Items"]]
    if "LastEvaluatedKey" in reply and len(found) < limit:
        # Fewer than asked for would be taken for the end.
        found += shard_recipients(shard=shard, after=found[-1].id, limit=limit - len(found))
    return found


def still_confirmed(ids: Sequence[str]) -> list[Recipient]:
    """Those of the ids that are confirmed right now, in the order of `ids`."""
    rows = SubscriptionRow.batch_get(list(dict.fromkeys(ids)), consistent_read=True)
    by_id = {row.id: row for row in rows if row.status == SubscriptionStatus.CONFIRMED}
    return [recipient(by_id[id_]) for id_ in dict.fromkeys(ids) if id_ in by_id]


def subscription_get(subscription_id: str) -> SubscriptionRow | None:
    """The subscription as it is right now; None if there is none."""
    # The table holds sentinels too, which no id may reach.
    return get(SubscriptionRow, subscription_id) if _UUID.fullmatch(subscription_id) else None


def subscription_by_email(email: str) -> SubscriptionRow | None:
    """The subscription of an address, however it is spelled; None if there is none."""
    try:
        sentinel = get(AddressRow, address_id(email))
    except AddressError:
        return None
    return subscription_get(sentinel.subscription_id) if sentinel else None


def subscriptions_page(
    *, status: SubscriptionStatus | None, limit: int, after_key: str | None = None
) -> SubscriptionsPage:
    """The next subscriptions of this status, or of any, the newest first: one Query."""
    older = SubscriptionRow.created_key < after_key if after_key else None
    index, partition = (
        (SubscriptionRow.by_status, status.value)
        if status
        else (SubscriptionRow.by_age, EVERYTHING)
    )
    rows = list(index.query(partition, older, limit=limit + 1, scan_index_forward=False))
    return _page(rows, limit, _created_key)


def subscriptions_found(
    *, text: str, limit: int, after_key: str | None = None
) -> SubscriptionsFound:
    """The next subscriptions whose name or address contains each word of the text.

    By the text from the match on; none if every word is shorter than SEARCH_MIN. A Query and a
    BatchGetItem, however many subscriptions there are.
    """
    words = search_words(text)
    if not words:
        return SubscriptionsFound([], None)
    found = Subscription.objects.order_by()
    for word in words:
        found = found.filter(searched__icontains=word)
    page = read_page(found, size=limit, cursor=after_key)
    return SubscriptionsFound(page.objects, page.next)


def _created_key(row: SubscriptionRow) -> str:
    return row.created_key or ""


def _page(
    rows: list[SubscriptionRow], limit: int, key: Callable[[SubscriptionRow], str]
) -> SubscriptionsPage:
    return SubscriptionsPage(rows[:limit], key(rows[limit - 1]) if len(rows) > limit else None)


def address_id(email: str) -> str:
    """The key of an address' sentinel: hashed, for keys come to stand in error messages."""
    return f"address#{sha256(address_key(email).encode()).hexdigest()}"


def _recipient_of_item(item: dict[str, Any]) -> Recipient:
    return Recipient(
        id=item["id"]["S"],
        email=address_ascii(item["email"]["S"]),
        locale=item["locale"]["S"],
        timezone=item["timezone"]["S"],
        topics=tuple(topic["S"] for topic in item["topics"]["L"]) if item["topics"]["L"] else (),
        frequency=item.get("frequency", _AT_ONCE)["S"],
        last_digest_at=_moment(item["last_digest_at"]["S"]) if "last_digest_at" in item else None,
    )


def recipient(row: SubscriptionRow) -> Recipient:
    """A row as a mail needs it."""
    return Recipient(
        id=row.id,
        email=address_ascii(row.email),
        locale=row.locale,
        timezone=row.timezone,
        topics=tuple(row.topics),
        frequency=row.frequency,
        last_digest_at=row.last_digest_at,
    )
