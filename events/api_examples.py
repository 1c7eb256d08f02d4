"""Bodies that the API's description shows; a test sends each of them and compares the replies."""

from typing import Any, Final

from drf_spectacular.utils import OpenApiExample

from ivent_site.api.examples import page, reply, request

_ID: Final = "0197f3a2-7c41-7d20-9e5b-3f6a1c2b4d5e"
EVENT: Final[dict[str, Any]] = {
    "id": _ID,
    "title": "Summer fair",
    "description": "Music, food and *good company*.",
    "date": None,
    "starts_at": "2035-06-16T18:30:00+02:00",
    "ends_at": "2035-06-16T23:00:00+02:00",
    "timezone": "Europe/Berlin",
    "all_day": False,
    "location": "Market square",
    "url": "https://example.com/fair",
    "topics": [],
    "status": "published",
    "reminders": [1440],
    "publish_at": None,
    "version": 1,
    "page_url": f"https://events.example.com/e/{_ID}",
    "created_at": "2035-03-01T09:00:00+00:00",
    "updated_at": "2035-03-01T09:00:00+00:00",
}
_CHANGED: Final = {**EVENT, "location": "Town hall", "version": 2}

EVENTS_LIST: Final[list[OpenApiExample]] = [reply("One event", page(EVENT))]
EVENTS_CREATE: Final[list[OpenApiExample]] = [
    request("One whole day", {"title": "Open day", "date": "2035-06-16"}),
    request(
        "With times and a place",
        {
            "title": "Summer fair",
            "description": "Music, food and *good company*.",
            "starts_at": "2035-06-16T18:30:00+02:00",
            "ends_at": "2035-06-16T23:00:00+02:00",
            "timezone": "Europe/Berlin",
            "location": "Market square",
            "url": "https://example.com/fair",
            "reminders": [1440],
        },
    ),
    request("A draft", {"title": "Winter fair", "date": "2035-12-08", "status": "draft"}),
    reply("Created", EVENT, status="201"),
]
EVENT_GET: Final[list[OpenApiExample]] = [reply("An event", EVENT)]
EVENT_PUT: Final[list[OpenApiExample]] = [
    request(
        "New content",
        {
            "title": "Summer fair",
            "description": "Music, food and *good company*.",
            "starts_at": "2035-06-16T18:30:00+02:00",
            "ends_at": "2035-06-16T23:00:00+02:00",
            "timezone": "Europe/Berlin",
            "location": "Town hall",
            "note": "We moved indoors.",
        },
    ),
    reply("Replaced", _CHANGED),
]
EVENT_PATCH: Final[list[OpenApiExample]] = [
    request("Another place", {"location": "Town hall", "note": "We moved indoors."}),
    request("A typo, without an e-mail", {"title": "Summer fair 2035", "announce": False}),
    reply("Changed", _CHANGED),
]
