"""Requests to subscribe, as they wait in the queue.

A request says nothing of whether its address is known: whoever puts it there does not know.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from subscriptions.addresses import address_clean
from subscriptions.enums import Frequency

# What a subscriber may choose. Their name is none of it: a stranger could type anything there, and
# the e-mail that lists the changes would show it.
WISHES: Final = ("topics", "locale", "timezone", "frequency")


class RequestError(Exception):
    """The message is no request to subscribe; a retry does not help."""


@dataclass(frozen=True, kw_only=True)
class SubscriptionRequest:
    """Somebody wants this address to be subscribed. `message_id` is the queue's."""

    message_id: str
    email: str
    topics: Sequence[str]
    locale: str
    timezone: str
    frequency: str
    source: str
    ip_hash: str
    requested_at: datetime
    # What the subscriber goes by. Without one, a name that is known stays.
    name: str = ""
    # Why the staff asks in somebody's name; part of what is agreed to.
    note: str = ""
    # What was chosen; the rest are defaults, which change nothing of a confirmed subscription.
    chosen: Sequence[str] = WISHES

    def wishes(self) -> dict[str, Any]:
        """What the row remembers of it until it is confirmed."""
        return {
            "at": self.requested_at.isoformat(),
            "source": self.source,
            "ip_hash": self.ip_hash,
            "topics": list(self.topics),
            "locale": self.locale,
            "timezone": self.timezone,
            "frequency": self.frequency,
            "chosen": list(self.chosen),
            **({"name": self.name} if self.name else {}),
            **({"note": self.note} if self.note else {}),
        }


def request_body(request: SubscriptionRequest) -> str:
    """The request as the body of a queue message."""
    return json.dumps({"email": request.email, **request.wishes()})


def request_parse(*, body: str, message_id: str) -> SubscriptionRequest:
    """The request in a queue message; RequestError if there is none in it."""
    try:
        data = json.loads(body)
        return SubscriptionRequest(
            message_id=message_id,
            email=address_clean(data["email"]),
            topics=[str(topic) for topic in data["topics"]],
            locale=str(data["locale"]),
            timezone=str(data["timezone"]),
            # A message of before there was a choice has none.
            frequency=Frequency(data.get("frequency", Frequency.AT_ONCE)),
            source=str(data["source"]),
            ip_hash=str(data["ip_hash"]),
            requested_at=datetime.fromisoformat(data["at"]),
            name=str(data.get("name", "")),
            note=str(data.get("note", "")),
            chosen=tuple(str(name) for name in data.get("chosen", WISHES)),
        )
    except (ValueError, LookupError, TypeError, AttributeError) as err:
        # Without its content: an address does not belong in a log.
        raise RequestError(f"Message {message_id} is no request to subscribe.") from err
