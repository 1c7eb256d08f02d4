"""Bodies that the API's description shows; a test compares the replies."""

from typing import Final

from drf_spectacular.utils import OpenApiExample

from ivent_site.api.examples import reply

ANNOUNCEMENTS_LIST: Final[list[OpenApiExample]] = [
    reply(
        "One announcement",
        # The generator makes a list of it, as of the serializer.
        {
            "id": "0197f3a2-7c41-7d20-9e5b-3f6a1c2b4d5e.1.published",
            "kind": "published",
            "state": "done",
            "note": "",
            "subject": "",
            "digest_at": None,
            "audience": 120,
            "sent": 118,
            "refused": 1,
            "suppressed": 1,
            "unknown": 0,
            "parked": 0,
        },
    )
]
