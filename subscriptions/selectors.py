"""Reading subscriptions: always by key, never by scan."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from django.conf import settings

from ivent_site.dynamodb.writes import get
from subscriptions.addresses import AddressError, address_ascii, address_key
from subscriptions.enums import SubscriptionStatus
from subscriptions.tables import AddressRow, SubscriptionRow, SubscriptionsByShard


@dataclass(frozen=True, slots=True)
class Recipient:
    """What a mail needs to know. `email` is ready to be mailed: its domain is in ASCII."""

    id: str
    email: str
    locale: str
    timezone: str
    topics: tuple[str, ...]


def home_shard_names() -> list[str]:
    """The fan-out partitions, "00" to "0f" for sixteen."""
    return [f"{number:02x}" for number in range(settings.SHARD_COUNT)]


def shard_recipients(*, shard: str, after: str, limit: int) -> list[Recipient]:
    """The shard's next confirmed subscribers by id, from behind `after` ("" for the first).

    One Query, eventually consistent like every index.
    """
    behind = SubscriptionsByShard.id > after if after else None
    rows = SubscriptionRow.by_shard.query(shard, behind, limit=limit)
    return [recipient(row) for row in rows]


def still_confirmed(ids: Sequence[str]) -> list[Recipient]:
    """Those of the ids that are confirmed right now, in the order of `ids`."""
    rows = SubscriptionRow.batch_get(list(dict.fromkeys(ids)), consistent_read=True)
    by_id = {row.id: row for row in rows if row.status == SubscriptionStatus.CONFIRMED}
    return [recipient(by_id[id_]) for id_ in dict.fromkeys(ids) if id_ in by_id]


def subscription_get(subscription_id: str) -> SubscriptionRow | None:
    """The subscription as it is right now; None if there is none."""
    return get(SubscriptionRow, subscription_id)


def subscription_by_email(email: str) -> SubscriptionRow | None:
    """The subscription of an address, however it is spelled; None if there is none."""
    try:
        sentinel = get(AddressRow, address_id(email))
    except AddressError:
        return None
    return subscription_get(sentinel.subscription_id) if sentinel else None


def address_id(email: str) -> str:
    """The key of an address' sentinel: hashed, for keys come to stand in error messages."""
    return f"address#{sha256(address_key(email).encode()).hexdigest()}"


def recipient(row: SubscriptionRow) -> Recipient:
    """A row as a mail needs it."""
    return Recipient(
        id=row.id,
        email=address_ascii(row.email),
        locale=row.locale,
        timezone=row.timezone,
        topics=tuple(row.topics),
    )
