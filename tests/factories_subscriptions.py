"""Makes subscriptions for tests."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import count
from typing import Any, TypeVar

from ivent_site.dynamodb.parts import part_rows
from ivent_site.ids import uuid7
from subscriptions.enums import Frequency
from subscriptions.requests import SubscriptionRequest
from subscriptions.search import search_parts
from subscriptions.selectors import subscription_by_email
from subscriptions.services import (
    subscription_add_confirmed,
    subscription_confirm,
    subscription_request,
)
from subscriptions.tables import SearchRow, SubscriptionRow

T = TypeVar("T")
_number = count(1)


def known(value: T | None) -> T:
    """The value, which the test knows to be there."""
    assert value is not None
    return value


def make_request(email: str | None = None, **changes: Any) -> SubscriptionRequest:
    """A request as the worker gets it from the queue."""
    fields: dict[str, Any] = {
        "message_id": uuid7(),
        "email": email or f"reader{next(_number)}@example.com",
        "topics": [],
        "locale": "en",
        "timezone": "",
        "frequency": Frequency.AT_ONCE,
        "source": "web",
        "ip_hash": "hash",
        "requested_at": datetime.now(UTC),
    }
    return SubscriptionRequest(**(fields | changes))


def make_pending(email: str | None = None, **changes: Any) -> tuple[SubscriptionRow, str]:
    """A pending subscription, and the token that confirms it."""
    request = make_request(email, **changes)
    mail = known(subscription_request(request=request))
    return known(subscription_by_email(request.email)), mail.confirm_url.rpartition("/")[2]


def make_confirmed(
    email: str | None = None,
    *,
    topics: Sequence[str] = (),
    locale: str = "en",
    timezone: str = "",
    frequency: str = Frequency.AT_ONCE,
    name: str = "",
    shard: str | None = None,
) -> SubscriptionRow:
    """A confirmed subscription; `shard` puts it into that fan-out partition."""
    row = subscription_add_confirmed(
        email=email or f"reader{next(_number)}@example.com",
        topics=topics,
        locale=locale,
        timezone=timezone,
        frequency=frequency,
        name=name,
        source="test",
    )
    if shard is not None:
        row.home_shard = shard
        row.set_index_keys()
        row.save()
    return row


def search_entries(row: SubscriptionRow) -> Iterator[SearchRow]:
    """What a subscription's row is found by, for rows that no service has written."""
    text = row.searched
    return part_rows(SearchRow, owner=row.id, text=text, parts=search_parts(text))


def confirm(token: str) -> SubscriptionRow:
    """The subscription, confirmed by its token."""
    return known(subscription_confirm(token=token, ip="203.0.113.7"))
