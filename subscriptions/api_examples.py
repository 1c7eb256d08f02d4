"""Bodies that the API's description shows; a test sends each of them and compares the replies."""

from typing import Any, Final

from drf_spectacular.utils import OpenApiExample

from ivent_site.api.examples import page, reply, request

_OWN: Final[dict[str, Any]] = {
    "email": "ana@example.com",
    "name": "Ana Silva",
    "status": "confirmed",
    "topics": [],
    "locale": "en",
    "timezone": "Europe/Berlin",
    "frequency": "at_once",
    "created_at": "2035-03-01T09:00:00Z",
    "confirmed_at": "2035-03-01T09:05:00Z",
}
_SUBSCRIPTION: Final = {
    **_OWN,
    "id": "0197f3a2-7c41-7d20-9e5b-3f6a1c2b4d5f",
    "consent": {
        "text_version": "2026-11.2",
        "at": "2035-03-01T09:05:00+00:00",
        "source": "web",
        "ip_hash": "8f14e45fceea167a5a36dedd4bea2543",
        "requested_at": "2035-03-01T09:00:00+00:00",
        "requested_ip_hash": "8f14e45fceea167a5a36dedd4bea2543",
    },
    "updated_at": "2035-03-01T09:05:00Z",
}
# The same to everybody.
ACCEPTED: Final = {
    "detail": "Check the mailbox: what you ask for takes effect with the link that is sent there."
}

SUBSCRIPTIONS_LIST: Final[list[OpenApiExample]] = [reply("One subscription", page(_SUBSCRIPTION))]
SUBSCRIPTIONS_REQUEST: Final[list[OpenApiExample]] = [
    request("An address", {"email": "ana@example.com"}),
    request(
        "With preferences",
        {
            "email": "ana@example.com",
            "name": "Ana Silva",
            "topics": [],
            "locale": "de",
            "timezone": "Europe/Berlin",
            "frequency": "weekly",
        },
    ),
    reply("Accepted", ACCEPTED, status="202"),
]
SUBSCRIPTION_GET: Final[list[OpenApiExample]] = [reply("A subscription", _SUBSCRIPTION)]
OWN_GET: Final[list[OpenApiExample]] = [reply("My subscription", _OWN)]
OWN_PATCH: Final[list[OpenApiExample]] = [
    request("Another language", {"locale": "de"}),
    request("Every topic, once a week", {"topics": [], "frequency": "weekly"}),
    reply("Changed", {**_OWN, "locale": "de"}),
]
